"""The rows for next actions in the form of a session: as many as a page offers, of which most stay empty."""

import re
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form as PlainForm
from wtforms import HiddenField, SelectField

from tracker.coaching import rules
from tracker.coaching.operations import ActionDetails
from tracker.coaching.people import Person
from tracker.core import clock
from tracker.journey.rules import Party
from tracker.web.fields import line
from tracker.web.filters import show_date
from tracker.web.forms import DateField, Form

ACTION_ROWS = 8
"""Rows for next actions in the page; three are shown, the others on demand."""
MOST_ACTIONS = 20
_FIELD = re.compile(r"actions-([0-9]+)-(action_id|text|assignee|due)")


class ActionRow(PlainForm):
    """One next action; a row without text is none."""

    Meta = Form.Meta

    action_id = HiddenField()
    text = line(_l("What will be done"))
    assignee = SelectField(_l("By whom"), coerce=int, validate_choice=False)
    due = DateField(_l("Due day"))

    def details(self) -> ActionDetails | None:
        """Give the action, or nothing for an empty row."""
        text = (self.text.data or "").strip()
        if not text:
            return None
        stored = self.action_id.data or ""
        return ActionDetails(text, self.assignee.data or 0, self.due.data, int(stored) if stored.isdigit() else None)


def empty_action(known: list[Person]) -> dict[str, Any]:
    """Give what an empty row offers: somebody of the vendor, and the usual number of days."""
    doers = sorted(known, key=lambda person: person.party is not Party.VENDOR)
    due = clock.today() + timedelta(days=rules.DAYS_FOR_ACTION)
    return {"text": "", "assignee": doers[0].user_id if doers else None, "due": due}


def without_untouched(posted: MultiDict[str, Any], known: list[Person]) -> MultiDict[str, Any]:
    """Leave out the rows that came back as they were offered, so that no form is built for each of them."""
    empty = empty_action(known)
    offered = {"action_id": "", "text": "", "assignee": str(empty["assignee"] or ""), "due": show_date(empty["due"])}
    rows: dict[str, dict[str, str]] = {}
    for name in posted:
        if found := _FIELD.fullmatch(name):
            rows.setdefault(found[1], {})[found[2]] = posted[name]
    left = {f"actions-{number}-" for number, typed in rows.items() if offered | typed == offered}
    kept = [pair for pair in posted.items(multi=True) if pair[0][: pair[0].rfind("-") + 1] not in left]
    return MultiDict(kept)
