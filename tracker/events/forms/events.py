"""Forms of the office: an event with its sessions and speakers, questions, materials."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, FileField, FormField, HiddenField, SelectField, SelectMultipleField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.core import clock
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.events.models import Event
from tracker.events.operations import EventDetails, MaterialDetails, QuestionDetails, SessionDetails, SpeakerDetails
from tracker.events.rules.events import MOST_SESSIONS, Audience, EventKind, Mode, Span
from tracker.events.rules.surveys import Purpose, QuestionKind
from tracker.journey.playbook_shelf import playbook_of, titles
from tracker.journey.queries import latest_versions
from tracker.journey.rules import Party
from tracker.programmes.models import Programme
from tracker.vendors.rules import VendorKind
from tracker.web.fields import ClockField, CountField, line, paragraphs
from tracker.web.filters import show_name
from tracker.web.forms import DateField, Form, choices

MOST_SPEAKERS = 8
ID = re.compile(r"[0-9]{1,9}")
ITEM_FIELDS = 3
LONGEST_OFFER = 24 * 14
T = TypeVar("T")


class SessionRow(PlainForm):
    """One session; a row without a day is none."""

    Meta = Form.Meta

    session_id = HiddenField()
    day = DateField(_l("Day"))
    begins = ClockField(_l("Begins at"))
    ends = ClockField(_l("Ends at"))
    title = line(_l("Part"), longest=100)

    def details(self) -> SessionDetails | None:
        """Give the session, or nothing for an empty row."""
        if self.day.data is None and not self.day.typed.strip():
            return None
        if self.day.data is None or self.begins.data is None or self.ends.data is None:
            raise Refused(
                N_("Write day, beginning and end of each session, such as 115/12/31, 09:30 and 12:00."),
                field="sessions",
            )
        begins = datetime.combine(self.day.data, self.begins.data, clock.TAIPEI)
        ends = datetime.combine(self.day.data, self.ends.data, clock.TAIPEI)
        stored = self.session_id.data or ""
        return SessionDetails(Span(begins, ends), self.title.data or "", int(stored) if ID.fullmatch(stored) else None)


class SpeakerRow(PlainForm):
    """One speaker; a row without a name is none."""

    Meta = Form.Meta

    user_id = HiddenField()
    name = line(_l("Speaker"), longest=100)
    title = line(_l("Organisation and title"))

    def details(self, experts: dict[str, int]) -> SpeakerDetails | None:
        """Give the speaker, or nothing for an empty row; a domain expert is known by name."""
        name = (self.name.data or "").strip()
        return SpeakerDetails(name, self.title.data or "", experts.get(name)) if name else None


class EventForm(Form):
    """Everything that is set of an event."""

    name_zh = line(_l("Chinese name"), required=_l("Write the name of the event."))
    name_en = line(_l("English name"))
    programme_id = SelectField(_l("Programme year"), coerce=int)
    kind = SelectField(_l("Kind of event"))
    series = line(_l("Series"), description=_l("Events of one series stand together, such as a course in parts."))
    sessions = FieldList(FormField(SessionRow, _l("Session")), _l("Sessions"), max_entries=MOST_SESSIONS)
    mode = SelectField(_l("How people come together"))
    place = line(_l("Place"))
    online_url = line(
        _l("Online meeting"), longest=500, description=_l("Told to those who have a place, not on the public page.")
    )
    summary_zh = paragraphs(_l("What it is about (Chinese)"))
    summary_en = paragraphs(_l("What it is about (English)"))
    speakers = FieldList(FormField(SpeakerRow, _l("Speaker")), _l("Speakers"), max_entries=MOST_SPEAKERS)
    capacity = CountField(_l("Places"), description=_l("Leave empty for no limit."))
    closes_day = DateField(_l("Last day of registration"))
    needs_approval = BooleanField(_l("The office admits each registration"))
    offer_hours = CountField(_l("How long a free place is held for somebody of the waiting list"))
    audience = SelectField(_l("For whom"))
    vendor_kinds = SelectMultipleField(
        _l("Only for these kinds of vendors"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None ticked means every kind. Others who register wait for the office."),
    )
    item_1 = SelectField(
        _l("Item that taking part hands in"),
        description=_l("In every engagement of the vendor in this programme year."),
    )
    item_2 = SelectField(_l("Second item"))
    item_3 = SelectField(_l("Third item"))
    consent_zh = paragraphs(
        _l("Consent text on personal data (Chinese)"),
        description=_l("A changed text is a new version; each registration keeps which one was agreed to."),
    )
    consent_en = paragraphs(_l("Consent text on personal data (English)"))

    def __init__(
        self,
        obj: Event | None = None,
        *,
        programmes: Sequence[Programme] = (),
        experts: Sequence[tuple[int, str]] = (),
        **values: Any,
    ) -> None:
        """Fill the form from an event."""
        super().__init__(obj, **{**_of_event(obj), **values})
        self.experts = {name: user_id for user_id, name in experts}
        self.programme_id.choices = [SelectChoice(one.id, f"{show_name(one)} {one.roc_year}") for one in programmes]
        self.kind.choices, self.mode.choices = choices(EventKind), choices(Mode)
        self.audience.choices, self.vendor_kinds.choices = choices(Audience), choices(VendorKind)
        items = item_choices()
        for field in self.item_fields:
            field.choices = [SelectChoice("", _("None")), *items]
        while len(self.sessions.entries) < MOST_SESSIONS:
            self.sessions.append_entry()
        while len(self.speakers.entries) < MOST_SPEAKERS:
            self.speakers.append_entry()

    @property
    def item_fields(self) -> list[SelectField]:
        """Give the fields of items."""
        return [self.item_1, self.item_2, self.item_3]

    def validate_offer_hours(self, field: CountField) -> None:
        """Refuse a time that nobody would wait for."""
        if field.data is None or not 1 <= field.data <= LONGEST_OFFER:
            raise ValidationError(_("Write between 1 and %(most)s hours.", most=LONGEST_OFFER))

    def validate_online_url(self, field: Any) -> None:
        """Refuse what is no address of the web."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("Write the address of the meeting as in https://meet.example.com/abc."))

    def details(self) -> EventDetails:
        """Give what was filled in."""
        closes = self.closes_day.data
        return EventDetails(
            programme_id=self.programme_id.data,
            kind=EventKind(self.kind.data),
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            series=self.series.data or "",
            sessions=tuple(filter(None, (row.form.details() for row in self.sessions))),
            mode=Mode(self.mode.data),
            place=self.place.data or "",
            online_url=self.online_url.data or "",
            summary_zh=self.summary_zh.data or "",
            summary_en=self.summary_en.data or "",
            speakers=tuple(filter(None, (row.form.details(self.experts) for row in self.speakers))),
            capacity=self.capacity.data or None,
            closes_at=datetime.combine(closes, datetime.max.time(), clock.TAIPEI).replace(microsecond=0)
            if closes
            else None,
            needs_approval=bool(self.needs_approval.data),
            offer_hours=self.offer_hours.data,
            audience=Audience(self.audience.data),
            vendor_kinds=tuple(VendorKind(kind) for kind in self.vendor_kinds.data or ()),
            item_keys=tuple(dict.fromkeys(field.data for field in self.item_fields if field.data)),
            consent_zh=self.consent_zh.data or "",
            consent_en=self.consent_en.data or "",
            version=self.read_version(),
        )


