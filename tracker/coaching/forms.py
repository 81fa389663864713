"""Forms of coaching: the session as it is logged on a phone, notes to it, actions, hours."""

import re
import secrets
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    FieldList,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from tracker.accounts.access import Actor, current_actor
from tracker.coaching import meetings, people, queries, rules
from tracker.coaching.action_rows import ACTION_ROWS, MOST_ACTIONS, ActionRow, empty_action, without_untouched
from tracker.coaching.models import CoachingSession
from tracker.coaching.operations import ActionDetails, MeetingDetails, QuotaDetails, SessionDetails, Upload
from tracker.coaching.people import Person
from tracker.coaching.rules import Mode
from tracker.core import clock
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.models import Engagement, Item
from tracker.journey.playbook_shelf import titles
from tracker.journey.rules import Party, Step
from tracker.programmes.queries import rulebook_of
from tracker.web.fields import ClockField, line, paragraphs
from tracker.web.forms import DateField, Form, ReadField, choices

USUAL_HOURS = Decimal(1)
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class HoursField(ReadField):
    """Hours in quarters."""

    widget = TextInput()

    def read(self, text: str) -> Decimal:
        """Read the hours."""
        return rules.parse_hours(text)

    def show(self, value: Decimal) -> str:
        """Write the hours without idle zeros."""
        return f"{value.normalize():f}"


