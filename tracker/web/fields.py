"""Fields for plain text and for whole numbers, with sentences of our own and what was typed kept."""

import re
from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import TextInput

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_
from tracker.web.forms import ReadField

LINE = 200
PARAGRAPHS = 10_000
MOST = 9_999_999
_CLOCK = re.compile(r"(\d{1,2})[:點](\d{2})分?")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str | None) -> str:
    """Take away what nobody can see: white space around the text, and control characters other than new lines and tabs."""
    return CONTROLS.sub("", (text or "").replace("\r\n", "\n")).strip()


def _validators(required: Any, longest: int) -> list[Any]:
    too_long = Length(max=longest, message=_l("This text is too long. Shorten it to %(max)d characters.", max=longest))
    return [DataRequired(required) if required else Optional(), too_long]


def line(
    label: Any, *, required: Any = None, longest: int = LINE, description: Any = "", **render_kw: Any
) -> StringField:
    """Give a field for one line; `required` is the sentence for a line that was left empty."""
    validators = _validators(required, longest)
    return StringField(label, validators, filters=[clean], description=description, render_kw=render_kw or None)


def paragraphs(label: Any, *, required: Any = None, description: Any = "", rows: int = 4) -> TextAreaField:
    """Give a field for longer text."""
    validators = _validators(required, PARAGRAPHS)
    return TextAreaField(label, validators, filters=[clean], description=description, render_kw={"rows": rows})


class CountField(ReadField):
    """A whole number of things or people, from zero."""

    widget = TextInput()

    def read(self, text: str) -> int:
        """Read the number, in full-width digits too."""
        digits = squeeze(text).replace(",", "").removesuffix("人").removesuffix("名")
        if not (digits.isascii() and digits.isdigit()) or int(digits[:12]) > MOST:
            raise Refused(
                N_("“%(typed)s” is not a whole number up to %(most)s. Write digits, as in 120."),
                typed=text.strip(),
                most=f"{MOST:,}",
            )
        return int(digits)

    def show(self, value: int) -> str:
        """Write the number with separators."""
        return f"{value:,}"


class ClockField(ReadField):
    """A time of day."""

    widget = TextInput(input_type="time")

    def read(self, text: str) -> time:
        """Read the time."""
        found = _CLOCK.match(squeeze(text))
        try:
            return time(int(found[1]), int(found[2])) if found else time.fromisoformat("")
        except ValueError:
            raise Refused(N_("“%(typed)s” is not a time of day. Write it as 14:30."), typed=text.strip()) from None

    def show(self, value: time) -> str:
        """Write the time."""
        return value.strftime("%H:%M")
