"""How vendors become known: states of exposures, leads and public pages, and what each move asks for."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled, Message

FARTHEST = timedelta(days=366)
"""A next step that is due later than this is a wish."""
MOST_REACHED = 9_999_999


class ExposureKind(Labelled):
    """How a vendor's solution was shown to those who could use it."""

    SHOWCASE = "showcase", N_("Showcase of results")
    VIDEO = "video", N_("Video")
    ARTICLE = "article", N_("Article")
    YELLOW_PAGE = "yellow-page", N_("Entry in the yellow pages")
    ALLIANCE = "alliance", N_("Membership of an alliance")


class ExposureState(Labelled):
    """Where an exposure stands; only a confirmed one counts in reports."""

    PLANNED = "planned", N_("Planned"), "neutral"
    OUT = "out", N_("Out, to be confirmed"), "progress"
    CONFIRMED = "confirmed", N_("Confirmed"), "done"
    DROPPED = "dropped", N_("Did not happen"), "warning"


EXPOSURE_MOVES: Mapping[ExposureState, frozenset[ExposureState]] = MappingProxyType(
    {
        ExposureState.PLANNED: frozenset({ExposureState.OUT, ExposureState.DROPPED}),
        ExposureState.OUT: frozenset({ExposureState.CONFIRMED, ExposureState.PLANNED, ExposureState.DROPPED}),
        ExposureState.CONFIRMED: frozenset({ExposureState.OUT}),
        ExposureState.DROPPED: frozenset({ExposureState.PLANNED}),
    }
)
PROVEN = frozenset({ExposureState.OUT, ExposureState.CONFIRMED})
"""States that hold only with a proof."""
BY_OFFICE = frozenset({ExposureState.CONFIRMED})
"""States into which and out of which only the office moves."""


class Counterpart(Labelled):
    """With whom a vendor's solution is matched."""

    ENTERPRISE = "enterprise", N_("Enterprise")
    ASSOCIATION = "association", N_("Association")


class LeadOrigin(Labelled):
    """Where a lead comes from."""

    OFFICE = "office", N_("Matched by the programme office")
    EVENT = "event", N_("Met at an event")
    EXPOSURE = "exposure", N_("Came after an exposure")
    YELLOW_PAGE = "yellow-page", N_("Came through the yellow pages")
    VENDOR = "vendor", N_("Found by the vendor")


class LeadState(Labelled):
    """How far vendor and counterpart have come."""

    NEW = "new", N_("Noted"), "neutral"
    INTRODUCED = "introduced", N_("Introduced"), "progress"
    TALKING = "talking", N_("In talks"), "progress"
    TRIAL = "trial", N_("On trial"), "progress"
    WON = "won", N_("Taken up"), "done"
    LOST = "lost", N_("Came to nothing"), "warning"


LEAD_MOVES: Mapping[LeadState, frozenset[LeadState]] = MappingProxyType(
    {
        LeadState.NEW: frozenset({LeadState.INTRODUCED, LeadState.TALKING, LeadState.LOST}),
        LeadState.INTRODUCED: frozenset({LeadState.TALKING, LeadState.TRIAL, LeadState.LOST}),
        LeadState.TALKING: frozenset({LeadState.TRIAL, LeadState.WON, LeadState.LOST}),
        LeadState.TRIAL: frozenset({LeadState.TALKING, LeadState.WON, LeadState.LOST}),
        LeadState.WON: frozenset({LeadState.TALKING}),
        LeadState.LOST: frozenset({LeadState.TALKING}),
    }
)
CLOSED = frozenset({LeadState.WON, LeadState.LOST})
OPEN = frozenset(LeadState) - CLOSED


class Industry(Labelled):
    """For whom a solution is made, as the directory sorts it."""

    MANUFACTURING = "manufacturing", N_("Manufacturing")
    RETAIL = "retail", N_("Retail")
    DINING = "dining", N_("Food and dining")
    LOGISTICS = "logistics", N_("Transport and logistics")
    HEALTH = "health", N_("Health and care")
    FINANCE = "finance", N_("Finance and insurance")
    EDUCATION = "education", N_("Education and training")
    TOURISM = "tourism", N_("Tourism and leisure")
    CONSTRUCTION = "construction", N_("Construction and property")
    AGRICULTURE = "agriculture", N_("Farming and fishing")
    SERVICES = "services", N_("Professional services")
    ANY = "any", N_("Any industry")


