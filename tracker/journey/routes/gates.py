"""The page of a gate, and the decisions made there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Permission, can, current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.journey import operations, permissions, queries
from tracker.journey.forms import NoteForm, ReasonForm, unposted
from tracker.journey.models import GateDecision, StepProgress
from tracker.journey.routes.blueprint import bp
from tracker.journey.rules import EngagementState, GateAct, StepState
from tracker.web.forms import Form


@dataclass(frozen=True)
class Act:
    """A decision that can be made at a gate: when, by whom, with which words, and what is said afterwards."""

    state: StepState
    permission: Permission
    form: type[NoteForm] | type[ReasonForm]
    decide: Callable[..., object]
    done: str


ACTS: Mapping[str, Act] = {
    "propose": Act(
        StepState.OPEN,
        permissions.PROPOSE_GATE,
        NoteForm,
        operations.propose_gate,
        N_("Proposed. The programme office decides."),
    ),
    "pass": Act(StepState.PROPOSED, permissions.PASS_GATE, NoteForm, operations.pass_gate, N_("The gate is passed.")),
    "return": Act(
        StepState.PROPOSED,
        permissions.PASS_GATE,
        ReasonForm,
        operations.return_gate,
        N_("The gate was returned to the expert."),
    ),
    "override": Act(
        StepState.PROPOSED,
        permissions.PASS_GATE,
        ReasonForm,
        operations.override_gate,
        N_("The gate is passed by override; the reason stays visible for ever."),
    ),
}


@bp.route("/engagements/<int:engagement_id>/gates/<string:step>")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_step)
def gate(progress: StepProgress) -> ResponseReturnValue:
    """Show a gate: what is missing, what is proven, and every decision made."""
    return show_gate(progress)


def show_gate(progress: StepProgress, failed: tuple[str, Form] | None = None) -> ResponseReturnValue:
    """Show the gate's page, with the form that was refused as it was typed."""
    actor = current_actor()
    missing = queries.missing_of(progress)
    items = queries.items_of(progress.engagement_id, progress.step)
    decisions = queries.decisions_of(progress)
    proposal = next((one for one in decisions if one.act is GateAct.PROPOSED), None)
    own = proposal is not None and progress.state is StepState.PROPOSED and proposal.by_id == actor.user_id
    internal = can(actor, permissions.READ_INTERNAL, progress)
    body = render_template(
        "journey/gate.html",
        progress=progress,
        engagement=progress.engagement,
        missing=missing,
        items={row.id: row for row in items},
        proven=[row for row in items if row.is_complete and row.gate and row.retired_at is None],
        decisions=decisions,
        said={one.id: _said(one) for one in decisions},
        hashes={one.id: _shown_proofs(one, internal) for one in decisions},
        own_proposal=own,
        may=_possible(progress, has_missing=bool(missing), own=own),
        forms={name: failed[1] if failed and failed[0] == name else _blank(name, progress) for name in ACTS},
    )
    return body, 200 if failed is None else 422


def _said(decision: GateDecision) -> list[Message]:
    """Give the sentences of what was missing when this was decided."""
    return [Message(one["msgid"], one["params"]) for one in decision.findings.get("missing", [])]


def _shown_proofs(decision: GateDecision, internal: bool) -> list[dict[str, Any]]:
    """Give the evidence as it was when this was decided; the vendor sees none that is not for it."""
    proofs = decision.findings.get("proofs", [])
    return [proof for proof in proofs if proof["evidence"] is not None and (internal or not proof["internal"])]


def _blank(name: str, progress: StepProgress) -> Form:
    return unposted(ACTS[name].form, progress)


def _possible(progress: StepProgress, *, has_missing: bool, own: bool) -> frozenset[str]:
    """Tell which decisions the reader can make at this gate as it stands."""
    if progress.engagement.state is not EngagementState.ACTIVE:
        return frozenset()
    actor = current_actor()
    open_to = {
        name for name, act in ACTS.items() if progress.state is act.state and can(actor, act.permission, progress)
    }
    if own:
        open_to -= {"pass", "override"}
    return frozenset(open_to - ({"pass"} if has_missing else {"override"}))


def _decide(progress: StepProgress, name: str) -> ResponseReturnValue:
    """Make a decision with the words of its form, or show the gate again with what was refused."""
    act = ACTS[name]
    form = act.form()
    if not form.submitted():
        return show_gate(progress, (name, form))
    words = form.note if isinstance(form, NoteForm) else form.reason
    try:
        with unit_of_work():
            act.decide(progress, words.data or "", version=form.read_version(), actor=current_actor())
    except Refused as error:
        form.refuse(error)
        return show_gate(progress, (name, form))
    flash(_(act.done))
    return redirect(url_for(".gate", engagement_id=progress.engagement_id, step=progress.step.value), 303)


@bp.route("/engagements/<int:engagement_id>/gates/<string:step>/propose", methods=["POST"])
@requires(permissions.PROPOSE_GATE, on=queries.get_step)
def propose_gate(progress: StepProgress) -> ResponseReturnValue:
    """Propose that a step is done."""
    return _decide(progress, "propose")


@bp.route("/engagements/<int:engagement_id>/gates/<string:step>/pass", methods=["POST"])
@requires(permissions.PASS_GATE, on=queries.get_step)
def pass_gate(progress: StepProgress) -> ResponseReturnValue:
    """Pass a gate for which nothing is missing."""
    return _decide(progress, "pass")


@bp.route("/engagements/<int:engagement_id>/gates/<string:step>/return", methods=["POST"])
@requires(permissions.PASS_GATE, on=queries.get_step)
def return_gate(progress: StepProgress) -> ResponseReturnValue:
    """Return a proposed gate with the reason."""
    return _decide(progress, "return")


@bp.route("/engagements/<int:engagement_id>/gates/<string:step>/override", methods=["POST"])
@requires(permissions.PASS_GATE, on=queries.get_step)
def override_gate(progress: StepProgress) -> ResponseReturnValue:
    """Pass a gate although something is missing, with the reason."""
    return _decide(progress, "override")
