"""The acceptance of a proof of concept: what is missing, who owes it, and every decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Permission, can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.journey.rules import EngagementState
from tracker.poc import permissions, queries
from tracker.poc.forms.pocs import NoteForm, WhyForm
from tracker.poc.models import Poc, PocDecision
from tracker.poc.operations import acceptance as operations
from tracker.poc.queries import acceptance as reads
from tracker.poc.routes.blueprint import bp
from tracker.poc.rules.acceptance import lacks_of
from tracker.poc.rules.states import AcceptanceAct, PocState
from tracker.web.forms import Form


@dataclass(frozen=True)
class Act:
    """A decision that can be made: when, by whom, with which words, and what is said afterwards."""

    state: PocState
    permission: Permission
    form: type[NoteForm] | type[WhyForm]
    decide: Callable[..., object]
    done: str


ACTS: Mapping[str, Act] = {
    "propose": Act(
        PocState.OPEN,
        permissions.PROPOSE_ACCEPTANCE,
        NoteForm,
        operations.propose,
        N_("Proposed. The programme office decides."),
    ),
    "accept": Act(
        PocState.PROPOSED, permissions.DECIDE_ACCEPTANCE, NoteForm, operations.accept, N_("The proof is accepted.")
    ),
    "return": Act(
        PocState.PROPOSED,
        permissions.DECIDE_ACCEPTANCE,
        WhyForm,
        operations.give_back,
        N_("Returned. Vendor and expert were told."),
    ),
    "override": Act(
        PocState.PROPOSED,
        permissions.DECIDE_ACCEPTANCE,
        WhyForm,
        operations.override,
        N_("Accepted by override; the reason stays visible for ever."),
    ),
}


@bp.route("/pocs/<int:poc_id>/acceptance")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def acceptance(poc: Poc) -> ResponseReturnValue:
    """Show what is missing before acceptance, who owes it, and every decision."""
    return _show(poc)


def _show(poc: Poc, failed: tuple[str, Form] | None = None) -> ResponseReturnValue:
    """Show the page, with the form that was refused as it was typed."""
    facts = reads.facts_of(poc)
    lacks = lacks_of(facts)
    decisions = reads.decisions_of(poc)
    proposal = next((one for one in decisions if one.act is AcceptanceAct.PROPOSED), None)
    own = proposal is not None and poc.state is PocState.PROPOSED and proposal.by_id == current_actor().user_id
    body = render_template(
        "poc/acceptance.html",
        poc=poc,
        facts=facts,
        lacks=lacks,
        decisions=decisions,
        said={one.id: _said(one) for one in decisions},
        own_proposal=own,
        may=_possible(poc, has_lacks=bool(lacks), own=own),
        forms={name: failed[1] if failed and failed[0] == name else _blank(name, poc) for name in ACTS},
    )
    return body, 200 if failed is None else 422


def _said(decision: PocDecision) -> list[Message]:
    """Give the sentences of what was missing when this was decided."""
    return [Message(one["msgid"], one["params"]) for one in decision.findings.get("missing", [])]


def _blank(name: str, poc: Poc) -> Form:
    """Give a form as it opens, whatever was posted."""
    kind = ACTS[name].form
    return kind.from_record(poc) if request.method == "POST" else kind(obj=poc)


def _possible(poc: Poc, *, has_lacks: bool, own: bool) -> frozenset[str]:
    """Tell which decisions the reader can make as it stands."""
    if poc.engagement.state is not EngagementState.ACTIVE:
        return frozenset()
    actor = current_actor()
    open_to = {name for name, act in ACTS.items() if poc.state is act.state and can(actor, act.permission, poc)}
    if own:
        open_to -= {"accept", "override"}
    return frozenset(open_to - ({"accept"} if has_lacks else {"override"}))


def _decide(poc: Poc, name: str) -> ResponseReturnValue:
    """Make a decision with the words of its form, or show the page again with what was refused."""
    act = ACTS[name]
    form = act.form(obj=poc)
    if not form.submitted():
        return _show(poc, (name, form))
    try:
        with unit_of_work():
            act.decide(poc, form.text, version=form.read_version(), actor=current_actor())
    except Refused as error:
        form.refuse(error)
        return _show(poc, (name, form))
    flash(_(act.done))
    return redirect(url_for(".acceptance", poc_id=poc.id), 303)


@bp.route("/pocs/<int:poc_id>/acceptance/propose", methods=["POST"])
@requires(permissions.PROPOSE_ACCEPTANCE, on=queries.get_poc)
def propose_acceptance(poc: Poc) -> ResponseReturnValue:
    """Propose a proof of concept for acceptance."""
    return _decide(poc, "propose")


@bp.route("/pocs/<int:poc_id>/acceptance/accept", methods=["POST"])
@requires(permissions.DECIDE_ACCEPTANCE, on=queries.get_poc)
def accept(poc: Poc) -> ResponseReturnValue:
    """Accept a proof of concept that lacks nothing."""
    return _decide(poc, "accept")


@bp.route("/pocs/<int:poc_id>/acceptance/return", methods=["POST"])
@requires(permissions.DECIDE_ACCEPTANCE, on=queries.get_poc)
def return_acceptance(poc: Poc) -> ResponseReturnValue:
    """Return a proposed proof of concept, with what is to be done."""
    return _decide(poc, "return")


@bp.route("/pocs/<int:poc_id>/acceptance/override", methods=["POST"])
@requires(permissions.DECIDE_ACCEPTANCE, on=queries.get_poc)
def override_acceptance(poc: Poc) -> ResponseReturnValue:
    """Accept a proof of concept although something is missing."""
    return _decide(poc, "override")
