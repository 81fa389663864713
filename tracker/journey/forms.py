"""Forms of the journey."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.journey.operations import CommentDetails, Enrolment, PlaybookMove
from tracker.journey.playbook_preview import LARGEST
from tracker.journey.rules import AssignmentPart
from tracker.web.fields import line, paragraphs
from tracker.web.forms import DateField, Form, choices

Choices = Iterable[tuple[Any, str]]


def unposted(kind: type[Form], record: object = None) -> Form:
    """Give a form as it opens, on a page that answers the posting of another form."""
    return kind.from_record(record) if request.method == "POST" else kind(obj=record)


class EnrolForm(Form):
    """A product that enters a programme year."""

    product_id = HiddenField()
    programme_id = SelectField(_l("Programme year"), coerce=int, validators=[InputRequired()])
    anchor_on = DateField(
        _l("Anchor day"),
        description=_l("The day from which due days are counted, usually the day of the kick-off."),
        validators=[InputRequired()],
    )
    lead_expert_id = SelectField(_l("Lead expert"), coerce=int, validators=[InputRequired()])

    def offer(self, programmes: Choices, experts: Choices) -> None:
        """Fill the lists to choose from."""
        self.programme_id.choices = list(programmes)
        self.lead_expert_id.choices = list(experts)

    def details(self, product_id: int) -> Enrolment:
        """Give what was typed."""
        return Enrolment(
            product_id=product_id,
            programme_id=self.programme_id.data,
            anchor_on=self.anchor_on.data,
            lead_expert_id=self.lead_expert_id.data,
        )


class AssignForm(Form):
    """An expert and the part in the engagement."""

    user_id = SelectField(_l("Expert"), coerce=int, validators=[InputRequired()])
    part = RadioField(_l("Part"), default=AssignmentPart.SUPPORT.value)

    def offer(self, experts: Choices) -> None:
        """Fill the lists to choose from."""
        self.user_id.choices = list(experts)
        self.part.choices = choices(AssignmentPart)


class ReasonForm(Form):
    """A decision that needs its reason."""

    reason = paragraphs(_l("Reason"), required=_l("Write the reason; it is kept with this decision."))


class NoteForm(Form):
    """A decision that may carry a note."""

    note = paragraphs(_l("Note"))


class WhyNotForm(Form):
    """Why an item does not apply."""

    why = paragraphs(_l("Why it does not apply"), required=_l("Write the reason; it is kept with this decision."))


class CommentForm(Form):
    """A comment on an item."""

    text = paragraphs(_l("Comment"), required=_l("Write the comment first."))
    internal = BooleanField(_l("For the office and the experts only"))

    def details(self) -> CommentDetails:
        """Give what was typed."""
        return CommentDetails(self.text.data or "", bool(self.internal.data))


class EvidenceForm(Form):
    """A file or a link that proves an item."""

    file = FileField(_l("File"), description=_l("PDF, image, document or table."))
    url = line(_l("or the address of a page"), longest=500, placeholder="https://")
    title = line(_l("Title of the page"))
    only_internal = BooleanField(_l("Not for the vendor"))

    @property
    def has_file(self) -> bool:
        """Tell whether a file was chosen."""
        return bool(getattr(self.file.data, "filename", ""))

    @property
    def has_link(self) -> bool:
        """Tell whether an address was typed."""
        return bool((self.url.data or "").strip())


class UploadForm(Form):
    """Both files of a playbook, to be looked at and not stored."""

    original = FileField(_l("File in Chinese"), description=_l("Named as in the folder: 02-example.zh-Hant.md"))
    translation = FileField(_l("File in English"), description=_l("Named as in the folder: 02-example.en.md"))

    def files(self) -> dict[str, tuple[str, bytes]]:
        """Give name and content of each file, read no further than a playbook can be long."""
        found = {}
        for language, field in (("zh-Hant", self.original), ("en", self.translation)):
            if not getattr(field.data, "filename", ""):
                raise Refused(N_("Choose this file too: a playbook has one in each language."), field=field.name)
            found[language] = (field.data.filename, field.data.stream.read(LARGEST + 1))
        return found


class MoveForm(Form):
    """Which changed items are to be done again after a move to a newer playbook."""

    reason = paragraphs(_l("What the people who did them should know"))

    def details(self, version_id: int, redo: Iterable[str]) -> PlaybookMove:
        """Give what was chosen."""
        return PlaybookMove(version_id, frozenset(redo), self.reason.data or "")
