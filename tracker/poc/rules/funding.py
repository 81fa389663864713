"""The ledger of the self-funding: what an entry must say, what is odd about it, what it comes to."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.money import format_money
from tracker.core.text import N_, Labelled, Message
from tracker.poc.rules.states import EntryState, VoucherKind

LONGEST_NUMBER = 40
ROUNDING = 1
"""Whole dollars by which the tax on an invoice may differ from its share: each line is rounded by itself."""
HUNDRED = 100
_INVOICE = re.compile(r"[A-Z]{2}[0-9]{8}")
_BETWEEN = re.compile(r"[\s\-－‐–—]+")

IN_PERIOD = "poc.spent-in-period"
NO_RELATED_PARTY = "poc.no-related-party"
VOUCHER_ONCE = "poc.voucher-once"
BUSINESS_TAX = "poc.business-tax"
"""Rules of the rulebook that a flag names."""


class FlagKind(Labelled):
    """What is odd about an entry."""

    BEFORE = "before", N_("Before the start"), "warning"
    AFTER = "after", N_("After the end"), "warning"
    RELATED = "related", N_("Related party"), "danger"
    SAME_FILE = "same-file", N_("Same file"), "danger"
    TAX = "tax", N_("Unusual tax"), "warning"


@dataclass(frozen=True)
class Flag:
    """Something odd about an entry, and the rule of the rulebook that it touches."""

    kind: FlagKind
    rule: str
    why: Message


@dataclass(frozen=True)
class Period:
    """The days in which money counts, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class EntryFacts:
    """What the rules look at in an entry."""

    spent_on: date
    payee_ubn: str | None
    voucher_kind: VoucherKind
    net: int
    tax: int


@dataclass(frozen=True)
class SameFile:
    """Another entry with the very same file, whatever its name."""

    number: int
    is_own: bool
    """Of the same proof of concept; what stands in other ledgers is not named."""


# --- what an entry must say ---------------------------------------------------------------------------------------------


def check_amounts(net: int, tax: int, total: int) -> None:
    """Refuse amounts that are below zero, come to nothing or do not add up."""
    for field, amount in (("net", net), ("tax", tax), ("total", total)):
        if amount < 0:
            raise Refused(
                N_("An amount cannot be below zero. To take an entry back, open it and reverse it."), field=field
            )
    if total == 0:
        raise Refused(N_("This entry comes to NT$0. Write what was paid."), field="total")
    if net + tax != total:
        raise Refused(
            N_("Net and tax come to %(sum)s, but the total says %(total)s. Compare all three with the voucher."),
            field="total",
            sum=format_money(net + tax),
            total=format_money(total),
        )


def check_spent_on(spent_on: date, today: date) -> None:
    """Refuse money that is not spent yet."""
    if spent_on > today:
        raise Refused(N_("%(day)s is still to come. Enter a cost once it is paid."), field="spent_on", day=spent_on)


def check_kind(kind: str, kinds: Collection[str]) -> None:
    """Refuse a kind of cost that the rulebook does not know."""
    if kind not in kinds:
        raise Refused(N_("The rulebook does not know this kind of cost. Choose one of the list."), field="kind")


def check_payee(kind: VoucherKind, payee_ubn: str | None) -> None:
    """Refuse a uniform invoice without its seller's UBN."""
    if kind is VoucherKind.INVOICE and payee_ubn is None:
        raise Refused(
            N_("A uniform invoice names the UBN of its seller. Write it, or choose another kind of voucher."),
            field="payee_ubn",
        )


def check_voucher_number(kind: VoucherKind, typed: str) -> str:
    """Give the number of a voucher as it is stored; refuse an invoice number that no uniform invoice has."""
    text = " ".join(typed.split())
    if kind is not VoucherKind.INVOICE:
        if not text or len(text) > LONGEST_NUMBER:
            raise Refused(
                N_("Write the number of the voucher, at most %(most)s characters."),
                field="voucher_number",
                most=LONGEST_NUMBER,
            )
        return text
    number = _BETWEEN.sub("", squeeze(text)).upper()
    if not _INVOICE.fullmatch(number):
        raise Refused(
            N_("“%(typed)s” is not the number of a uniform invoice: two letters and eight digits, as in AB-12345678."),
            field="voucher_number",
            typed=text[:LONGEST_NUMBER],
        )
    return number


def claim_of(kind: VoucherKind, number: str, payee: str, payee_ubn: str | None) -> str:
    """Give what makes a voucher the same one: an invoice number is unique in the country, others with their payee."""
    if kind is VoucherKind.INVOICE:
        return f"{kind.value}:{number}"
    return f"{kind.value}:{payee_ubn or squeeze(payee).casefold()}:{squeeze(number).casefold()}"


def check_unclaimed(number: str, own_entry: int | None, *, is_claimed: bool) -> None:
    """Refuse a voucher that counts already; what stands in another ledger is not told."""
    if own_entry is not None:
        raise Refused(
            N_(
                "Voucher %(number)s is used by entry %(entry)s already. A voucher counts once; reverse that entry first."
            ),
            field="voucher_number",
            number=number,
            entry=own_entry,
        )
    if is_claimed:
        raise Refused(
            N_("Voucher %(number)s counts in another proof of concept already. Compare the number with the paper."),
            field="voucher_number",
            number=number,
        )


