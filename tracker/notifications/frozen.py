"""Sentences with values as they are kept in a row, and said later in each reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.core.content import LANGUAGES, Bilingual
from tracker.core.text import Message


def freeze(params: Mapping[str, object]) -> dict[str, Any]:
    """Give the values as plain data."""
    return {name: _freeze(value) for name, value in params.items()}


def thaw(params: Mapping[str, Any]) -> dict[str, object]:
    """Give the values back as they were."""
    return {name: _thaw(value) for name, value in params.items()}


def freeze_message(message: Message) -> dict[str, Any]:
    """Give a sentence as plain data."""
    return {"msgid": message.msgid, "params": freeze(message.params)}


def thaw_message(kept: Mapping[str, Any]) -> Message:
    """Give a sentence back as it was."""
    return Message(kept["msgid"], thaw(kept["params"]))


def _freeze(value: object) -> Any:
    if isinstance(value, Message):
        return freeze_message(value)
    if isinstance(value, Bilingual):
        return dict(zip(LANGUAGES, (value.zh_hant, value.en), strict=True))
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)


def _thaw(value: Any) -> object:
    match value:
        case {"msgid": _}:
            return thaw_message(value)
        case {"zh-Hant": chinese, "en": english}:
            return Bilingual(chinese, english)
        case {"day": day}:
            return date.fromisoformat(day)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case _:
            return value
