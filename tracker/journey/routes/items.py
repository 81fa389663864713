"""The page of an item, and what is done there."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import Actor, can, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import CloudStepsError, Refused
from tracker.core.text import N_
from tracker.evidence.operations import keep_file, keep_link
from tracker.journey import operations, permissions, playbook_shelf, queries
from tracker.journey.forms import CommentForm, EvidenceForm, ReasonForm, WhyNotForm, unposted
from tracker.journey.models import Item, ItemEvidence
from tracker.journey.routes.blueprint import bp
from tracker.journey.routes.links import playbook_page
from tracker.journey.routes.reading import help_of
from tracker.journey.rules import (
    BEGUN,
    COMPLETE,
    ITEM_MOVES,
    TO_VERIFY,
    UNDO_TIME,
    EngagementState,
    ItemState,
    StepState,
    needs_proof,
)
from tracker.web import places
from tracker.web.forms import Form

HISTORY = 50


@bp.route("/items/<int:item_id>")
@requires(permissions.VIEW_ENGAGEMENT, on=queries.get_item)
def item(item: Item) -> ResponseReturnValue:
    """Show an item: what to do, what proves it, who did what."""
    return show_item(item)


def show_item(item: Item, failed: Form | None = None) -> ResponseReturnValue:
    """Show the item's page, with the form that was refused as it was typed."""
    actor = current_actor()
    step = queries.progress_of(item.engagement, item.step)
    changes = queries.changes_of(item)
    proofs = queries.proofs_of(item, actor=actor)
    anchor = item.key.partition(".")[2]
    body = render_template(
        "journey/item.html",
        item=item,
        title=playbook_shelf.title(item.playbook_version_id, item.playbook_version.digest, item.key),
        help=help_of(playbook_shelf.playbook_of(item.playbook_version), anchor, item.engagement),
        playbook_url=playbook_page(item.playbook_version_id, item.engagement, anchor),
        step=step,
        proofs=proofs,
        proof_url=places.page_of(item.proof_table, item.proof_id) if item.proof_table and item.proof_id else None,
        comments=queries.comments_of(item, actor=actor),
        changes=changes[:HISTORY],
        may=_possible(item, step.state, actor),
        needs_proof=needs_proof(item.evidence_kind) and not proofs and item.proof_table is None,
        undo=bool(changes) and _can_undo(changes[0], actor),
        evidence_form=_form(EvidenceForm, failed),
        comment_form=_form(CommentForm, failed),
        return_form=_form(ReasonForm, failed),
        why_form=_form(WhyNotForm, failed),
        reads_internal=can(actor, permissions.READ_INTERNAL, item),
    )
    return body, 200 if failed is None else 422


def _form(kind: type[Form], failed: Form | None) -> Form:
    """Give the refused form where it is of this kind, else one that is blank whatever was posted."""
    return failed if isinstance(failed, kind) else unposted(kind)


def _can_undo(change: queries.Change, actor: Actor) -> bool:
    young = clock.now() - change.at <= UNDO_TIME
    return change.undone_at is None and change.by_id == actor.user_id and young


def _possible(item: Item, step: StepState, actor: Actor) -> frozenset[str]:
    """Tell what the reader can do with the item as it stands."""
    moves = ITEM_MOVES[item.state]
    frozen = (
        item.engagement.state is not EngagementState.ACTIVE
        or item.retired_at is not None
        or step not in BEGUN
        or (step is StepState.PASSED and item.state in COMPLETE)
    )
    does, verifies = can(actor, permissions.DO_ITEM, item), can(actor, permissions.VERIFY_ITEM, item)
    allowed = {
        "submit": does and ItemState.SUBMITTED in moves,
        "not_applicable": does and ItemState.NOT_APPLICABLE_CLAIMED in moves,
        "attach": does or verifies,
        "verify": verifies and item.state in TO_VERIFY and item.done_by_id != actor.user_id,
        "return": verifies and ItemState.RETURNED in moves,
    }
    work = set() if frozen else {name for name, possible in allowed.items() if possible}
    return frozenset(work | ({"comment"} if can(actor, permissions.COMMENT_ITEM, item) else set()))


def _page(item: Item) -> ResponseReturnValue:
    """Lead back to where the button was pressed: the checklist, or the item's own page."""
    if request.form.get("back") == "checklist":
        return redirect(url_for(".show", engagement_id=item.engagement_id, step=item.step.value) + "#checklist", 303)
    return redirect(url_for(".item", item_id=item.id), 303)


def _change(item: Item, change: Callable[[], object], done: str, failed: Form | None = None) -> ResponseReturnValue:
    """Make a change of the item that can be undone; show its page again where it is refused."""
    try:
        with unit_of_work():
            change()
    except Refused as error:
        if failed is None:
            raise
        failed.refuse(error)
        return show_item(item, failed)
    flash((done, url_for(".undo", item_id=item.id)), "undo")  # type: ignore[arg-type]  # base.html shows the pair with its button
    return _page(item)


