"""Where an import stands, how each row ends, and what may follow."""

from collections.abc import Mapping
from datetime import timedelta

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled, Message

KEEP_DAYS = 90
"""How long the rows of a finished import are kept: they hold personal data, and are needed only to undo it."""
SHOWN_AS_LATE = timedelta(minutes=2)


class BatchState(Labelled):
    """Where an import stands."""

    READING = "reading", N_("Being read"), "progress"
    UNREADABLE = "unreadable", N_("Cannot be read"), "danger"
    READ = "read", N_("Columns to be confirmed"), "warning"
    CHECKING = "checking", N_("Dry run"), "progress"
    CHECKED = "checked", N_("To be reviewed"), "warning"
    APPLYING = "applying", N_("Being imported"), "progress"
    APPLIED = "applied", N_("Imported"), "done"
    UNDOING = "undoing", N_("Being undone"), "progress"
    UNDONE = "undone", N_("Undone"), "neutral"
    DISCARDED = "discarded", N_("Discarded"), "neutral"


class Outcome(Labelled):
    """How a row ends; every row of the file has one of these after the dry run."""

    MATCHED = "matched", N_("Matched"), "done"
    NEW = "new", N_("New"), "progress"
    WAITING = "waiting", N_("Waiting for a decision"), "warning"
    REFUSED = "refused", N_("Not imported"), "danger"


class Confidence(Labelled):
    """How sure a match is; a doubtful one is for a person to decide."""

    CERTAIN = "certain", N_("Certain"), "done"
    LIKELY = "likely", N_("Likely"), "progress"
    DOUBTFUL = "doubtful", N_("Doubtful"), "warning"


class Encoding(Labelled):
    """How the signs of a text file are written down."""

    UTF8 = "utf-8", N_("UTF-8")
    UTF8_MARK = "utf-8-sig", N_("UTF-8 with its mark")
    UTF16 = "utf-16", N_("UTF-16 with its mark")
    UTF16_LE = "utf-16-le", N_("UTF-16, little end first")
    UTF16_BE = "utf-16-be", N_("UTF-16, big end first")
    CP950 = "cp950", N_("Big5 (Windows, code page 950)")
    HKSCS = "big5hkscs", N_("Big5 with Hong Kong's characters (HKSCS)")


class Source(Labelled):
    """Which program wrote the file, told by its columns."""

    TEAMS = "teams", N_("Microsoft Teams attendance report")
    MEET = "meet", N_("Google Meet attendance report")
    WEBEX = "webex", N_("Webex attendance report")
    GOOGLE_FORMS = "google_forms", N_("Google Forms")
    MICROSOFT_FORMS = "microsoft_forms", N_("Microsoft Forms")
    OTHER = "other", N_("Another list")


class Extent(Labelled):
    """How much of the file is imported."""

    ALL = "all", N_("All rows or none")
    VALID = "valid", N_("The rows that are sound")


WORKING = frozenset({BatchState.READING, BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING})
"""A worker has it in hand."""
GOOD = frozenset({Outcome.MATCHED, Outcome.NEW})

MOVES: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.READING: frozenset({BatchState.READ, BatchState.UNREADABLE}),
    BatchState.UNREADABLE: frozenset({BatchState.READING, BatchState.DISCARDED}),
    BatchState.READ: frozenset({BatchState.READING, BatchState.CHECKING, BatchState.DISCARDED}),
    BatchState.CHECKING: frozenset({BatchState.CHECKED, BatchState.READ}),
    BatchState.CHECKED: frozenset({BatchState.READING, BatchState.CHECKING, BatchState.APPLYING, BatchState.DISCARDED}),
    BatchState.APPLYING: frozenset({BatchState.APPLIED, BatchState.CHECKED}),
    BatchState.APPLIED: frozenset({BatchState.APPLYING, BatchState.UNDOING}),
    BatchState.UNDOING: frozenset({BatchState.UNDONE, BatchState.APPLIED}),
    BatchState.UNDONE: frozenset(),
    BatchState.DISCARDED: frozenset(),
}
REVIEWABLE = frozenset({BatchState.CHECKED, BatchState.APPLIED})


def check_move(now: BatchState, then: BatchState) -> None:
    """Refuse a step that does not follow from where the import stands."""
    if then not in MOVES[now]:
        raise Refused(
            N_("This import is “%(state)s”, so this cannot be done now. Reload the page to see how it stands."),
            state=Message(now.label),
        )


def check_extent(extent: Extent, counts: Mapping[Outcome, int]) -> None:
    """Refuse to import nothing, or all of a file of which a part cannot be."""
    if not sum(counts.get(outcome, 0) for outcome in GOOD):
        raise Refused(
            N_("No row can be imported. Decide on the waiting rows, or correct the file and hand it in again.")
        )
    waiting, refused = counts.get(Outcome.WAITING, 0), counts.get(Outcome.REFUSED, 0)
    if extent is Extent.ALL and waiting + refused:
        raise Refused(
            N_(
                "%(waiting)s rows wait and %(refused)s are refused, so all or none means none. Decide on them, correct the file, or import the sound rows only."
            ),
            waiting=waiting,
            refused=refused,
        )


def check_mapping(mapping: Mapping[str, int | None], required: Mapping[str, str], width: int) -> None:
    """Refuse columns that leave out what is needed, or that are not in the file."""
    for key, label in required.items():
        if mapping.get(key) is None:
            raise Refused(N_("Say which column of the file holds “%(column)s”."), field=key, column=Message(label))
    for key, column in mapping.items():
        if column is not None and not 0 <= column < width:
            raise Refused(N_("The file has no such column. Choose another."), field=key)
