"""The typed base of every form, and the fields that read Taiwanese dates, money and UBN."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, cast

from flask import g, request
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict
from wtforms import BooleanField, Field, FileField, HiddenField, SelectFieldBase, StringField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than WTForms' stubs
from wtforms.i18n import get_translations
from wtforms.widgets import TextInput

from tracker.core.content import Bilingual
from tracker.core.errors import CloudStepsError
from tracker.core.money import parse_money
from tracker.core.roc_date import format_roc, parse_date
from tracker.core.text import Message

VERSION = re.compile(r"[0-9]{1,9}")
NO_VERSION = 0
"""Versions of stored records begin at 1."""


def translate(message: Message) -> str:
    """Say a message in the reader's language; values that are messages, texts in both languages or days are said in it too."""
    params = {name: _in_words(value) for name, value in message.params.items()}
    text = str(gettext(message.msgid))
    return text % params if params else text


def _in_words(value: object) -> object:
    if isinstance(value, Message):
        return translate(value)
    if isinstance(value, Bilingual):
        return value.of(g.get("language", "zh-Hant"))
    if isinstance(value, date):
        return format_roc(value) if g.get("language", "zh-Hant") == "zh-Hant" else value.isoformat()
    return value


@cache
def _texts_of_wtforms(locale: str) -> Any:
    return get_translations([locale])


class Form(PlainForm):
    """A form that reads the request, keeps what was typed and gives a frozen dataclass by `details()`."""

    class Meta:
        """Settings of WTForms."""

        csrf = False  # every POST of the product is checked by CSRFProtect, forms and htmx alike

        def get_translations(self, _form: PlainForm) -> Any:
            """Give Taiwan's texts, not the simplified ones that WTForms would fall back to."""
            return _texts_of_wtforms("zh_TW" if g.get("language", "zh-Hant") == "zh-Hant" else "en")

    version = HiddenField()
    once = HiddenField()
    _from_record: ClassVar[bool] = False

    def __init__(self, obj: object = None, prefix: str = "", **values: Any) -> None:
        """Fill the form from the request when it was posted, else from `obj` and `values`."""
        posted = request.method == "POST" and not self._from_record
        super().__init__(self.sent() if posted else None, obj, prefix, **values)
        self.failures: list[str] = []
        version = getattr(obj, "version", None)
        self._is_versioned = version is not None
        if not posted:
            self.once.data = secrets.token_urlsafe(16)
            self.version.data = str(version) if version is not None else ""
        if not self._from_record:
            g.form = self

    def sent(self) -> Any:
        """Give what was posted."""
        return CombinedMultiDict([request.files, request.form]) if request.files else request.form

    @classmethod
    def from_record(cls, record: object) -> "Form":
        """Give the form as it would open now on the stored record, whatever was posted."""
        stored = type(cls.__name__, (cls,), {"_from_record": True})
        return cast(Form, stored(obj=record))

    def shown_value(self, name: str) -> str:
        """Give a field's value as text, to lay it beside another's."""
        field = self._fields[name]
        if isinstance(field, SelectFieldBase):
            chosen = [str(label) for _value, label, selected, *_rest in field.iter_choices() if selected]
            return "、".join(chosen)
        if isinstance(field, BooleanField):
            return str(gettext("Yes") if field.data else gettext("No"))
        if hasattr(field, "_value"):
            return str(field._value())  # noqa: SLF001 - WTForms' own name for the text that its widgets show
        return str(field.data or "")

    def submitted(self) -> bool:
        """Tell whether the form was posted and holds."""
        return request.method == "POST" and self.validate()

    def read_version(self) -> int | None:
        """Give the version of the record that the form was opened with; a form that does not say it is never up to date."""
        text = str((self.version.raw_data or [""])[0])
        if VERSION.fullmatch(text):
            return int(text)
        return NO_VERSION if self._is_versioned else None

    def refuse(self, error: CloudStepsError) -> None:
        """Show a refusal at its field, or above the form."""
        sentence = translate(error.message)
        field = self._fields.get(error.field or "")
        if field is None:
            self.failures.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    def shown_fields(self) -> list[Field]:
        """Give the fields that people see, in page order."""
        return [field for field in self if not isinstance(field, HiddenField) and field.name not in {"version", "once"}]

    @property
    def has_files(self) -> bool:
        """Tell whether the form uploads files."""
        return any(isinstance(field, FileField) for field in self)


class ReadField(StringField):
    """A text field whose text is read by a core function that refuses in a sentence; what was typed stays."""

    data: Any
    typed: str = ""

    def read(self, text: str) -> Any:
        """Read the text; a refusal becomes the field's error."""
        return text.strip()

    def show(self, value: Any) -> str:
        """Write a value for the reader."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return self.typed
        return "" if self.data is None else self.show(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed, and read it."""
        self.typed = str(valuelist[0]) if valuelist else ""
        self.data = None
        if self.typed.strip():
            try:
                self.data = self.read(self.typed)
            except CloudStepsError as error:
                raise ValueError(translate(error.message)) from error


class DateField(ReadField):
    """A day, written in the ROC or the Gregorian calendar."""

    widget = TextInput()

    def read(self, text: str) -> date:
        """Read the day."""
        return parse_date(text)

    def show(self, value: date) -> str:
        """Write the day for the reader."""
        return format_roc(value) if g.get("language", "zh-Hant") == "zh-Hant" else value.isoformat()


class MoneyField(ReadField):
    """An amount in whole NT$."""

    widget = TextInput(input_type="text")

    def read(self, text: str) -> int:
        """Read the amount."""
        return parse_money(text)

    def show(self, value: int) -> str:
        """Write the amount with separators."""
        return f"{value:,}"


def choices(members: Iterable[Any], labels: Mapping[Any, str] | None = None) -> list[SelectChoice]:
    """Give a Labelled enum, or some of its members, as the choices of a field, in the reader's language."""
    return [SelectChoice(member.value, gettext((labels or {}).get(member, member.label))) for member in members]
