"""Forms of imports: the file, how it is read, what its columns mean, what is decided on doubtful rows."""

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.validators import InputRequired, Optional

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports.kinds import Column, Decision, Kind, Offer, Target
from tracker.imports.models import Batch
from tracker.imports.operations import NewImport, ReadingOptions
from tracker.imports.readings import Reading
from tracker.imports.rules import Encoding, Extent
from tracker.web.fields import CountField
from tracker.web.forms import Form, choices

NONE = ""
NEW, OUT = "new", "out"


def name_of_column(number: int, name: str) -> str:
    """Name a column of a file as a spreadsheet does, with what stands in its header."""
    letters, left = "", number + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters} · {name}" if name else letters


class Opened:
    """A record of which only the version is shown."""

    def __init__(self, version: int) -> None:
        """Keep it."""
        self.version = version


class UploadForm(Form):
    """The file, and what it is imported into."""

    target = SelectField(_l("Into"))
    file = FileField(
        _l("File"), description=_l("Excel (.xlsx), or text with commas or tabs (.csv, .tsv), up to 10 MB.")
    )

    def __init__(self, kind: Kind, targets: Sequence[Target], **values: Any) -> None:
        """Offer the targets of the kind, if it has any."""
        super().__init__(**values)
        self.kind = kind
        if not kind.target_label:
            del self.target
            return
        self.target.label.text = _(kind.target_label)
        named = [SelectChoice(str(one.id), one.name.of(g.get("language", "zh-Hant"))) for one in targets]
        self.target.choices = [SelectChoice(NONE, _("Choose …")), *named]

    def details(self) -> NewImport:
        """Give the file."""
        sent = self.file.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            raise Refused(N_("Choose a file."), field="file")
        chosen = self.target.data if "target" in self else None
        return NewImport(sent.filename, sent.read(), int(chosen) if chosen else None)


class ReadingForm(Form):
    """How the file is to be read."""

    encoding = SelectField(_l("Encoding"), [Optional()])
    sheet = SelectField(_l("Sheet"), [Optional()])
    table = SelectField(_l("Table"), [Optional()])
    header_row = CountField(
        _l("Row with the names of the columns"),
        description=_l("Leave it empty to have it found. The rows above it are not imported."),
    )

    def __init__(self, obj: Batch) -> None:
        """Offer what the file has to choose from, and show how it was read."""
        reading, options = Reading.from_plain(obj.reading), obj.options
        shown: dict[str, Any] = {
            "encoding": options.get("encoding") or reading.encoding or NONE,
            "sheet": str(reading.sheet),
            "table": str(reading.table),
            "header_row": options.get("header_row"),
        }
        super().__init__(obj=Opened(obj.version), **shown)
        self.encoding.choices = [SelectChoice(NONE, _("Find it out")), *choices(Encoding)]
        self.sheet.choices = [SelectChoice(str(at), name) for at, name in enumerate(reading.sheets)]
        self.table.choices = [SelectChoice(str(at), title or "—") for at, (title, _rows) in enumerate(reading.tables)]
        if reading.header and not reading.encoding:  # a workbook says itself how it is encoded
            del self.encoding
        for name, amount in (("sheet", len(reading.sheets)), ("table", len(reading.tables))):
            if amount <= 1:
                delattr(self, name)

    def details(self) -> ReadingOptions:
        """Give what was chosen."""
        encoding = self.encoding.data if "encoding" in self else None
        return ReadingOptions(
            encoding=Encoding(encoding) if encoding else None,
            sheet=_number(self, "sheet"),
            table=_number(self, "table"),
            header_row=self.header_row.data or None,
            version=self.read_version(),
        )


def _number(form: Form, name: str) -> int | None:
    value = form[name].data if name in form else None
    return int(value) if value else None


class ColumnsForm(Form):
    """Which column of the file means what; its fields are those of the kind."""

    columns: Sequence[Column] = ()

    def __init__(self, obj: Batch) -> None:
        """Show what was guessed or chosen."""
        super().__init__(obj=Opened(obj.version), **{key: str(place) for key, place in obj.columns.items()})

    def chosen(self) -> dict[str, int | None]:
        """Give the number of the file's column by what is wanted."""
        return {column.key: _number(self, column.key) for column in self.columns}


def columns_form(kind: Kind, reading: Reading, batch: Batch) -> ColumnsForm:
    """Make the form for a kind and the columns of a file."""
    offered = [(str(at), name_of_column(at, name)) for at, name in enumerate(reading.header)]
    fields: dict[str, Any] = {"columns": kind.columns}
    for column in kind.columns:
        first = _("Choose …") if column.required else _("Not in this file")
        fields[column.key] = SelectField(
            _(column.label), choices=[SelectChoice(NONE, first), *(SelectChoice(*pair) for pair in offered)]
        )
    made = type("ColumnsOfKind", (ColumnsForm,), fields)
    form: ColumnsForm = made(batch)
    return form


class ApplyForm(Form):
    """How much is imported."""

    extent = RadioField(
        _l("What is imported"), [InputRequired(_l("Choose what is imported."))], choices=lambda: choices(Extent)
    )

    def __init__(self, obj: Batch, *, is_whole: bool = False) -> None:
        """Suggest all rows where all are sound."""
        super().__init__(obj=Opened(obj.version), extent=(Extent.ALL if is_whole else Extent.VALID).value)

    def wanted(self) -> Extent:
        """Give what was chosen."""
        return Extent(self.extent.data)


class ConfirmForm(Form):
    """Nothing but the wish to go on."""


class DecisionForm(Form):
    """What a doubtful row means."""

    choice = RadioField(_l("What is meant"), [InputRequired(_l("Choose what this row means."))])
    alike = BooleanField(default=True)

    def __init__(self, offers: Sequence[Offer], alike: int, *, may_be_new: bool) -> None:
        """Offer the records that may be meant."""
        super().__init__()
        named = [
            SelectChoice(str(offer.subject_id), f"{offer.name}: {'、'.join(_(reason) for reason in offer.reasons)}")
            for offer in offers
        ]
        fresh = [SelectChoice(NEW, _("It is a new record"))] if may_be_new else []
        self.choice.choices = [*named, *fresh, SelectChoice(OUT, _("Leave this row out"))]
        self.alike.label.text = _("Decide the same for the %(count)s other rows that wait for this reason", count=alike)
        if not alike:
            del self.alike

    def decision(self) -> Decision:
        """Give what was decided."""
        if self.choice.data == NEW:
            return Decision()
        return Decision(leave_out=True) if self.choice.data == OUT else Decision(int(self.choice.data))

    @property
    def for_alike(self) -> bool:
        """Tell whether the others are decided as well."""
        return "alike" in self and bool(self.alike.data)