class PageState(Labelled):
    """Whether the public reads a solution page, and whom it waits for."""

    DRAFT = "draft", N_("Draft, not public"), "neutral"
    WAITING = "waiting", N_("Waiting for the vendor's agreement"), "progress"
    PUBLIC = "public", N_("Public"), "done"
    CHANGED = "changed", N_("Public; a change waits for agreement"), "progress"
    OFF = "off", N_("Taken off"), "warning"


class Ending(Labelled):
    """Why the public does not read an edition any more."""

    REPLACED = "replaced", N_("Replaced by a newer edition")
    WITHDRAWN = "withdrawn", N_("Withdrawn by the vendor")
    TAKEN_OFF = "taken-off", N_("Taken off by the office")


class ReachKind(Labelled):
    """What a visitor of a public page did; nothing of the visitor is kept."""

    READ = "read", N_("Read the page")
    WEBSITE = "website", N_("Went on to the vendor's website")
    CONTACT = "contact", N_("Took the contact address")


CONSENTS: Mapping[int, str] = MappingProxyType(
    {
        1: N_(
            "The vendor agrees that this page is public on the internet: the names of the vendor and the product, the text,"
            " and the contact given here. Search engines may list it. Visits are counted without personal data. The vendor"
            " may withdraw this at any time; the page is then closed at once."
        )
    }
)
CURRENT_CONSENT = max(CONSENTS)
"""A page says by which of these texts its vendor agreed; a new wording gets a new number and never replaces an old one."""


def check_exposure_move(
    old: ExposureState, new: ExposureState, *, proofs: int, happened_on: date | None, today: date
) -> None:
    """Refuse a move that is not in the table, and one into the open without a day that has come and a proof."""
    if new not in EXPOSURE_MOVES[old]:
        raise Refused(
            N_("This exposure is “%(old)s”; it cannot become “%(new)s” from there. Open its page again."),
            old=Message(old.label),
            new=Message(new.label),
        )
    if new in PROVEN:
        check_day(happened_on, today)
        if proofs < 1:
            raise Refused(N_("Add a file or a link that proves it first."))


def check_day(happened_on: date | None, today: date) -> None:
    """Refuse to call out what has no day, or a day that has not come."""
    if happened_on is None:
        raise Refused(N_("Write the day on which it came out first."), field="happened_on")
    if happened_on > today:
        raise Refused(
            N_("%(day)s has not come yet. Leave it planned until then."), field="happened_on", day=happened_on
        )


def check_proof_removal(state: ExposureState, proofs: int) -> None:
    """Refuse to take the last proof from what stands on it."""
    if state is ExposureState.CONFIRMED:
        raise Refused(N_("This exposure is confirmed, so its proofs stay. Ask the office to open it again."))
    if state in PROVEN and proofs <= 1:
        raise Refused(N_("This is the only proof. Add another one first, or set the exposure back to planned."))


def check_lead_move(old: LeadState, new: LeadState) -> None:
    """Refuse a move that is not in the table; staying is no move."""
    if new is not old and new not in LEAD_MOVES[old]:
        raise Refused(
            N_("This match is “%(old)s”; it cannot become “%(new)s” from there. Choose another state."),
            field="state",
            old=Message(old.label),
            new=Message(new.label),
        )


def check_next_step(text: str, due_on: date | None, *, today: date) -> None:
    """Refuse an open lead that nobody would go on with: it needs what to do, and until when."""
    if not text:
        raise Refused(N_("Write what will be done next."), field="next_step")
    if due_on is None:
        raise Refused(N_("Write until when it will be done."), field="due_on")
    if due_on < today:
        raise Refused(N_("%(day)s is past. Write a day from today on."), field="due_on", day=due_on)
    if due_on - today > FARTHEST:
        raise Refused(N_("%(day)s is more than a year away. Write a nearer day."), field="due_on", day=due_on)


def check_outcome(state: LeadState, outcome: str) -> None:
    """Refuse to close a lead without saying what came of it."""
    if state in CLOSED and not outcome:
        raise Refused(N_("Write what came of it before you close the match."), field="outcome")


def check_page(tagline_zh: str, summary_zh: str) -> None:
    """Refuse a public page that says nothing."""
    if not tagline_zh or not summary_zh:
        raise Refused(N_("Write the headline and the text in Chinese first; the public reads them."))


def page_state(*, version: int, asked: bool, live_version: int | None, had_editions: bool) -> PageState:
    """Tell how a page stands from its version and the version that the public reads, if there is one."""
    if live_version is not None:
        return PageState.PUBLIC if live_version == version else PageState.CHANGED
    if asked:
        return PageState.WAITING
    return PageState.OFF if had_editions else PageState.DRAFT
