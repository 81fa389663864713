"""The session record (輔導紀錄表) as PDF, set by Typst from data, with the product's own fonts."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import typst
from flask import current_app, g
from flask_babel import gettext as _

from tracker.coaching.forms import item_title, topic_choices
from tracker.coaching.models import CoachingSession
from tracker.coaching.rules import SessionState
from tracker.core import clock
from tracker.web.filters import show_date, show_datetime, show_number, show_time

TEMPLATE = Path(__file__).parent / "documents" / "session_record.typ"
LONGEST_RUN = 24
"""Longer runs without a place to break would leave the page."""
BREAK = "\u200b"
_RUN = re.compile(rf"[!-~\u00a1-\u02ff]{{{LONGEST_RUN + 1},}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What is no text, and signs that would turn the order of the letters around."""


def make(logged: CoachingSession) -> bytes:
    """Set the record in the reader's language; the internal note is no part of it."""
    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        format="pdf",
        font_paths=_fonts(str(current_app.static_folder)),
        ignore_system_fonts=True,
        sys_inputs={"record": json.dumps(_soft(_record(logged)), ensure_ascii=False)},
    )


@cache
def _fonts(static_folder: str) -> typst.Fonts:
    """Load the fonts that the product ships, and no others, once per process."""
    folder = str(Path(static_folder) / "fonts")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _soft(value: Any) -> Any:
    """Let long words break, and leave out what is no text."""
    if isinstance(value, dict):
        return {name: _soft(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_soft(part) for part in value]
    if not isinstance(value, str):
        return value
    plain = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\t", "    "))
    return _RUN.sub(lambda run: BREAK.join(_pieces(run[0])), plain)


def _pieces(run: str) -> Iterable[str]:
    return (run[start : start + LONGEST_RUN] for start in range(0, len(run), LONGEST_RUN))


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
