"""Exposures: noted, proven, called out, confirmed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.accounts.access import Actor, can
from tracker.core import audit, clock
from tracker.core.db import check_version, session
from tracker.core.errors import NotAllowed, Refused
from tracker.core.text import N_
from tracker.evidence import operations as evidence
from tracker.evidence.models import Evidence
from tracker.evidence.storage import Readable
from tracker.outreach import permissions, rules
from tracker.outreach.models import Exposure, ExposureProof
from tracker.outreach.operations.belongings import check_product, check_programme
from tracker.outreach.queries import exposures as queries
from tracker.outreach.rules import BY_OFFICE, ExposureKind, ExposureState
from tracker.vendors.models import Organisation


@dataclass(frozen=True)
class ExposureDetails:
    """What is known of an exposure."""

    kind: ExposureKind
    title: str
    product_id: int | None = None
    programme_id: int | None = None
    channel: str = ""
    resource: str = ""
    happened_on: date | None = None
    people_reached: int | None = None
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class UploadDetails:
    """A file that proves."""

    name: str
    stream: Readable


@dataclass(frozen=True)
class LinkDetails:
    """The address of a page that proves."""

    url: str
    title: str = ""


def add_exposure(vendor: Organisation, details: ExposureDetails, *, actor: Actor) -> Exposure:
    """Note that a vendor's solution is shown, or will be."""
    exposure = Exposure(organisation_id=vendor.id, **_facts(vendor.id, details))
    session().add(exposure)
    session().flush()
    _record("exposure.added", exposure, actor, kind=exposure.kind.value)
    return exposure


def change_exposure(exposure: Exposure, details: ExposureDetails, *, actor: Actor) -> None:
    """Change what is known of an exposure; a confirmed one stays as it was confirmed."""
    check_version(exposure, details.version)
    if exposure.state is ExposureState.CONFIRMED:
        raise Refused(N_("This exposure is confirmed. Ask the office to open it again before you change it."))
    if exposure.state is ExposureState.OUT:
        rules.check_day(details.happened_on, clock.today())
    changed = audit.changes(exposure, **_facts(exposure.organisation_id, details))
    if changed:
        if "kind" in changed:  # the history knows the kind of a vendor by that name
            changed["exposure_kind"] = changed.pop("kind")
        _record("exposure.changed", exposure, actor, **changed)


def move_exposure(exposure: Exposure, new: ExposureState, *, actor: Actor) -> None:
    """Move an exposure to another state; what comes out needs its proof, and only the office confirms."""
    old = exposure.state
    if {old, new} & BY_OFFICE and not can(actor, permissions.CONFIRM_EXPOSURE, exposure):
        raise NotAllowed(N_("Only the programme office confirms an exposure or opens it again."))
    proofs = queries.proofs_left(exposure.id)
    rules.check_exposure_move(old, new, proofs=proofs, happened_on=exposure.happened_on, today=clock.today())
    confirmed = new is ExposureState.CONFIRMED
    exposure.state = new
    exposure.confirmed_at = clock.now() if confirmed else None
    exposure.confirmed_by_id = actor.user_id if confirmed else None
    _record("exposure.moved", exposure, actor, state=[old.value, new.value])


def prove_by_file(exposure: Exposure, upload: UploadDetails, *, actor: Actor) -> ExposureProof:
    """Add a file that proves an exposure."""
    _check_open(exposure)
    kept = evidence.keep_file(
        upload.stream, upload.name, organisation_id=exposure.organisation_id, engagement_id=None, actor=actor
    )
    return _prove(exposure, kept, actor)


def prove_by_link(exposure: Exposure, link: LinkDetails, *, actor: Actor) -> ExposureProof:
    """Add the address of a page that proves an exposure; the page is never fetched."""
    _check_open(exposure)
    kept = evidence.keep_link(
        link.url, link.title, organisation_id=exposure.organisation_id, engagement_id=None, actor=actor
    )
    return _prove(exposure, kept, actor)


def remove_proof(exposure: Exposure, proof: ExposureProof, *, actor: Actor) -> None:
    """Take a proof away; the last one of what came out stays."""
    rules.check_proof_removal(exposure.state, queries.proofs_left(exposure.id))
    evidence.remove_evidence(proof.evidence, actor=actor)
    _record("exposure.proof_removed", exposure, actor)


def _check_open(exposure: Exposure) -> None:
    if exposure.state is ExposureState.DROPPED:
        raise Refused(N_("This exposure did not happen, so there is nothing to prove. Set it back to planned first."))


def _prove(exposure: Exposure, kept: Evidence, actor: Actor) -> ExposureProof:
    proof = ExposureProof(exposure_id=exposure.id, evidence_id=kept.id)
    session().add(proof)
    session().flush()
    session().expire(exposure, ["proofs"])
    _record("exposure.proof_added", exposure, actor)
    return proof


def _facts(vendor_id: int, details: ExposureDetails) -> dict[str, Any]:
    check_product(vendor_id, details.product_id)
    check_programme(details.programme_id)
    return {
        "kind": details.kind,
        "title": details.title,
        "product_id": details.product_id,
        "programme_id": details.programme_id,
        "channel": details.channel,
        "resource": details.resource,
        "happened_on": details.happened_on,
        "people_reached": details.people_reached,
        "note": details.note,
    }


def _record(action: str, exposure: Exposure, actor: Actor, **facts: Any) -> None:
    audit.record(
        action, exposure, actor=actor, organisation_id=exposure.organisation_id, **({"title": exposure.title} | facts)
    )
