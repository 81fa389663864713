"""Mails as people read them: one layout, in text and in HTML, in the recipient's language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin

from flask import current_app, g
from flask_babel import force_locale

from tracker.core.text import Message
from tracker.web import edge, filters, texts
from tracker.web.forms import translate


@dataclass(frozen=True)
class Row:
    """A line of a mail that leads to a page."""

    message: Message
    path: str
    note: Message | None = None


@dataclass(frozen=True)
class Section:
    """Lines of a mail under a heading."""

    heading: Message
    rows: Sequence[Row]


@dataclass(frozen=True)
class Attachment:
    """A file that goes out with a mail; with a `content_id` it is a picture that the letter shows."""

    name: str
    media_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True)
class Letter:
    """What a mail says; sentences are msgids, said in the language of whoever gets it.

    `action` is the one thing to do: its words and the path of its page, from the site's root.
    """

    subject: Message
    lines: Sequence[Message] = ()
    action: tuple[Message, str] | None = None
    sections: Sequence[Section] = ()
    closing: Sequence[Message] = ()
    picture: tuple[str, Message] | None = None
    """The content id of an attached picture, and what it shows in words."""


@dataclass(frozen=True)
class Written:
    """A mail in its words."""

    subject: str
    text: str
    html: str


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language, whoever's request this is."""
    before = g.get("language")
    g.language = language if language in edge.LANGUAGES else "zh-Hant"
    try:
        with force_locale(edge.LOCALES[g.language]), texts.afresh():
            yield
    finally:
        if before is None:
            g.pop("language", None)
        else:
            g.language = before


def say(message: Message) -> str:
    """Say a sentence in the language of the moment; days are written in the reader's calendar."""
    return translate(Message(message.msgid, {name: _shown(value) for name, value in message.params.items()}))


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return filters.show_datetime(value)
    return filters.show_date(value) if isinstance(value, date) else value


def address(path: str) -> str:
    """Give the full address of a page of ours; a path never leads to another host."""
    base = str(current_app.config["SETTINGS"].base_url).rstrip("/") + "/"
    return urljoin(base, path.lstrip("/\\"))


def write(letter: Letter, language: str, *, unsubscribe: str | None = None) -> Written:
    """Write the letter in a language."""
    with speaking(language):
        values: dict[str, Any] = {
            "letter": letter,
            "say": say,
            "address": address,
            "unsubscribe": unsubscribe,
            "language": language,
        }
        return Written(
            subject=one_line(say(letter.subject)),
            text=_render("letter.txt", values),
            html=_render("letter.html", values),
        )


def _render(name: str, values: dict[str, Any]) -> str:
    """Render without the values that pages get, since a mail is written outside a request too."""
    return current_app.jinja_env.get_template(f"notifications/{name}").render(values)


def one_line(text: str, longest: int = 300) -> str:
    """Give a text as one line, so that it can stand in a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]


def sender() -> str:
    """Give the sender of our mails."""
    return str(current_app.config["SETTINGS"].mail_from)
