"""Trials by enterprise customers: what they must say of themselves, and what has to be there before one counts."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled, Message


class TrialState(Labelled):
    """Where a trial stands."""

    OPEN = "open", N_("Not confirmed yet"), "neutral"
    ASKED = "asked", N_("Customer asked to confirm"), "progress"
    PAPER = "paper", N_("Signed form to be verified"), "progress"
    CONFIRMED = "confirmed", N_("Confirmed by the customer"), "done"
    CHANGED = "changed", N_("Changed after it was confirmed"), "warning"
    DECLINED = "declined", N_("Customer does not confirm"), "danger"
    WITHDRAWN = "withdrawn", N_("Trial withdrawn"), "neutral"


class LogFormat(Labelled):
    """What kind of file a usage log is."""

    CSV = "csv", N_("CSV or text")
    XLSX = "xlsx", N_("Excel workbook")
    JSON = "json", N_("JSON")


MOST_ACCOUNTS = 100_000
MOST_EMPLOYEES = 1_000_000
MOST_DAYS = 400
"""Days of a trial; more are a slip of the hand, and no chart could show them."""


@dataclass(frozen=True)
class Usage:
    """What the log of a trial says within its period."""

    active_days: int = 0
    most_users: int = 0
    """Most people on one day."""
    events: int = 0
    log_sha256: str = ""

    @property
    def is_there(self) -> bool:
        """Tell whether anybody used the solution."""
        return self.active_days > 0


@dataclass(frozen=True)
class Facts:
    """What a customer is asked to confirm, word for word."""

    vendor: str
    product: str
    customer: str
    ubn: str
    industry: str
    employees: int | None
    begins_on: date
    ends_on: date
    accounts: int
    tried: str
    usage: Usage = Usage()

    def plain(self) -> dict[str, Any]:
        """Give the facts as plain data, in the order in which they are shown."""
        return {
            "vendor": self.vendor,
            "product": self.product,
            "customer": self.customer,
            "ubn": self.ubn,
            "industry": self.industry,
            "employees": self.employees,
            "begins_on": self.begins_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "accounts": self.accounts,
            "tried": self.tried,
            "active_days": self.usage.active_days,
            "most_users": self.usage.most_users,
            "events": self.usage.events,
            "usage_log_sha256": self.usage.log_sha256,
        }

    @property
    def digest(self) -> str:
        """Give the hash by which two readings of a trial are told apart."""
        return digest_of(self.plain())


def canonical(content: Mapping[str, Any]) -> str:
    """Write content in the one way that its hash is taken of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(content: Mapping[str, Any]) -> str:
    """Give the hash of content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def check_period(begins_on: date, ends_on: date, programme: tuple[date, date]) -> None:
    """Refuse a trial that ends before it begins, is longer than a trial can be, or lies outside the programme year."""
    if ends_on < begins_on:
        raise Refused(
            N_("The trial ends on %(ends)s, before it begins on %(begins)s. Correct one of the two days."),
            field="ends_on",
            begins=begins_on,
            ends=ends_on,
        )
    first, last = programme
    if begins_on < first or ends_on > last:
        raise Refused(
            N_(
                "The trial lies outside the programme year, %(first)s to %(last)s. Only days within it count; correct the period."
            ),
            field="begins_on" if begins_on < first else "ends_on",
            first=first,
            last=last,
        )
    if (ends_on - begins_on).days >= MOST_DAYS:
        raise Refused(
            N_("A trial lasts %(most)s days at the most. Correct the period."), field="ends_on", most=MOST_DAYS
        )


def check_customer(ubn: str, vendor_ubn: str, others: Iterable[tuple[str, int]]) -> None:
    """Refuse the vendor itself as its own customer, and a customer that has a trial in this proof of concept already."""
    if ubn == vendor_ubn:
        raise Refused(
            N_("This is the vendor's own UBN. A trial is made by an enterprise customer; write the customer's UBN."),
            field="ubn",
        )
    for other, number in others:
        if other == ubn:
            raise Refused(
                N_("Trial %(number)s is of this customer already. Change that one instead."),
                field="ubn",
                number=number,
            )


EDITABLE = frozenset({TrialState.OPEN, TrialState.ASKED, TrialState.CONFIRMED, TrialState.CHANGED, TrialState.DECLINED})
"""While a signed form waits for its phone call, the trial stays as the form says it."""


def check_editable(state: TrialState) -> None:
    """Refuse to change a trial that was withdrawn or whose signed form is being verified."""
    if state is TrialState.WITHDRAWN:
        raise Refused(N_("This trial was withdrawn; it can be read, but no longer changed."))
    if state is TrialState.PAPER:
        raise Refused(
            N_(
                "A signed form of this trial waits for its phone call. Wait for the decision before you change the trial."
            )
        )


def after_change(state: TrialState) -> TrialState:
    """Give the state after the facts of a trial were changed: a confirmation holds for what it was given for, and no more."""
    match state:
        case TrialState.CONFIRMED | TrialState.CHANGED:
            return TrialState.CHANGED
        case TrialState.ASKED:
            return TrialState.ASKED
        case _:
            return TrialState.OPEN


def check_confirmable(state: TrialState, ends_on: date, today: date, usage: Usage) -> None:
    """Refuse to ask a customer to confirm what is not over, not proven, or confirmed already."""
    check_editable(state)
    if state is TrialState.CONFIRMED:
        raise Refused(N_("The customer has confirmed this trial already."))
    if ends_on > today:
        raise Refused(
            N_("The trial lasts until %(ends)s. Ask the customer to confirm it once it is over."), ends=ends_on
        )
    if not usage.is_there:
        raise Refused(N_("There is no usage within the trial period yet. Hand in the usage log first."))


@dataclass(frozen=True)
class TrialCounts:
    """How many trials of a proof of concept stand where; the acceptance and the dossier count by this alone."""

    total: int = 0
    confirmed: int = 0
    with_usage: int = 0
    waiting: int = 0
    """Customers that were asked, and signed forms that wait for their phone call."""
    flagged: int = 0
    """Changed after they were confirmed, or declined."""


def count(rows: Iterable[tuple[TrialState, bool]]) -> TrialCounts:
    """Count trials by state and by whether there is usage; what was withdrawn does not count."""
    live = [(state, used) for state, used in rows if state is not TrialState.WITHDRAWN]
    states = [state for state, _used in live]
    return TrialCounts(
        total=len(live),
        confirmed=states.count(TrialState.CONFIRMED),
        with_usage=sum(used for _state, used in live),
        waiting=states.count(TrialState.ASKED) + states.count(TrialState.PAPER),
        flagged=states.count(TrialState.CHANGED) + states.count(TrialState.DECLINED),
    )


FACT_LABELS: Mapping[str, str] = {
    "vendor": N_("Vendor"),
    "product": N_("Product"),
    "customer": N_("Customer"),
    "ubn": N_("UBN"),
    "industry": N_("Industry"),
    "employees": N_("Employees"),
    "begins_on": N_("First day"),
    "ends_on": N_("Last day"),
    "accounts": N_("Accounts"),
    "tried": N_("What was tried"),
    "active_days": N_("Days with usage"),
    "most_users": N_("Most users on one day"),
    "events": N_("Uses"),
    "usage_log_sha256": N_("SHA-256 of the usage log"),
}
"""What a fact is called on pages, in mails and on receipts."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Give what differs as `{name: [before, after]}`."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def missing_of(number: int, customer: str, state: TrialState, *, used: bool) -> Message | None:
    """Say what a trial still misses before it counts, or nothing."""
    names = {"number": number, "customer": customer}
    if state in (TrialState.CONFIRMED, TrialState.WITHDRAWN):
        return None
    if not used:
        return Message(N_("Trial %(number)s, %(customer)s: the usage log is missing."), names)
    if state is TrialState.CHANGED:
        return Message(N_("Trial %(number)s, %(customer)s: changed after it was confirmed, confirm it again."), names)
    if state is TrialState.PAPER:
        return Message(N_("Trial %(number)s, %(customer)s: the signed form waits for the office's phone call."), names)
    return Message(N_("Trial %(number)s, %(customer)s: the customer's confirmation is missing."), names)