def _of_event(event: Event | None) -> dict[str, Any]:
    if event is None:
        return {"offer_hours": 24, "mode": Mode.ON_SITE.value, "audience": Audience.PUBLIC.value}
    keys = [*event.item_keys, "", "", ""]
    return {
        "sessions": [_of_session(one) for one in event.live_sessions],
        "speakers": [{"name": one.name, "title": one.title, "user_id": one.user_id} for one in event.speakers],
        "closes_day": clock.in_taipei(event.closes_at).date() if event.closes_at else None,
        "consent_zh": event.consent.text_zh if event.consent else "",
        "consent_en": event.consent.text_en if event.consent else "",
        **{f"item_{number + 1}": keys[number] for number in range(ITEM_FIELDS)},
    }


def _of_session(one: Any) -> dict[str, Any]:
    begins, ends = clock.in_taipei(one.starts_at), clock.in_taipei(one.ends_at)
    return {
        "session_id": one.id,
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "title": one.title,
    }


def item_choices() -> list[SelectChoice]:
    """Give the items that vendors do, each with the title of its playbook, in the reader's language."""
    language = str(g.get("language", "zh-Hant"))
    found: list[SelectChoice] = []
    for version in latest_versions():
        playbook, named = playbook_of(version), titles(version.id, version.digest)
        found += [
            SelectChoice(item.id, f"{playbook.title.of(language)}：{named[item.id].of(language)}")
            for item in playbook.items
            if item.who is Party.VENDOR
        ]
    return found


class QuestionForm(Form):
    """A question to ask."""

    purpose = SelectField(_l("Asked"))
    kind = SelectField(_l("How it is answered"))
    text_zh = line(_l("Question (Chinese)"), required=_l("Write the question."))
    text_en = line(_l("Question (English)"))
    options = paragraphs(_l("Options"), description=_l("One a line; only where one of several is chosen."), rows=3)
    required = BooleanField(_l("Must be answered"))

    def __init__(self, **values: Any) -> None:
        """Offer what can be chosen."""
        super().__init__(**values)
        self.purpose.choices, self.kind.choices = choices(Purpose), choices(QuestionKind)

    def details(self) -> QuestionDetails:
        """Give what was filled in."""
        kind = QuestionKind(self.kind.data)
        options = [one.strip()[:100] for one in (self.options.data or "").split("\n") if one.strip()]
        return QuestionDetails(
            Purpose(self.purpose.data),
            kind,
            self.text_zh.data or "",
            self.text_en.data or "",
            tuple(options) if kind is QuestionKind.CHOICE else (),
            bool(self.required.data),
        )


class MaterialForm(Form):
    """A file or an address for participants."""

    title = line(_l("Title"), required=_l("Write what it is."))
    file = FileField(_l("File"))
    url = line(_l("Address of a page"), longest=500)

    def details(self) -> MaterialDetails:
        """Give what was handed in."""
        sent = self.file.data
        has_file = isinstance(sent, FileStorage) and bool(sent.filename)
        return MaterialDetails(
            self.title.data or "",
            file=sent if has_file else None,
            file_name=str(sent.filename) if has_file else "",
            url=self.url.data or "",
        )


class DuplicateForm(Form):
    """In which programme year a copy is made."""

    programme_id = SelectField(_l("Programme year"), coerce=int, validators=[InputRequired()])

    def __init__(self, *, programmes: Sequence[Programme], **values: Any) -> None:
        """Offer the years that the reader works in."""
        super().__init__(**values)
        self.programme_id.choices = [SelectChoice(one.id, f"{show_name(one)} {one.roc_year}") for one in programmes]
