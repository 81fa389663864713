"""How values are written for the reader: dates, money, numbers, Markdown."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask, g
from markupsafe import Markup

from tracker.core import markdown
from tracker.core.clock import in_taipei
from tracker.core.content import Named
from tracker.core.money import format_money
from tracker.core.roc_date import format_roc
from tracker.core.text import Message
from tracker.web.forms import translate

WORD_JOINER = "\u2060"


def set_up(app: Flask) -> None:
    """Give the templates the filters."""
    app.jinja_env.filters.update(
        date=lambda day: unbroken(show_date(day)),
        iso_date=date.fromisoformat,
        datetime=lambda moment: unbroken(show_datetime(moment)),
        time=show_time,
        money=show_money,
        number=show_number,
        named=show_name,
        markdown=show_markdown,
        note=show_note,
        say=say,
    )


def show_name(record: Named) -> str:
    """Write a name in the reader's language, as far as it has one."""
    return record.name_en if g.get("language") == "en" and record.name_en else record.name_zh


def show_date(day: date | datetime | None) -> str:
    """Write a day: ROC calendar in zh-Hant, ISO in English."""
    if day is None:
        return ""
    plain = in_taipei(day).date() if isinstance(day, datetime) else day
    return format_roc(plain) if g.get("language", "zh-Hant") == "zh-Hant" else plain.isoformat()


def unbroken(text: str) -> str:
    """Keep a date on one line: browsers may break after its hyphens, but not where a word joiner follows."""
    return text.replace("-", f"-{WORD_JOINER}")


def show_time(moment: datetime | None) -> str:
    """Write the time of day in Taipei."""
    return in_taipei(moment).strftime("%H:%M") if moment is not None else ""


def show_datetime(moment: datetime | None) -> str:
    """Write a moment in Taipei."""
    return f"{show_date(moment)} {show_time(moment)}" if moment is not None else ""


def show_money(amount: int | None) -> str:
    """Write whole NT$; nothing for nothing."""
    return format_money(amount) if amount is not None else ""


def show_number(value: int | Decimal | None) -> str:
    """Write a number with separators and without idle zeros."""
    if value is None:
        return ""
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else f"{value:,}"


def show_markdown(text: str | None) -> Markup:
    """Show a playbook's Markdown, sanitised."""
    return Markup(markdown.render(text or ""))  # noqa: S704 - sanitised by the allow-list of core.markdown


def show_note(text: str | None) -> Markup:
    """Show what a person wrote as light Markdown, sanitised."""
    return Markup(markdown.render_note(text or ""))  # noqa: S704 - sanitised by the allow-list of core.markdown


def say(message: Message | str) -> str:
    """Say a message in the reader's language."""
    return translate(message if isinstance(message, Message) else Message(message))
