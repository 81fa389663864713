"""Reading playbooks."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.access import can, current_actor, requires
from tracker.journey import permissions, playbook_shelf, queries
from tracker.journey.models import Engagement
from tracker.journey.routes.blueprint import bp
from tracker.journey.routes.reading import read
from tracker.journey.rules import Party, Step, StepState, Use
from tracker.vendors.rules import VendorKind


@bp.route("/playbooks")
@requires(permissions.VIEW_PLAYBOOKS)
def playbooks() -> ResponseReturnValue:
    """List the playbooks of the four steps, narrowed to what the reader asks for."""
    filters = queries.PlaybookFilters(
        step=Step.named(request.args.get("step")),
        use=Use.named(request.args.get("use")),
        audience=Party.named(request.args.get("audience")),
        kind=VendorKind.named(request.args.get("kind")),
    )
    return render_template(
        "journey/playbooks.html",
        playbooks=queries.list_playbooks(filters),
        is_narrowed=filters != queries.PlaybookFilters(),
        choices={"step": Step, "use": Use, "audience": Party, "kind": VendorKind},
        may_preview=can(current_actor(), permissions.PREVIEW_PLAYBOOKS),
    )


@bp.route("/playbooks/<int:version_id>")
@requires(permissions.VIEW_PLAYBOOKS)
def playbook_version(version_id: int) -> ResponseReturnValue:
    """Show a playbook in the reader's language, in the version that was asked for."""
    version = queries.get_version(version_id)
    return render_template(
        "journey/playbook.html",
        version=version,
        newest=queries.find_latest(version.playbook),
        reading=read(playbook_shelf.playbook_of(version)),
        engagement=None,
    )


@bp.route("/engagements/<int:engagement_id>/playbooks/<int:version_id>/text")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_engagement)
def read_in_engagement(engagement: Engagement, version_id: int) -> ResponseReturnValue:
    """Show a playbook with how far each of its items has come in an engagement."""
    version = queries.get_version(version_id)
    playbook = playbook_shelf.playbook_of(version)
    rows = [row for row in queries.items_of(engagement.id, version.step) if row.retired_at is None]
    states = {row.key: row for row in rows if row.playbook == version.playbook}
    step = queries.progress_of(engagement, version.step)
    may_add = playbook.use is Use.CHOSEN and not states and step.state in (StepState.WAITING, StepState.OPEN)
    return render_template(
        "journey/playbook.html",
        version=version,
        newest=None,
        reading=read(playbook, engagement, states),
        engagement=engagement,
        may_add=may_add and can(current_actor(), permissions.CHOOSE_PLAYBOOK, engagement),
    )
