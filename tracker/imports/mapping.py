"""Which column of a file means what: guessed by its name, remembered once a person has said so."""

import hashlib
from collections.abc import Mapping, Sequence

from tracker.imports.kinds import Column
from tracker.imports.tables import fold

Columns = dict[str, int | None]
"""By the key of what is wanted: the number of the file's column, from 0."""


def names_of(columns: Sequence[Column]) -> frozenset[str]:
    """Give every name under which the columns of a kind are known, as they are compared."""
    return frozenset(fold(name) for column in columns for name in (column.label, *column.names))


def guess(columns: Sequence[Column], header: Sequence[str]) -> Columns:
    """Give each wanted column the file's column of that name: the exact one first, else one whose name holds it."""
    folded = [fold(name) for name in header]
    taken: set[int] = set()
    found: Columns = {column.key: None for column in columns}
    for is_match in (_is_same, _is_within):
        for column in columns:
            names = [fold(name) for name in (*column.names, column.label)]
            place = next(
                (at for name in names for at, text in enumerate(folded) if at not in taken and is_match(name, text)),
                None,
            )
            if found[column.key] is None and place is not None:
                found[column.key] = place
                taken.add(place)
    return found


SHORTEST_WITHIN = 2


def _is_same(name: str, text: str) -> bool:
    return bool(text) and name == text


def _is_within(name: str, text: str) -> bool:
    """Tell whether a question of a form asks for it: “請問您的公司名稱？” holds “公司名稱”."""
    return len(name) >= SHORTEST_WITHIN and not name.isascii() and name in text


def fingerprint(header: Sequence[str]) -> str:
    """Give what stands for these columns, in this order, whatever their case and width."""
    text = "\x1f".join(fold(name) for name in header)
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(columns: Sequence[Column], kept: Mapping[str, str], header: Sequence[str]) -> Columns:
    """Find the columns again that a person chose by name in an earlier file of the same source."""
    folded = [fold(name) for name in header]
    places: Columns = {}
    for column in columns:
        name = kept.get(column.key)
        places[column.key] = folded.index(name) if name is not None and name in folded else None
    return places


def kept_names(places: Columns, header: Sequence[str]) -> dict[str, str]:
    """Give the chosen columns by their names, as they are remembered."""
    return {key: fold(header[at]) for key, at in places.items() if at is not None}
