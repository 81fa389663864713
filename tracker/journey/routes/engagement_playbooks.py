"""The playbooks of an engagement: which it follows, adding and taking off, moving to a newer version."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.journey import operations, permissions, playbook_shelf, queries
from tracker.journey.forms import MoveForm
from tracker.journey.models import Engagement
from tracker.journey.playbook import Changes, compare
from tracker.journey.routes.blueprint import bp
from tracker.journey.rules import Step


@bp.route("/engagements/<int:engagement_id>/playbooks")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_engagement)
def engagement_playbooks(engagement: Engagement) -> ResponseReturnValue:
    """Show which playbooks an engagement holds on to, and which are newer."""
    return render_template(
        "journey/engagement_playbooks.html",
        engagement=engagement,
        pinned=[(version, playbook_shelf.playbook_of(version)) for version in queries.pinned_versions(engagement)],
        newer=[(old, new, playbook_shelf.playbook_of(new)) for old, new in queries.newer_versions(engagement)],
    )


@bp.route("/engagements/<int:engagement_id>/playbooks/<int:version_id>/add", methods=["POST"])
@requires(permissions.CHOOSE_PLAYBOOK, on=queries.get_engagement)
def add_playbook(engagement: Engagement, version_id: int) -> ResponseReturnValue:
    """Add a chosen playbook to the engagement's step."""
    version = queries.get_version(version_id)
    with unit_of_work():
        operations.add_playbook(engagement, version.playbook, actor=current_actor())
    flash(_("Added. Its items stand in the checklist now."))
    return redirect(_place(engagement, version.step, "checklist"))


@bp.route("/engagements/<int:engagement_id>/playbooks/<int:version_id>/drop", methods=["POST"])
@requires(permissions.CHOOSE_PLAYBOOK, on=queries.get_engagement)
def drop_playbook(engagement: Engagement, version_id: int) -> ResponseReturnValue:
    """Take a chosen playbook off the engagement's step."""
    version = queries.get_version(version_id)
    with unit_of_work():
        operations.drop_playbook(engagement, version.playbook, actor=current_actor())
    flash(_("Taken off. It can be added again."))
    return redirect(_place(engagement, version.step, "more-playbooks"))


def _place(engagement: Engagement, step: Step, anchor: str) -> str:
    return url_for(".show", engagement_id=engagement.id, step=step.value, _anchor=anchor)


@bp.route("/engagements/<int:engagement_id>/playbooks/<int:version_id>", methods=["GET", "POST"])
@requires(permissions.MOVE_PLAYBOOK, on=queries.get_engagement)
def move_playbook(engagement: Engagement, version_id: int) -> ResponseReturnValue:
    """Show item by item what a newer playbook changes, and move the engagement to it."""
    pairs = {new.id: (old, new) for old, new in queries.newer_versions(engagement)}
    if version_id not in pairs:
        raise NotFound
    old, new = pairs[version_id]
    playbook = playbook_shelf.playbook_of(new)
    changes = compare(playbook_shelf.playbook_of(old), playbook) if old else Changes(playbook.items, (), (), ())
    form = MoveForm(reason=_("The playbook has changed here. Please look at it again."))
    if form.submitted():
        redo = [
            key.removeprefix("redo:")
            for key, value in request.form.items()
            if key.startswith("redo:") and value == "redo"
        ]
        try:
            with unit_of_work():
                operations.move_playbook(engagement, form.details(version_id, redo), actor=current_actor())
            flash(_("Moved to version %(number)s. What was done is kept.", number=new.number))
            return redirect(url_for(".show", engagement_id=engagement.id, step=new.step.value))
        except Refused as error:
            form.refuse(error)
    return render_template(
        "journey/move_playbook.html",
        engagement=engagement,
        old=old,
        new=new,
        playbook=playbook,
        changes=changes,
        items={row.key: row for row in queries.items_of(engagement.id, new.step)},
        form=form,
    )
