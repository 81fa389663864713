"""Sentences as rows of an import keep them: untranslated, with their values, so that each reader reads them in their language."""

from collections.abc import Iterable
from typing import Any

from tracker.core.text import Message

_NESTED = "msgid"


def to_plain(message: Message) -> list[Any]:
    """Give a message as JSON holds it."""
    return [message.msgid, {name: _plain(value) for name, value in message.params.items()}]


def from_plain(plain: Any) -> Message:
    """Read a message as it was kept."""
    msgid, params = plain
    return Message(msgid, {name: _value(value) for name, value in params.items()})


def all_plain(messages: Iterable[Message]) -> list[list[Any]]:
    """Give messages as JSON holds them."""
    return [to_plain(message) for message in messages]


def all_from(plain: Any) -> list[Message]:
    """Read messages as they were kept."""
    return [from_plain(one) for one in plain or ()]


def _plain(value: object) -> Any:
    if isinstance(value, Message):
        return {_NESTED: to_plain(value)}
    return value if isinstance(value, int) else str(value)


def _value(value: Any) -> object:
    return from_plain(value[_NESTED]) if isinstance(value, dict) else value
