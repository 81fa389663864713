"""Looking at a changed playbook, from the folder or from two uploaded files, before anybody adopts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from tracker.accounts.access import Actor, current_actor, requires
from tracker.core.content import Fault
from tracker.core.errors import NotFound, Refused
from tracker.core.settings import Settings
from tracker.journey import permissions, playbook_shelf, queries
from tracker.journey.forms import UploadForm
from tracker.journey.models import PlaybookVersion
from tracker.journey.playbook import Changes
from tracker.journey.playbook_preview import Preview, held_to, places_of, preview, read_uploads
from tracker.journey.queries import FollowerRow
from tracker.journey.routes.blueprint import bp
from tracker.journey.routes.reading import Reading, read
from tracker.journey.rules import ItemState

FIRST = 10
"""Engagements that a preview names; the list behind it has all of them."""
MOST_KEYS = 60


@dataclass(frozen=True)
class Outlook:
    """What a preview page shows: faults, differences, whom the change would touch, the text itself."""

    preview: Preview
    published: PlaybookVersion | None
    changes: Changes | None
    touched: Sequence[str]
    """Items that the change rewords or takes away."""
    followers: Sequence[FollowerRow]
    work: dict[int, list[tuple[str, ItemState]]]
    count: int
    count_with_work: int
    newcomers: int
    reading: Reading | None

    @property
    def faults(self) -> Sequence[Fault]:
        """Give everything wrong in the files."""
        return self.preview.faults


def _root() -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.playbooks_dir


@bp.route("/playbooks/previews", methods=["GET", "POST"])
@requires(permissions.PREVIEW_PLAYBOOKS)
def previews() -> ResponseReturnValue:
    """List what differs from the published playbooks, and look at two uploaded files without storing them."""
    form = UploadForm()
    if form.submitted():
        try:
            place, texts = read_uploads(form.files())
            return _show(preview(_root(), place, texts), current_actor(), is_upload=True)
        except Refused as error:
            form.refuse(error)
    page = render_template("journey/previews.html", form=form, changes=queries.file_changes(_root()))
    return page, 422 if form.errors or form.failures else 200


@bp.route("/playbooks/previews/<string:step>/<string:slug>")
@requires(permissions.PREVIEW_PLAYBOOKS)
def preview_file(step: str, slug: str) -> ResponseReturnValue:
    """Show a playbook of the folder as it would be published."""
    place = f"steps/{step}/{slug}"
    if place not in places_of(_root()):
        raise NotFound
    return _show(preview(_root(), place), current_actor(), is_upload=False)


def _show(shown: Preview, actor: Actor, *, is_upload: bool) -> str:
    outlook = _outlook(shown, actor)
    old = outlook.published
    titles = playbook_shelf.titles(old.id, old.digest) if old is not None else {}
    return render_template("journey/preview.html", outlook=outlook, old_titles=titles, is_upload=is_upload)


def _outlook(shown: Preview, actor: Actor) -> Outlook:
    playbook = shown.playbook
    published = queries.find_latest(playbook.id) if playbook is not None else None
    if published is not None:
        shown = held_to(shown, published.number, published.digest)
    old = playbook_shelf.playbook_of(published) if published is not None else None
    changes = shown.changes_from(old)
    touched = [*(one.old.id for one in changes.changed), *(item.id for item in changes.removed)] if changes else []
    name = published.playbook if published is not None else ""
    rows = queries.followers(name, actor=actor, size=FIRST).rows if name else []
    return Outlook(
        preview=shown,
        published=published,
        changes=changes,
        touched=touched,
        followers=rows,
        work=dict(queries.work_on([row.id for row in rows], touched)),
        count=queries.count_followers(name, actor=actor) if name else 0,
        count_with_work=queries.count_followers_with_work(name, touched, actor=actor),
        newcomers=queries.count_newcomers(playbook, actor=actor) if playbook is not None and old is None else 0,
        reading=read(playbook) if playbook is not None else None,
    )


@bp.route("/playbooks/<int:version_id>/followers")
@requires(permissions.PREVIEW_PLAYBOOKS)
def followers(version_id: int) -> ResponseReturnValue:
    """List the running engagements that follow a playbook, with what was done on the items that are asked about."""
    version = queries.get_version(version_id)
    actor = current_actor()
    keys = request.args.getlist("item")[:MOST_KEYS]
    page = queries.followers(
        version.playbook, actor=actor, after=request.args.get("after"), before=request.args.get("before")
    )
    playbook = playbook_shelf.playbook_of(version)
    return render_template(
        "journey/followers.html",
        version=version,
        playbook=playbook,
        titles=playbook_shelf.titles(version.id, version.digest),
        page=page,
        count=queries.count_followers(version.playbook, actor=actor),
        work=queries.work_on([row.id for row in page.rows], keys),
        has_keys=bool(keys),
    )
