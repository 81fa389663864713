"""Reading playbooks, and moving an engagement to a newer one."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from tracker.accounts.access import current_actor, requires
from tracker.core.db import unit_of_work
from tracker.core.errors import NotFound, Refused
from tracker.journey import operations, permissions, playbook_shelf, queries
from tracker.journey.forms import MoveForm
from tracker.journey.models import Engagement
from tracker.journey.playbook import Changes, Playbook, compare
from tracker.journey.routes.blueprint import bp


@bp.route("/playbooks")
@requires(permissions.VIEW_PLAYBOOKS)
def playbooks() -> ResponseReturnValue:
    """List the playbooks of the four steps."""
    versions = queries.latest_versions()
    shown = [(version, playbook_shelf.playbook_of(version)) for version in versions]
    return render_template("journey/playbooks.html", playbooks=shown)


@bp.route("/playbooks/<int:version_id>")
@requires(permissions.VIEW_PLAYBOOKS)
def playbook_version(version_id: int) -> ResponseReturnValue:
    """Show a playbook in the reader's language, in the version that was asked for."""
    version = queries.get_version(version_id)
    language = g.get("language", "zh-Hant")
    playbook = playbook_shelf.playbook_of(version)
    before, after = playbook_shelf.body(version, language, lambda address: _link(playbook, address))
    lines = {
        item.key: (
            Markup(playbook_shelf.item_line(version.id, version.digest, item.id, language)),  # noqa: S704 - sanitised by core.markdown
            Markup(playbook_shelf.item_help(version.id, version.digest, item.id, language)),  # noqa: S704 - as above
        )
        for item in playbook.items
    }
    return render_template(
        "journey/playbook.html",
        version=version,
        versions=queries.versions_of(version.playbook),
        playbook=playbook,
        before=Markup(before),  # noqa: S704 - sanitised by core.markdown
        after=Markup(after),  # noqa: S704 - as above
        lines=lines,
    )


def _link(playbook: Playbook, address: str) -> str:
    """Turn a link from one playbook file to another into the address of that playbook's page."""
    path, anchor = playbook.leads_to(address) or ("", "")
    version = queries.version_at(path) if path else None
    if version is None:
        return address
    return url_for("journey.playbook_version", version_id=version.id, _anchor=anchor or None)


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
