"""The list of sandboxes, and one of them: how it stands, what it gives, what can be done with it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.sandboxes import catalogue, listing, permissions
from tracker.sandboxes.forms import DestroyForm, ExtendForm
from tracker.sandboxes.listing import Phase, SandboxFilter
from tracker.sandboxes.models import Sandbox, SandboxDrill
from tracker.sandboxes.operations import access, drift, drills, life, removal
from tracker.sandboxes.operations.requests import limits_for
from tracker.sandboxes.queries import figures, sandboxes
from tracker.sandboxes.routes.blueprint import bp, said
from tracker.sandboxes.rules.states import (
    ALLOWED,
    SANDBOX_MOVES,
    OperationKind,
    SandboxState,
)


@bp.route("/sandboxes")
@requires(permissions.LIST_SANDBOXES)
def index() -> ResponseReturnValue:
    """List the sandboxes that the reader may see."""
    actor, wanted = current_actor(), SandboxFilter.read(request.args)
    sort = request.args.get("sort", listing.NEWEST)
    found = listing.page(wanted, sort, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    total = listing.count(wanted, actor=actor)
    return render_template(
        "sandboxes/index.html",
        page=found,
        sort=sort,
        wanted=wanted,
        total=shown_count(total),
        phases=Phase,
        states=SandboxState,
        clouds=[(cloud, said(name)) for cloud, name in catalogue.cloud_names().items()],
        preparing=figures.preparing(),
        clock=figures.clock_of_removals(),
        now=clock.now(),
    )


@bp.route("/sandboxes/<int:sandbox_id>")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_sandbox)
def show(sandbox: Sandbox) -> ResponseReturnValue:
    """Show a sandbox: its state, its plan, what it gives, and everything that was done with it."""
    return _show(sandbox)


def _show(sandbox: Sandbox, revealed: tuple[str, str] | None = None) -> ResponseReturnValue:
    actor = current_actor()
    operations, plans = sandboxes.operations_of(sandbox), sandboxes.plans_of(sandbox)
    current = sandboxes.find_open_operation(sandbox)
    template = catalogue.shipped().find(sandbox.template)
    return render_template(
        "sandboxes/show.html",
        sandbox=sandbox,
        template=template,
        settings=[
            (said(one.label), said(one.words_of(_plain(sandbox.parameters.get(one.name)))))
            for one in (template.settings if template is not None else ())
        ],
        operations=operations,
        current=current,
        plans=plans,
        plan=plans[0] if plans else None,
        extensions=sandboxes.extensions_of(sandbox),
        drills=sandboxes.drills_of(sandbox),
        revealed=revealed,
        preparing=figures.preparing() if current is not None else None,
        may=_possible(sandbox, is_busy=current is not None),
        may_reveal=can(actor, permissions.REVEAL_OUTPUT, sandbox),
        now=clock.now(),
    )


def _plain(value: object) -> catalogue.Value:
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return value if isinstance(value, int | str) else ""


def _possible(sandbox: Sandbox, *, is_busy: bool) -> set[str]:
    """Name what the reader can do with the sandbox as it stands."""
    actor, moves = current_actor(), SANDBOX_MOVES[sandbox.state]
    found: set[str] = set()
    if can(actor, permissions.CHANGE_SANDBOX, sandbox):
        if SandboxState.REQUESTED in moves and not is_busy:
            found |= {"change", "plan"}
        if SandboxState.WITHDRAWN in moves:
            found.add("withdraw")
        if sandbox.state is SandboxState.RUNNING:
            found.add("extend")
    if can(actor, permissions.DESTROY_SANDBOX, sandbox) and SandboxState.DESTROYING in moves and not is_busy:
        found.add("destroy")
    if can(actor, permissions.OPERATE_SANDBOX, sandbox) and not is_busy:
        kinds = (OperationKind.DRIFT, OperationKind.REFRESH, OperationKind.REPAIR, OperationKind.DRILL)
        found |= {kind.value for kind in kinds if sandbox.state in ALLOWED[kind]}
    return found


@bp.route("/sandboxes/<int:sandbox_id>/extend", methods=["GET", "POST"])
@requires(permissions.CHANGE_SANDBOX, on=sandboxes.get_sandbox)
def extend(sandbox: Sandbox) -> ResponseReturnValue:
    """Let a sandbox live longer, with the reason, within what the programme allows."""
    limits = limits_for(sandbox.engagement)
    form = ExtendForm(days=min(limits.default_days, limits.longest_days))
    if form.submitted():
        try:
            with unit_of_work():
                life.extend_sandbox(sandbox, form.hours, form.reason.data or "", actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Extended."))
            return redirect(url_for(".show", sandbox_id=sandbox.id), 303)
    return render_template("sandboxes/extend.html", sandbox=sandbox, form=form, limits=limits)


@bp.route("/sandboxes/<int:sandbox_id>/destroy", methods=["GET", "POST"])
@requires(permissions.DESTROY_SANDBOX, on=sandboxes.get_sandbox)
def destroy(sandbox: Sandbox) -> ResponseReturnValue:
    """Have everything of a sandbox removed, after its code was typed."""
    form = DestroyForm()
    if form.submitted() and form.confirms(sandbox.code):
        try:
            with unit_of_work():
                operation = removal.destroy_sandbox(sandbox, actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("It is being destroyed. It counts as gone once two searches have found nothing of it."))
            return redirect(url_for(".operation", operation_id=operation.id), 303)
    return render_template("sandboxes/destroy.html", sandbox=sandbox, form=form)


@bp.route("/sandboxes/<int:sandbox_id>/look", methods=["POST"])
@requires(permissions.OPERATE_SANDBOX, on=sandboxes.get_sandbox)
def look(sandbox: Sandbox) -> ResponseReturnValue:
    """Look whether the cloud still is as the sandbox was built."""
    with unit_of_work():
        operation = drift.look_for_drift(sandbox, actor=current_actor())
    return redirect(url_for(".operation", operation_id=operation.id), 303)


@bp.route("/sandboxes/<int:sandbox_id>/drift")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_sandbox)
def differences(sandbox: Sandbox) -> ResponseReturnValue:
    """Show in what the cloud differs from what was built, resource by resource."""
    busy = sandboxes.find_open_operation(sandbox) is not None
    return render_template("sandboxes/drift.html", sandbox=sandbox, may=_possible(sandbox, is_busy=busy))


@bp.route("/sandboxes/<int:sandbox_id>/drift/accept", methods=["POST"])
@requires(permissions.OPERATE_SANDBOX, on=sandboxes.get_sandbox)
def accept(sandbox: Sandbox) -> ResponseReturnValue:
    """Take over how the cloud is now."""
    with unit_of_work():
        operation = drift.accept_drift(sandbox, actor=current_actor())
    flash(_("The differences are being taken over."))
    return redirect(url_for(".operation", operation_id=operation.id), 303)


@bp.route("/sandboxes/<int:sandbox_id>/drift/repair", methods=["POST"])
@requires(permissions.OPERATE_SANDBOX, on=sandboxes.get_sandbox)
def repair(sandbox: Sandbox) -> ResponseReturnValue:
    """Bring the cloud back to what was built."""
    with unit_of_work():
        operation = drift.repair_drift(sandbox, actor=current_actor())
    flash(_("The sandbox is being put right."))
    return redirect(url_for(".operation", operation_id=operation.id), 303)


@bp.route("/sandboxes/<int:sandbox_id>/drill", methods=["POST"])
@requires(permissions.OPERATE_SANDBOX, on=sandboxes.get_sandbox)
def drill(sandbox: Sandbox) -> ResponseReturnValue:
    """Begin a backup drill, and follow it live."""
    with unit_of_work():
        operation = drills.start_drill(sandbox, actor=current_actor())
    flash(_("The drill is queued."))
    return redirect(url_for(".operation", operation_id=operation.id), 303)


@bp.route("/sandboxes/<int:sandbox_id>/outputs/<string:name>/reveal", methods=["POST"])
@requires(permissions.REVEAL_OUTPUT, on=sandboxes.get_sandbox)
def reveal(sandbox: Sandbox, name: str) -> ResponseReturnValue:
    """Show a secret output in this answer alone; it is not shown again by a reload."""
    with unit_of_work():
        value = access.reveal_output(sandbox, name, actor=current_actor())
    return _show(sandbox, (name, value))


@bp.route("/sandboxes/drills/<int:drill_id>")
@requires(permissions.VIEW_SANDBOX, on=sandboxes.get_drill)
def drill_report(drill: SandboxDrill) -> ResponseReturnValue:
    """Show what a drill has measured, with its signed report."""
    return render_template("sandboxes/drill.html", drill=drill, sandbox=drill.sandbox)
