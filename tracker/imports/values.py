"""How values of people's files are read: days and moments in several notations, lengths of time, yes and no, whole numbers."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from tracker.core.clock import TAIPEI
from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze, to_half_width
from tracker.core.roc_date import parse_date
from tracker.core.text import N_, Labelled

_YES = frozenset({"y", "yes", "true", "1", "v", "✓", "✔", "○", "是", "有", "對", "主要", "on"})
_NO = frozenset({"", "n", "no", "false", "0", "x", "✗", "否", "無", "off"})
_HALF = re.compile(r"(上午|下午|中午|凌晨|早上|晚上|am|pm|a\.m\.|p\.m\.)", re.IGNORECASE)
_AFTERNOON = frozenset({"下午", "晚上", "pm", "p.m."})
_ZONE = re.compile(
    r"\s*(\[?(gmt|utc)\s*(?P<sign>[+-])?(?P<hours>\d{1,2})?(:?(?P<minutes>\d{2}))?\]?|z|cst|台北標準時間|taipei)\s*$",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})$")
_TIME = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2})(\.\d+)?)?")
_AMERICAN = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})")
_LENGTH = re.compile(
    r"(?:(?P<hours>\d+)\s*(?:h|hr|hrs|hours?|小時|時))?\s*(?:(?P<minutes>\d+)\s*(?:m|min|mins|minutes?|分鐘|分))?"
    r"\s*(?:(?P<seconds>\d+)\s*(?:s|sec|secs|seconds?|秒鐘|秒))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?P<hours>\d+):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}))?")
_LAST_TWO_DIGITS = 79
NOON = 12
MOST = 9_999_999


def read_yes(text: str) -> bool:
    """Read yes or no as people tick it in lists."""
    typed = squeeze(text).casefold()
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise Refused(N_("“%(typed)s” is neither yes nor no. Write 是 or 否, or leave it empty."), typed=text)


def read_moment(text: str) -> datetime:
    """Read a moment as programs of meetings and forms write it; without a zone it is Taipei's."""
    typed = " ".join(to_half_width(text).replace("\u202f", " ").replace(",", " ").split())
    zone, rest = _zone_of(typed)
    half = _HALF.search(rest)
    clock = _TIME.search(rest)
    if clock is None:
        raise _no_moment(text)
    day_text = _HALF.sub(" ", rest[: clock.start()] + " " + rest[clock.end() :]).strip().removesuffix("T").strip()
    try:
        moment = datetime.combine(_day(day_text), _time(clock, half), TAIPEI)
    except ValueError as error:
        raise _no_moment(text) from error
    return moment if zone is None else moment + (TAIPEI.utcoffset(moment) or timedelta()) - zone


def _zone_of(typed: str) -> tuple[timedelta | None, str]:
    if found := _OFFSET.search(typed):
        return _offset(found), typed[: found.start()]
    if (found := _ZONE.search(typed)) is None:
        return None, typed
    rest = typed[: found.start()]
    if found[1].casefold() in {"cst", "台北標準時間", "taipei"}:
        return None, rest
    return _offset(found) if found["sign"] else timedelta(), rest


def _offset(found: re.Match[str]) -> timedelta:
    length = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return -length if found["sign"] == "-" else length


def _day(text: str) -> date:
    if found := _AMERICAN.fullmatch(text):
        year = int(found["year"])
        if len(found["year"]) == 2:  # noqa: PLR2004 - as reports in American English write years
            year += 2000 if year <= _LAST_TWO_DIGITS else 1900
        if int(found["month"]) <= NOON:
            return date(year, int(found["month"]), int(found["day"]))
        return date(year, int(found["day"]), int(found["month"]))
    return parse_date(text)


def _time(found: re.Match[str], half: re.Match[str] | None) -> time:
    hour = int(found["hour"])
    if half is not None:
        word = half[1].casefold()
        if word in _AFTERNOON and hour < NOON:
            hour += NOON
        elif word not in _AFTERNOON and word != "中午" and hour == NOON:
            hour = 0
    return time(hour, int(found["minute"]), int(found["second"] or 0))


def _no_moment(text: str) -> Refused:
    return Refused(
        N_("“%(typed)s” is not a day with a time. Write it as 2026-11-22 14:00 or 115/11/22 下午 2:00."),
        typed=text.strip(),
    )


def read_length(text: str) -> timedelta:
    """Read a length of time: “1h 30m 51s”, “62 mins”, “1 小時 2 分”, “1:02:03”; a bare number is minutes."""
    typed = " ".join(to_half_width(text).split())
    if typed.isascii() and typed.isdigit():
        return timedelta(minutes=int(typed[:6]))
    found = _CLOCK.fullmatch(typed) or _LENGTH.fullmatch(typed)
    if found is None or not any(found.groupdict().values()):
        raise Refused(
            N_("“%(typed)s” is not a length of time. Write it as in 1:30:00, 1h 30m or 90 (minutes)."),
            typed=text.strip(),
        )
    return timedelta(**{unit: int(number[:6]) for unit, number in found.groupdict().items() if number})


def read_count(text: str) -> int:
    """Read a whole number of things or people, from zero."""
    digits = squeeze(text).replace(",", "").removesuffix("人").removesuffix("名")
    if not (digits.isascii() and digits.isdigit()) or int(digits[:12]) > MOST:
        raise Refused(N_("“%(typed)s” is not a whole number up to %(most)s."), typed=text.strip(), most=f"{MOST:,}")
    return int(digits)


L = TypeVar("L", bound=Labelled)


def read_word(text: str, words: Mapping[L, tuple[str, ...]]) -> L:
    """Read one of some values by the words that people have for it."""
    typed = squeeze(text).casefold().replace("／", "/")
    for value, known in words.items():
        if typed in {value.value, *(squeeze(word).casefold() for word in known)}:
            return value
    offered = "、".join(known[2] if len(known) > 2 else known[0] for known in words.values())  # noqa: PLR2004 - the Chinese word follows two English ones
    raise Refused(N_("“%(typed)s” is none of: %(offered)s."), typed=text.strip(), offered=offered)
