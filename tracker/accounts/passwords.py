"""What a password must be: long, not common, not made of names; for staff also the agency's preset.

Both lists work without a network. The list of common parts is our own: a password is refused when too little is left of it
once common words, runs such as `1234` or `qwer`, repetitions and the person's own names are taken out. The list of thirty
thousand stolen passwords (docs/vendored.md) refuses those, also behind other letters' signs and with digits or signs around them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from tracker.core.errors import Refused
from tracker.core.text import N_

LONGEST = 200
LEAST_OWN = 6
"""How many characters must be left after common parts are taken out."""
MOST_DIGITS = 3
"""As how many of them the digits count: numbers alone are dates and telephones."""
SHORTEST_NAME = 3
KINDS_WANTED = 3
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "!@#$%^&*()",
)
REPEATED = re.compile(r"(.{1,4})\1{2,}|(.)\2+")
WORDS_FILE = Path(__file__).with_name("common_passwords.txt")
BREACHED_FILE = Path(__file__).with_name("breached_passwords.txt")
SHORTEST_BREACHED = 5
MOST_AROUND = 8
"""How many digits and signs around a stolen password are seen through."""


@dataclass(frozen=True)
class Policy:
    """What the installation asks of passwords."""

    min_length: int
    agency: bool
    max_days: int
    history: int


def check(password: str, policy: Policy, *, names: Iterable[str], internal: bool) -> None:
    """Refuse a password that is too short, common or, for staff, not as the agency's preset asks."""
    if len(password) < policy.min_length:
        raise Refused(
            N_("The password has %(length)s characters. Use at least %(least)s: a few words of your own are good."),
            field="password",
            length=len(password),
            least=policy.min_length,
        )
    if len(password) > LONGEST:
        raise Refused(
            N_("The password is longer than %(most)s characters. Use a shorter one."), field="password", most=LONGEST
        )
    if own_part(password, names) < min(LEAST_OWN, policy.min_length):
        raise Refused(
            N_(
                "This password is easily guessed: it is made of common words, rows of keys, numbers in order or names. Choose words of your own."
            ),
            field="password",
        )
    if is_breached(password):
        raise Refused(
            N_("This password was stolen elsewhere and is among the first that are tried. Choose words of your own."),
            field="password",
        )
    if internal and policy.agency and kinds(password) < KINDS_WANTED:
        raise Refused(
            N_(
                "For staff a password holds at least three kinds of characters: small letters, capitals, digits, signs or Chinese."
            ),
            field="password",
        )


def normal(password: str) -> str:
    """Give the one form of a password that keyboards may send in several."""
    return unicodedata.normalize("NFKD", password)


def is_too_old(policy: Policy, changed_at: datetime | None, now: datetime, *, internal: bool) -> bool:
    """Tell whether a member of staff has to choose a new password."""
    return (
        internal
        and policy.agency
        and policy.max_days > 0
        and changed_at is not None
        and now >= changed_at + timedelta(days=policy.max_days)
    )


def former_count(policy: Policy, *, internal: bool) -> int:
    """Give how many of the last passwords, the present one among them, are refused."""
    return max(policy.history, 1) if internal and policy.agency else 1


def kinds(password: str) -> int:
    """Count the kinds of characters: small letters, capitals, digits, everything else."""
    return len({_kind(character) for character in password})


def _kind(character: str) -> str:
    if character.isascii() and character.isalnum():
        return "digit" if character.isdigit() else "small" if character.islower() else "capital"
    return "other"


def own_part(password: str, names: Iterable[str] = ()) -> int:
    """Count the characters that are neither common nor in order nor repeated nor a name."""
    text = unicodedata.normalize("NFKC", password).casefold()
    parts = sorted({*common_parts(), *_name_parts(names)}, key=len, reverse=True)
    return min(_left(text, parts), _left(text.translate(LEET), parts))


def _left(text: str, parts: Iterable[str]) -> int:
    """Count what is left, each different character once; what is taken out leaves a gap, so that nothing grows together."""
    rest = text
    for part in parts:
        rest = rest.replace(part, "\0")
    rest = "\0".join(re.split(r"(?:19|20)\d\d|1[01]\d年?", rest))
    rest = REPEATED.sub("\0", _without_rows(rest))
    left = {character for character in rest if character != "\0" and not character.isspace()}
    digits = {character for character in left if character.isdigit()}
    return len(left - digits) + min(len(digits), MOST_DIGITS)


def _without_rows(text: str) -> str:
    for run in _rows():
        text = text.replace(run, "\0")
    return text


@lru_cache(maxsize=1)
def _rows() -> tuple[str, ...]:
    """Give every run of three or more keys, forwards and backwards, longest first."""
    runs = {
        row[start:end]
        for line in ROWS
        for row in (line, line[::-1])
        for start in range(len(row))
        for end in range(start + 3, len(row) + 1)
    }
    return tuple(sorted(runs, key=len, reverse=True))


@lru_cache(maxsize=1)
def common_parts() -> frozenset[str]:
    """Read the list of common words, among them this product's own."""
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def breached() -> frozenset[str]:
    """Read the list of stolen passwords."""
    return frozenset(BREACHED_FILE.read_text(encoding="utf-8").split("\n"))


def is_breached(password: str) -> bool:
    """Tell whether a password is a stolen one, as it is or with a few digits and signs around it."""
    text = unicodedata.normalize("NFKC", password).casefold().strip()
    inner = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    forms = [text, text.translate(LEET)]
    if len(inner) >= SHORTEST_BREACHED and len(text) - len(inner) <= MOST_AROUND:
        forms += [inner, inner.translate(LEET)]
    return any(form in breached() for form in forms)


def _name_parts(names: Iterable[str]) -> set[str]:
    pieces = {piece for name in names for piece in re.split(r"[@.\s_+-]+", name.casefold())}
    return {piece for piece in pieces if len(piece) >= (SHORTEST_NAME if piece.isascii() else 2)}
