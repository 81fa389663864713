"""The page of the audit trail, its file, and the request to verify its chain."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, flash, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import csv_file
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.roc_date import parse_date
from tracker.core.text import Message
from tracker.notifications.models import OutboxMail
from tracker.overview import history
from tracker.overview.audit_trail import operations, permissions, queries, rules
from tracker.overview.audit_trail.queries import TrailFilter
from tracker.overview.audit_trail.rules import Family, family_of
from tracker.overview.sayings import OTHER, SAYINGS
from tracker.programmes.models import Programme
from tracker.web import places
from tracker.web.forms import translate

bp = Blueprint("audit", __name__, template_folder="../templates")

LARGEST_ID = 2**31 - 1
PEOPLE_IN_DETAILS = ("person_id", "expert")


class Line(NamedTuple):
    """A record as the page shows it."""

    id: int
    at: Any
    text: str
    tone: str
    note: str | None
    url: str | None
    actor_id: int | None
    actor_name: str
    whom: str | None
    organisation: str | None
    organisation_id: int | None
    product: str | None
    subject: str | None


@bp.route("/audit")
@requires(permissions.READ_AUDIT)
def index() -> ResponseReturnValue:
    """Show the audit trail as far as the reader may see it, and whether its chain was found to hold."""
    actor = current_actor()
    wanted, faults = read_filter(request.args)
    page = queries.page(wanted, after=request.args.get("after"), before=request.args.get("before"), actor=actor)
    total = queries.count(wanted, actor=actor)
    return render_template(
        "overview/audit.html",
        lines=lines_of(page.rows),
        page=page,
        total=shown_count(total),
        wanted=wanted,
        faults=faults,
        families=[one for one in Family if one in permissions.visible_families(actor)],
        opens_vendors=actor.is_office or actor.has(Role.AUDITOR),
        chain=chain_state(),
    )


@bp.route("/audit.csv")
@requires(permissions.READ_AUDIT)
def file() -> ResponseReturnValue:
    """Give the records that the filter names as a table file."""
    wanted, _faults = read_filter(request.args)
    pages = queries.whole_trail(wanted, actor=current_actor())
    chunks = csv_file.write(file_header(), file_rows(pages))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(stream_with_context(chunks), mimetype="text/csv", headers=headers)


@bp.route("/audit/verify", methods=["POST"])
@requires(permissions.VERIFY_AUDIT)
def verify() -> ResponseReturnValue:
    """Have the worker verify the chain."""
    with unit_of_work():
        operations.ask_for_check(actor=current_actor())
    flash(_("The worker verifies the chain. Its progress is shown here."))
    return redirect(url_for(".index"), 303)


def read_filter(values: Mapping[str, str]) -> tuple[TrailFilter, list[str]]:
    """Read the filter from an address, and say what could not be read."""
    faults: list[str] = []
    first, last = (_day(values.get(name, ""), faults) for name in ("from", "until"))
    try:
        rules.check_days(first, last)
    except Refused as error:
        faults.append(translate(error.message))
        first = last = None
    wanted = TrailFilter(
        person=_words(values.get("person", "")),
        person_id=_id(values.get("person_id")),
        family=Family.named(values.get("family")),
        vendor=_words(values.get("vendor", "")),
        subject=_subject(values.get("subject", "")),
        first=first,
        last=last,
    )
    return wanted, faults


def _words(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:100]


def _id(text: str | None) -> int | None:
    return min(int(text), LARGEST_ID) if text and text.isascii() and text.isdigit() else None


def _subject(text: str) -> tuple[str, int] | None:
    table, _colon, key = text.partition(":")
    number = _id(key)
    return (table[:64].replace("\0", ""), number) if table and number is not None else None


def _day(text: str, faults: list[str]) -> date | None:
    if not text.strip():
        return None
    try:
        return parse_date(text)
    except Refused as error:
        faults.append(translate(error.message))
        return None


def lines_of(rows: Sequence[Any]) -> list[Line]:
    """Put records into sentences."""
    names = queries.names_of(sorted({key for row in rows for key in _people_in(row)}))
    return [_line(row, names) for row in rows]


def _people_in(row: Any) -> list[int]:
    found = [value for name in PEOPLE_IN_DETAILS if isinstance(value := row.details.get(name), int)]
    return [row.subject_id, *found] if row.subject_type == User.__tablename__ and row.subject_id else found


def _line(row: Any, names: Mapping[int, str]) -> Line:
    event = history.event_of(row)
    return Line(
        id=row.id,
        at=row.at,
        text=event.text,
        tone=event.tone,
        note=event.note,
        url=_page_of(row),
        actor_id=row.actor_id,
        actor_name=_("Nobody signed in") if row.action in ("sign_in.failed", "sign_in.locked") else event.actor_name,
        whom="、".join(dict.fromkeys(names[key] for key in _people_in(row) if key in names)) or None,
        organisation=_named(row.organisation_zh, row.organisation_en),
        organisation_id=row.organisation_id,
        product=_named(row.product_zh, row.product_en),
        subject=f"{row.subject_type}:{row.subject_id}" if row.subject_id is not None else None,
    )


def _named(chinese: str | None, english: str | None) -> str | None:
    return english if g.get("language") == "en" and english else chinese


def _page_of(row: Any) -> str | None:
    """Find the page that shows what a record is about, among those that its readers may open."""
    if row.subject_id is None:
        return None
    if row.subject_type == User.__tablename__:
        return url_for("people.show", user_id=row.subject_id)
    if row.subject_type == Programme.__tablename__:
        return url_for("programmes.show", programme_id=row.subject_id)
    if row.subject_type == OutboxMail.__tablename__:
        return url_for("admin.mail", mail_id=row.subject_id) if current_actor().has(Role.ADMINISTRATOR) else None
    return places.page_of(row.subject_type, row.subject_id)


def chain_state() -> dict[str, Any]:
    """Say how the chain stands: what was found last, and what is under way."""
    newest, finished = queries.last_check(), queries.last_finished()
    done, noted_as = finished or (None, None)
    told = done.told.get("faults", []) if done else []
    return {
        "running": newest if operations.is_running(newest) else None,
        "failed": newest if newest and newest.finished_at and newest.faults is None else None,
        "last": done,
        "noted_as": noted_as,
        "told": [translate(Message(msgid, values)) for msgid, values in told],
    }


def file_header() -> list[str]:
    """Name the columns of the file."""
    return [
        _("Record"),
        _("Time"),
        _("Who"),
        _("Number of the person"),
        _("Family"),
        _("Action"),
        _("What happened"),
        _("What changed"),
        _("Whom it concerns"),
        _("Vendor"),
        _("UBN"),
        _("Product"),
        _("Subject"),
        _("Request"),
        _("Hash"),
    ]


def file_rows(pages: Iterator[Sequence[Any]]) -> Iterator[list[object]]:
    """Write records as rows of the file."""
    labels = {family: _(family.label) for family in Family}
    for rows in pages:
        for line, row in zip(lines_of(rows), rows, strict=True):
            known = row.action in SAYINGS
            yield [
                row.id,
                row.at,
                line.actor_name,
                row.actor_id,
                labels[family_of(row.action)] if known else _(OTHER.sentence),
                row.action,
                line.text,
                line.note,
                line.whom,
                line.organisation,
                row.ubn,
                line.product,
                line.subject,
                row.request_id,
                row.hash,
            ]