class ManyField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SessionForm(Form):
    """What happened when an expert met a vendor: defaults are filled, text comes first, files last."""

    client_key = HiddenField()
    day = DateField(_l("Day"), [InputRequired(_l("Write the day of the session, such as 115/11/22."))])
    time = ClockField(_l("Began at"), [InputRequired(_l("Write when the session began, such as 14:30."))])
    hours = HoursField(_l("Hours"), [InputRequired(_l("Write how long the session took, such as 1.5."))])
    findings = paragraphs(_l("Findings"), rows=5)
    recommendations = paragraphs(_l("Recommendations"), rows=5)
    topics = ManyField(_l("Topics"))
    actions = FieldList(FormField(ActionRow), _l("Next actions"), max_entries=MOST_ACTIONS)
    step = SelectField(_l("Step"))
    items = ManyField(_l("Items touched"), coerce=int)
    mode = RadioField(_l("How you met"))
    place = line(_l("Address or meeting link"))
    expert = SelectField(_l("Expert whose hours these are"), coerce=int)
    people = ManyField(_l("Who took part"))
    others = paragraphs(_l("Others of the vendor, one name per line"), rows=2)
    next_day = DateField(_l("Day of the next meeting"))
    next_time = ClockField(_l("Time of the next meeting"))
    next_place = line(_l("Place or link of the next meeting"))
    internal_note = paragraphs(
        _l("Internal note"), description=_l("For the office and the experts only; the vendor never sees it."), rows=3
    )
    file = MultipleFileField(
        _l("Photos and files"),
        description=_l("Place, time and device are taken out of photos before they are kept."),
        render_kw={"accept": ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.csv,.txt,.md"},
    )

    def __init__(
        self,
        obj: CoachingSession | None = None,
        prefix: str = "",
        *,
        engagement: Engagement | None = None,
        **values: Any,
    ) -> None:
        """Fill the form from what was posted, from a stored session, or with what is usual for the engagement."""
        case = engagement if engagement is not None else obj.engagement if obj is not None else None
        if case is None:
            raise ValueError("A session's form needs an engagement.")
        self.engagement, self.stored, self.actor = case, obj, current_actor()
        self.known = people.people_of(case, actor=self.actor)
        posted = request.method == "POST" and not self._from_record
        first = {} if posted else _values_of(obj) if obj is not None else _usual_values(case, self.known, self.actor)
        super().__init__(None, prefix, **{**first, **values})
        if obj is not None and not posted:
            self.version.data = str(obj.version)
        self._offer_choices()

    def _offer_choices(self) -> None:
        self.step.choices, self.mode.choices = choices(Step), choices(Mode)
        self.topics.choices = topic_choices(self.engagement)
        self.items.choices = self._item_choices() if self.items.data else []
        self.people.choices = [(person.key, _label(person)) for person in self._offered_people()]
        experts = [(one.user_id, one.name) for one in self.known if one.party is Party.EXPERT]
        if self.engagement.id in self.actor.scope("engagement"):
            del self.expert
        else:
            self.expert.choices = experts

    @cached_property
    def shown_items(self) -> list[queries.OfferedItem]:
        """List the items that can be ticked; a form that came back without any does not read them."""
        return queries.offered_items(self.engagement.id, self.stored.id if self.stored is not None else None)

    def _item_choices(self) -> list[tuple[int, str]]:
        return [(item.id, _title(item.version_id, item.digest, item.key)) for item in self.shown_items]

    def sent(self) -> Any:
        """Give what was posted, without the rows for actions that nobody touched."""
        return without_untouched(super().sent(), self.known)

    def _offered_people(self) -> list[Person]:
        named = [one for key in self.people.data or [] if (one := people.read_key(key)) is not None]
        return list({one.key: one for one in (*self.known, *named)}.values())

    def action_rows(self) -> "FieldList[FormField[ActionRow]]":
        """Give the rows for actions as the page shows them, empty ones included."""
        while len(self.actions) < ACTION_ROWS:
            self.actions.append_entry(empty_action(self.known))
        doers = [(one.user_id, _label(one)) for one in self.known]
        for entry in self.actions:
            entry.form.assignee.choices = doers
        return self.actions

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and the rules that speak of several of them, so that everything is said at once."""
        holds = bool(super().validate(extra_validators))
        starts_at = self.starts_at()
        if starts_at is not None:
            try:
                rules.check_time(starts_at, anchor_on=self.engagement.anchor_on, now=clock.now())
            except Refused as error:
                self.refuse(error)
                holds = False
        return self._next_holds() and holds

    def _next_holds(self) -> bool:
        """Check the next meeting; one without a day or without a time is none yet."""
        try:
            if (begins := self.next_begins()) is not None:
                rules.check_meeting(begins, self.engagement.state, now=clock.now())
        except Refused as error:
            self.refuse(error)
            return False
        return True

    def next_meeting(self) -> MeetingDetails | None:
        """Give the next meeting, in the way in which this session was held."""
        if (begins := self.next_begins()) is None:
            return None
        return MeetingDetails(begins, Mode(self.mode.data), self.next_place.data or "")

    def next_begins(self) -> datetime | None:
        """Give the moment of the next meeting, when there is to be one."""
        if self.next_day.data is None and self.next_time.data is None:
            return None
        if self.next_day.data is None or self.next_time.data is None:
            raise Refused(
                N_("Write day and time of the next meeting, or neither."),
                field="next_time" if self.next_time.data is None else "next_day",
            )
        return datetime.combine(self.next_day.data, self.next_time.data, clock.TAIPEI)

    def starts_at(self) -> datetime | None:
        """Give the moment at which the session began, when day and time can be read."""
        if self.day.data is None or self.time.data is None:
            return None
        return datetime.combine(self.day.data, self.time.data, clock.TAIPEI)

    @property
    def wants_draft(self) -> bool:
        """Tell whether the record is kept as a draft, not submitted."""
        return request.form.get("intent") == "draft"

    def items_by_step(self) -> list[tuple[Step, list[Any]]]:
        """Group the boxes of items by step, in the order of steps."""
        self.items.choices = self._item_choices()
        boxes = {item.id: box for item, box in zip(self.shown_items, self.items, strict=True)}
        steps = [(step, [boxes[item.id] for item in self.shown_items if item.step is step]) for step in Step]
        return [(step, group) for step, group in steps if group]

    def shown_value(self, name: str) -> str:
        """Give a field's value as text; actions a line each."""
        if name == "actions":
            return "\n".join(_line(entry.form) for entry in self.action_rows() if entry.form.text.data)
        return "" if name == "file" else super().shown_value(name)

    def shown_fields(self) -> list[Field]:
        """Give the fields that can be laid beside each other."""
        return [field for field in super().shown_fields() if field.name != "file"]

    def details(self) -> SessionDetails:
        """Give what was filled in."""
        starts_at = self.starts_at()
        if starts_at is None:
            raise ValueError("Details are read from a form that holds.")
        key = self.client_key.data or ""
        chosen = {person.key: person for person in self._offered_people()}
        rows = [row for entry in self.actions if (row := entry.form.details()) is not None]
        return SessionDetails(
            step=Step(self.step.data),
            starts_at=starts_at,
            hours=self.hours.data,
            mode=Mode(self.mode.data),
            place=self.place.data or "",
            people=(*(chosen[key] for key in self.people.data or []), *self._others()),
            topics=tuple(self.topics.data or []),
            findings=self.findings.data or "",
            recommendations=self.recommendations.data or "",
            internal_note=self.internal_note.data or "",
            item_ids=tuple(self.items.data or []),
            actions=tuple(rows),
            next_meeting=self.next_meeting(),
            uploads=tuple(Upload(file.filename, file) for file in self.file.data or [] if file and file.filename),
            expert_id=self.expert.data if "expert" in self else None,
            client_key=key if KEY.fullmatch(key) else secrets.token_urlsafe(16),
            version=self.read_version(),
        )

    def _others(self) -> list[Person]:
        names = [" ".join(line.split()) for line in (self.others.data or "").splitlines()]
        return [Person(name[: people.LONGEST_NAME], Party.VENDOR) for name in names if name]


def _usual_values(case: Engagement, known: list[Person], actor: Actor) -> dict[str, Any]:
    """Give what is usual: now, the open step, the hours and people of the last session."""
    last = queries.last_session_of(case.id)
    hours = last.hours if last is not None else USUAL_HOURS
    begun = rules.usual_start(clock.now(), hours)
    experts = [person.user_id for person in known if person.party is Party.EXPERT]
    return {
        "client_key": secrets.token_urlsafe(16),
        "day": begun.date(),
        "time": begun.time(),
        "hours": hours,
        "step": case.step.value,
        "mode": (last.mode if last is not None else Mode.ON_SITE).value,
        "place": last.place if last is not None else "",
        "expert": experts[0] if experts else None,
        "people": [person.key for person in people.usual_people(known, last, actor=actor)],
        "actions": [empty_action(known) for _row in range(ACTION_ROWS)],
    }


def _values_of(stored: CoachingSession) -> dict[str, Any]:
    begun = clock.in_taipei(stored.starts_at)
    actions = [
        {"action_id": str(row.id), "text": row.text, "assignee": row.assignee_id, "due": row.due_on}
        for row in stored.actions
    ]
    return {
        "client_key": stored.client_key,
        "day": begun.date(),
        "time": begun.time(),
        "hours": stored.hours,
        "step": stored.step.value,
        "mode": stored.mode.value,
        "place": stored.place,
        "expert": stored.expert_id,
        "people": [Person(row.name, row.party, row.user_id).key for row in stored.participants],
        "topics": [row.topic for row in stored.topics],
        "items": [row.item_id for row in stored.items],
        "findings": stored.findings,
        "recommendations": stored.recommendations,
        "internal_note": queries.read_internal_note(stored.id),
        "actions": actions,
        **_next_of(stored),
    }


def _next_of(stored: CoachingSession) -> dict[str, Any]:
    """Give the meeting that was agreed in a session, while it lies ahead."""
    agreed = meetings.agreed_in(stored.id)
    if agreed is None:
        return {}
    begins = clock.in_taipei(agreed.starts_at)
    return {"next_day": begins.date(), "next_time": begins.time(), "next_place": agreed.place}


def item_title(item: Item) -> str:
    """Give an item's words in the reader's language."""
    return _title(item.playbook_version.id, item.playbook_version.digest, item.key)


def _title(version_id: int, digest: str, key: str) -> str:
    found = titles(version_id, digest).get(key)
    return found.of(_language()) if found is not None else key


def topic_choices(case: Engagement) -> list[tuple[str, str]]:
    """Give the topics of the programme's rulebook in the reader's language."""
    rule = rulebook_of(case.programme).find_rule(queries.TOPICS_RULE)
    return [(option.id, option.text.of(_language())) for option in rule.options] if rule is not None else []


def _language() -> str:
    return str(g.get("language", "zh-Hant"))


def _label(person: Person) -> str:
    return str(_("%(name)s (%(party)s)", name=person.name, party=_(person.party.label)))


def _line(row: Any) -> str:
    chosen = dict(row.assignee.choices or []).get(row.assignee.data, "")
    due: date | None = row.due.data
    return " · ".join((row.text.data, str(chosen), row.due.show(due) if due is not None else ""))


class AcknowledgeForm(Form):
    """The vendor's acknowledgement, with room for an objection."""

    objection = paragraphs(_l("Objection, if something in the record is not right"), rows=3)


class AddendumForm(Form):
    """A correction to a record that is not changed any more."""

    text = paragraphs(_l("Correction or addition"), required=_l("Write what is to be corrected or added."), rows=5)


class ActionForm(Form):
    """Something that somebody will do until a day."""

    text = line(_l("What will be done"), required=_l("Write what will be done."))
    assignee = SelectField(_l("By whom"), coerce=int)
    due = DateField(_l("Due day"), [InputRequired(_l("Write until when, such as 115/12/31."))])

    def __init__(self, known: list[Person], **values: Any) -> None:
        """Offer the people of the engagement."""
        super().__init__(None, **{**empty_action(known), **values})
        self.assignee.choices = [(one.user_id, _label(one)) for one in known]

    def details(self) -> ActionDetails:
        """Give what was filled in."""
        return ActionDetails((self.text.data or "").strip(), self.assignee.data, self.due.data)


class YearHoursField(ReadField):
    """Hours of a year: a whole number."""

    widget = TextInput()

    def read(self, text: str) -> Decimal:
        """Read the hours."""
        return rules.parse_year_hours(text)

    def show(self, value: Decimal) -> str:
        """Write the hours without idle zeros."""
        return f"{value.normalize():f}"


class QuotaForm(Form):
    """An expert's hours of a programme year."""

    hours = YearHoursField(_l("Hours in this programme year"), [InputRequired(_l("Write the hours, such as 120."))])
    reason = line(_l("Reason"), required=_l("Write why these hours differ from the rulebook."))

    def details(self) -> QuotaDetails:
        """Give what was filled in."""
        return QuotaDetails(self.hours.data, self.reason.data or "", self.read_version())