# --- what is odd about it -----------------------------------------------------------------------------------------------


def flags_of(
    entry: EntryFacts,
    *,
    period: Period,
    related: Collection[str],
    same_files: Iterable[SameFile] = (),
    tax_percent: Decimal,
) -> tuple[Flag, ...]:
    """List what is odd about an entry; each is told with its rule, and none of it stops the entry."""
    found = [
        _outside(entry, period),
        _related(entry, related),
        *(_same_file(one) for one in same_files),
        _tax(entry, tax_percent),
    ]
    return tuple(flag for flag in found if flag is not None)


def _outside(entry: EntryFacts, period: Period) -> Flag | None:
    if entry.spent_on < period.starts_on:
        why = N_("Spent on %(day)s, before the start on %(limit)s.")
        return Flag(FlagKind.BEFORE, IN_PERIOD, Message(why, {"day": entry.spent_on, "limit": period.starts_on}))
    if entry.spent_on > period.ends_on:
        why = N_("Spent on %(day)s, after the end on %(limit)s.")
        return Flag(FlagKind.AFTER, IN_PERIOD, Message(why, {"day": entry.spent_on, "limit": period.ends_on}))
    return None


def _related(entry: EntryFacts, related: Collection[str]) -> Flag | None:
    if entry.payee_ubn is None or entry.payee_ubn not in related:
        return None
    why = Message(N_("The payee %(ubn)s is the vendor itself or a related party."), {"ubn": entry.payee_ubn})
    return Flag(FlagKind.RELATED, NO_RELATED_PARTY, why)


def _same_file(one: SameFile) -> Flag:
    own = N_("Its file is the same as that of entry %(number)s, though it may have another name.")
    other = N_("Its file is the same as one that was handed in for another proof of concept.")
    why = Message(own, {"number": one.number}) if one.is_own else Message(other)
    return Flag(FlagKind.SAME_FILE, VOUCHER_ONCE, why)


def _tax(entry: EntryFacts, percent: Decimal) -> Flag | None:
    if entry.voucher_kind is not VoucherKind.INVOICE or entry.tax == 0:
        return None
    usual = int((entry.net * percent / HUNDRED).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(entry.tax - usual) <= ROUNDING:
        return None
    why = N_("The tax is %(tax)s; %(percent)s %% of the net amount would be %(usual)s.")
    values = {"tax": format_money(entry.tax), "percent": f"{percent:f}", "usual": format_money(usual)}
    return Flag(FlagKind.TAX, BUSINESS_TAX, Message(why, values))


# --- what may be done with it -------------------------------------------------------------------------------------------


def check_decidable(state: EntryState, *, is_reversal: bool, is_reversed: bool) -> None:
    """Refuse to decide on an entry twice, or on one that was taken back."""
    if is_reversal or is_reversed:
        raise Refused(N_("This entry was taken back, so there is nothing to verify."))
    if state is not EntryState.SUBMITTED:
        raise Refused(
            N_("This entry is “%(state)s” already. To correct it, reverse it and enter it again."),
            state=Message(state.label),
        )


def check_verifier(submitted_by: int | None, verifier: int | None) -> None:
    """Refuse that somebody verifies what they entered, whatever roles they hold."""
    if verifier is None or submitted_by == verifier:
        raise Refused(N_("You entered this cost, so another person of the programme office verifies it."))


def check_verifiable(vouchers: int, flags: Collection[Flag], note: str) -> str:
    """Refuse to verify what no paper proves, or what is odd without saying why it counts all the same."""
    if vouchers == 0:
        raise Refused(
            N_("No voucher is attached, so there is nothing to verify it by. Return it, with that as the reason.")
        )
    text = note.strip()
    if flags and not text:
        raise Refused(N_("This entry is flagged. Write why it counts all the same, or return it."), field="words")
    return text


def check_return_reason(reason: str) -> str:
    """Give the reason, or refuse a blank one."""
    text = reason.strip()
    if not text:
        raise Refused(N_("Write what is wrong and what the vendor is to do; it is kept with the entry."), field="words")
    return text


def check_reversible(state: EntryState, *, is_reversal: bool, is_reversed: bool) -> None:
    """Refuse to take back what takes another back, what was taken back, or what does not count."""
    if is_reversal:
        raise Refused(N_("This entry takes another one back and stays. Enter the cost again if it is right after all."))
    if is_reversed:
        raise Refused(N_("This entry was taken back before. Reload the page to see the entry that did it."))
    if state is EntryState.RETURNED:
        raise Refused(
            N_("This entry was returned, so it does not count. Enter the cost again with what was asked for.")
        )


# --- what it comes to ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """What the entries of a ledger come to, beside what the rulebook asks for, in whole NT$."""

    required: int
    verified: int = 0
    waiting: int = 0

    @property
    def missing(self) -> int:
        """Give what is still to be verified until the amount is reached."""
        return max(0, self.required - self.verified)

    @property
    def is_reached(self) -> bool:
        """Tell whether the verified entries reach the amount."""
        return self.missing == 0

    @property
    def uncovered(self) -> int:
        """Give what is missing even if everything that waits is verified."""
        return max(0, self.required - self.verified - self.waiting)