@bp.route("/items/<int:item_id>/submit", methods=["POST"])
@requires(permissions.DO_ITEM, on=queries.get_item)
def submit(item: Item) -> ResponseReturnValue:
    """Hand in an item, with a file or a link where one comes with it."""
    actor = current_actor()
    form = EvidenceForm()
    if not form.submitted():
        return show_item(item, form)

    def hand_in() -> None:
        if form.has_file or form.has_link:
            _attach(item, form, actor)
        operations.submit_item(item, actor=actor)

    return _change(item, hand_in, _("Handed in; it waits for verification."), form)


@bp.route("/items/<int:item_id>/verify", methods=["POST"])
@requires(permissions.VERIFY_ITEM, on=queries.get_item)
def verify(item: Item) -> ResponseReturnValue:
    """Verify what was handed in."""
    actor = current_actor()
    return _change(item, lambda: operations.verify_item(item, actor=actor), _("Verified."))


@bp.route("/items/<int:item_id>/return", methods=["POST"])
@requires(permissions.VERIFY_ITEM, on=queries.get_item)
def give_back(item: Item) -> ResponseReturnValue:
    """Return an item with what is to be done."""
    actor, form = current_actor(), ReasonForm()
    if not form.submitted():
        return show_item(item, form)
    reason = form.reason.data or ""
    return _change(item, lambda: operations.return_item(item, reason, actor=actor), _("Returned."), form)


@bp.route("/items/<int:item_id>/not-applicable", methods=["POST"])
@requires(permissions.DO_ITEM, on=queries.get_item)
def not_applicable(item: Item) -> ResponseReturnValue:
    """Say why an item does not apply."""
    actor, form = current_actor(), WhyNotForm()
    if not form.submitted():
        return show_item(item, form)
    why = form.why.data or ""
    done = _("Noted; it counts once an expert or the office has verified it.")
    return _change(item, lambda: operations.mark_not_applicable(item, why, actor=actor), done, form)


@bp.route("/items/<int:item_id>/undo", methods=["POST"])
@requires(permissions.UNDO_CHANGE, on=queries.get_item)
def undo(item: Item) -> ResponseReturnValue:
    """Take one's own newest change of an item back."""
    with unit_of_work():
        operations.undo_change(item, actor=current_actor())
    flash(_("Undone."))
    return redirect(url_for(".item", item_id=item.id), 303)


@bp.route("/items/<int:item_id>/comments", methods=["POST"])
@requires(permissions.COMMENT_ITEM, on=queries.get_item)
def comment(item: Item) -> ResponseReturnValue:
    """Comment on an item."""
    actor, form = current_actor(), CommentForm()
    if not form.submitted():
        return show_item(item, form)
    details = form.details()
    if details.internal and not can(actor, permissions.READ_INTERNAL, item):
        details = operations.CommentDetails(details.text)
    with unit_of_work():
        operations.comment_on_item(item, details, actor=actor)
    flash(_("Comment added."))
    return redirect(url_for(".item", item_id=item.id) + "#comments", 303)


@bp.route("/items/<int:item_id>/evidence", methods=["POST"])
@requires(permissions.ATTACH_EVIDENCE, on=queries.get_item)
def attach(item: Item) -> ResponseReturnValue:
    """Attach a file or a link to an item."""
    actor, form = current_actor(), EvidenceForm()
    if not form.submitted():
        return show_item(item, form)
    try:
        with unit_of_work():
            _attach(item, form, actor)
    except CloudStepsError as error:
        form.refuse(error)
        return show_item(item, form)
    flash(_("Attached."))
    return redirect(url_for(".item", item_id=item.id) + "#evidence", 303)


def _attach(item: Item, form: EvidenceForm, actor: Actor) -> None:
    internal = bool(form.only_internal.data) and can(actor, permissions.READ_INTERNAL, item)
    owner = {"organisation_id": item.engagement.organisation_id, "engagement_id": item.engagement_id}
    if form.has_file:
        file = form.file.data
        kept = keep_file(file, file.filename, **owner, internal=internal, actor=actor)
    elif form.has_link:
        kept = keep_link(form.url.data or "", form.title.data or "", **owner, internal=internal, actor=actor)
    else:
        raise Refused(N_("Choose a file, or type the address of a page."), field="file")
    operations.attach_evidence(item, kept, actor=actor)


@bp.route("/items/<int:item_id>/evidence/<int:proof_id>/remove", methods=["POST"])
@requires(permissions.ATTACH_EVIDENCE, on=queries.get_proof)
def detach(proof: ItemEvidence) -> ResponseReturnValue:
    """Take evidence off an item."""
    item = proof.item
    with unit_of_work():
        operations.detach_evidence(item, proof, actor=current_actor())
    flash(_("Removed."))
    return redirect(url_for(".item", item_id=item.id) + "#evidence", 303)
