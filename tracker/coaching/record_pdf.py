"""The session record (輔導紀錄表) as PDF, set by Typst from data, with the product's own fonts."""

from pathlib import Path
from typing import Any

from flask import g
from flask_babel import gettext as _

from tracker.coaching.forms import item_title, topic_choices
from tracker.coaching.models import CoachingSession
from tracker.coaching.rules import SessionState
from tracker.core import clock
from tracker.web.filters import show_date, show_datetime, show_number, show_time
from tracker.web.typeset import make_pdf

TEMPLATE = Path(__file__).parent / "documents" / "session_record.typ"


def make(logged: CoachingSession) -> bytes:
    """Set the record in the reader's language; the internal note is no part of it."""
    return make_pdf(TEMPLATE, _record(logged))


def _record(logged: CoachingSession) -> dict[str, Any]:
    english = g.get("language") == "en"
    programme = logged.engagement.programme
    return {
        "title": _("Coaching session record"),
        "lang": "en" if english else "zh",
        "region": "us" if english else "tw",
        "programme": programme.name_en if english and programme.name_en else programme.name_zh,
        "office": _("CloudSteps programme office"),
        "number": _("Record no. %(number)s, version %(version)s", number=logged.id, version=logged.version),
        "state": _(logged.state.label),
        "footer": _("Printed from CloudSteps on %(moment)s", moment=show_datetime(clock.now())),
        "labels": {
            "page": _("Page"),
            "nothing": _("Nothing written."),
            "expert-signs": _("Expert"),
            "vendor-signs": _("Vendor"),
        },
        "facts": _facts(logged, english=english),
        "texts": [[_("Findings"), logged.findings], [_("Recommendations"), logged.recommendations]],
        "tables": [_people(logged), _items(logged), _actions(logged), _files(logged), _notes(logged)],
        "signatures": [_signed_by_expert(logged), _signed_by_vendor(logged)],
    }


def _facts(logged: CoachingSession, *, english: bool) -> list[list[str]]:
    case = logged.engagement
    vendor, product = case.organisation, case.product
    spoken = {row.topic for row in logged.topics}
    topics = [label for topic, label in topic_choices(case) if topic in spoken]
    return [
        [_("Vendor"), vendor.name_en if english and vendor.name_en else vendor.name_zh],
        [_("UBN"), vendor.ubn],
        [_("Product"), product.name_en if english and product.name_en else product.name_zh],
        [_("Step"), _(logged.step.label)],
        [_("Day"), f"{show_date(logged.starts_at)} {show_time(logged.starts_at)}"],
        [_("Hours"), show_number(logged.hours)],
        [_("Expert"), logged.expert.name],
        [_("How you met"), "\n".join(filter(None, (_(logged.mode.label), logged.place)))],
        [_("Topics"), _(", ").join(topics) or _("none")],
        [_("Submitted"), show_datetime(logged.submitted_at) or _("not yet")],
    ]


def _table(title: str, columns: list[str], widths: list[int], rows: list[list[str]], empty: str) -> dict[str, Any]:
    return {"title": title, "columns": columns, "widths": widths, "rows": rows, "empty": empty}


def _people(logged: CoachingSession) -> dict[str, Any]:
    rows = [[row.name, _(row.party.label)] for row in logged.participants]
    return _table(_("Who took part"), [_("Full name"), _("Side")], [3, 1], rows, _("Nobody was noted."))


def _items(logged: CoachingSession) -> dict[str, Any]:
    rows = [[item_title(row.item), _(row.item.step.label)] for row in logged.items]
    return _table(_("Items touched"), [_("Item"), _("Step")], [5, 1], rows, _("No checklist item was touched."))


def _actions(logged: CoachingSession) -> dict[str, Any]:
    rows = [[row.text, row.assignee.name, show_date(row.due_on), _(row.state.label)] for row in logged.actions]
    columns = [_("What will be done"), _("By whom"), _("Due day"), _("State")]
    return _table(_("Next actions"), columns, [8, 4, 6, 3], rows, _("No action was agreed."))


def _files(logged: CoachingSession) -> dict[str, Any]:
    rows = [
        [row.evidence.file_name, row.evidence.stored_file.sha256 if row.evidence.stored_file else ""]
        for row in logged.files
        if row.evidence.removed_at is None
    ]
    return _table(_("Photos and files"), [_("File"), _("SHA-256")], [2, 3], rows, _("No file was added."))


def _notes(logged: CoachingSession) -> dict[str, Any]:
    rows = [
        [show_datetime(row.created_at), row.author.name if row.author else "", _(row.kind.label), row.text]
        for row in logged.addenda
    ]
    columns = [_("When"), _("Who"), _("Kind"), _("Text")]
    return _table(_("Notes added later"), columns, [3, 2, 2, 6], rows, _("No note was added."))


def _signed_by_expert(logged: CoachingSession) -> str:
    if logged.state is SessionState.DRAFT:
        return str(_("Draft: not submitted"))
    moment = show_datetime(logged.submitted_at)
    return str(_("%(name)s, submitted on %(moment)s", name=logged.expert.name, moment=moment))


def _signed_by_vendor(logged: CoachingSession) -> str:
    if logged.acknowledged_by is None:
        return str(_("Not acknowledged yet"))
    moment = show_datetime(logged.acknowledged_at)
    return str(_("%(name)s, acknowledged on %(moment)s", name=logged.acknowledged_by.name, moment=moment))
