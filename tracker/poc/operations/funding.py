"""The ledger of the self-funding: entries are added, decided on and taken back by another entry, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tracker.accounts.access import Actor
from tracker.core import clock
from tracker.core.db import check_version, session, take_turn
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.core.ubn import check_ubn
from tracker.evidence.models import Evidence
from tracker.journey.operations.telling import tell_at
from tracker.journey.queries import office_ids, vendor_ids
from tracker.notifications.rules import Reason
from tracker.poc.models import FundingEntry, FundingVoucher, Poc
from tracker.poc.operations.work import record, take
from tracker.poc.queries.funding import find_claim, flags_for
from tracker.poc.rulebook import terms_of
from tracker.poc.rules import funding as rules
from tracker.poc.rules.states import EntryState, VoucherKind


@dataclass(frozen=True)
class EntryDetails:
    """What an entry says."""

    spent_on: date
    payee: str
    payee_ubn: str
    kind: str
    net: int
    tax: int
    total: int
    purpose: str
    voucher_kind: VoucherKind
    voucher_number: str


def submit_entry(poc: Poc, details: EntryDetails, vouchers: Sequence[Evidence] = (), *, actor: Actor) -> FundingEntry:
    """Enter money that the vendor spent, with the papers that prove it."""
    take(poc)
    ubn = check_ubn(details.payee_ubn, field="payee_ubn") if details.payee_ubn.strip() else None
    rules.check_spent_on(details.spent_on, clock.today())
    rules.check_kind(details.kind, terms_of(poc.engagement.programme).cost_kinds)
    rules.check_amounts(details.net, details.tax, details.total)
    rules.check_payee(details.voucher_kind, ubn)
    number = rules.check_voucher_number(details.voucher_kind, details.voucher_number)
    claim = rules.claim_of(details.voucher_kind, number, details.payee, ubn)
    _check_unclaimed(poc, claim, number)
    entry = FundingEntry(
        poc=poc,
        number=_next_number(poc),
        spent_on=details.spent_on,
        payee=details.payee,
        payee_ubn=ubn,
        kind=details.kind,
        net=details.net,
        tax=details.tax,
        total=details.total,
        purpose=details.purpose,
        voucher_kind=details.voucher_kind,
        voucher_number=number,
        claim=claim,
        state=EntryState.SUBMITTED,
        submitted_by_id=actor.user_id,
    )
    work = session()
    work.add(entry)
    work.flush()
    for evidence in vouchers:
        _attach(entry, evidence, actor)
    work.flush()
    facts = {"entry": entry.number, "total": entry.total, "voucher": number, "kind": entry.kind}
    record("funding.entered", poc, actor, subject=entry, **facts, files=_hashes(entry))
    return entry


def _check_unclaimed(poc: Poc, claim: str, number: str) -> None:
    """Hold the voucher against every other ledger, one writer after the other."""
    take_turn(f"funding:{claim}")
    holder = find_claim(claim)
    own = holder.number if holder is not None and holder.poc_id == poc.id else None
    rules.check_unclaimed(number, own, is_claimed=holder is not None)


def _next_number(poc: Poc) -> int:
    last = session().scalar(select(func.max(FundingEntry.number)).where(FundingEntry.poc_id == poc.id))
    return (last or 0) + 1


def _hashes(entry: FundingEntry) -> list[str]:
    return [one.evidence.stored_file.sha256 for one in entry.vouchers if one.evidence.stored_file is not None]


def _attach(entry: FundingEntry, evidence: Evidence, actor: Actor) -> None:
    if evidence.stored_file_id is None:
        raise Refused(N_("A voucher is a file. Choose the scan or photo of the paper."), field="file")
    if any(one.stored_file_id == evidence.stored_file_id for one in entry.vouchers):
        raise Refused(N_("“%(name)s” is attached to this entry already."), field="file", name=evidence.file_name)
    entry.vouchers.append(
        FundingVoucher(evidence=evidence, stored_file_id=evidence.stored_file_id, added_by_id=actor.user_id)
    )


def add_voucher(entry: FundingEntry, evidence: Evidence, *, actor: Actor) -> None:
    """Add a paper to an entry that waits for verification."""
    _take(entry)
    rules.check_decidable(entry.state, is_reversal=entry.reverses_id is not None, is_reversed=_is_reversed(entry))
    _attach(entry, evidence, actor)
    session().flush()
    record("funding.voucher_added", entry.poc, actor, subject=entry, entry=entry.number, files=_hashes(entry))


def verify_entry(entry: FundingEntry, note: str = "", *, version: int | None = None, actor: Actor) -> None:
    """Verify an entry that somebody else has entered; a flagged one with the reason why it counts."""
    _decide(entry, version, actor)
    terms = terms_of(entry.poc.engagement.programme)
    flags = flags_for(entry.poc, [entry], terms)[entry.id]
    text = rules.check_verifiable(len(entry.vouchers), flags, note)
    _settle(entry, EntryState.VERIFIED, text, actor, flags=[flag.rule for flag in flags])


def return_entry(entry: FundingEntry, reason: str, *, version: int | None = None, actor: Actor) -> None:
    """Give an entry back, with what is wrong; its voucher is free to be entered again."""
    _decide(entry, version, actor)
    text = rules.check_return_reason(reason)
    entry.claim = None
    _settle(entry, EntryState.RETURNED, text, actor)
    tell_at(
        f"/funding-entries/{entry.id}",
        {*vendor_ids(entry.poc.engagement), entry.submitted_by_id},
        Reason.RETURNED,
        N_("%(vendor)s: entry %(number)s of the self-funding was returned: %(reason)s"),
        entry.poc.engagement,
        actor=actor,
        number=entry.number,
        reason=text,
    )


def _decide(entry: FundingEntry, version: int | None, actor: Actor) -> None:
    _take(entry)
    check_version(entry, version)
    rules.check_decidable(entry.state, is_reversal=entry.reverses_id is not None, is_reversed=_is_reversed(entry))
    rules.check_verifier(entry.submitted_by_id, actor.user_id)


def _settle(entry: FundingEntry, state: EntryState, reason: str, actor: Actor, **facts: object) -> None:
    entry.state, entry.reason = state, reason
    entry.decided_by_id, entry.decided_at = actor.user_id, clock.now()
    session().flush()
    said = {"entry": entry.number, "total": entry.total, **({"reason": reason} if reason else {}), **facts}
    record(f"funding.{state.value}", entry.poc, actor, subject=entry, **said)


def reverse_entry(entry: FundingEntry, reason: str, *, version: int | None = None, actor: Actor) -> FundingEntry:
    """Take an entry back by another one over the same amounts below zero; both stay, and come to nothing together."""
    _take(entry)
    check_version(entry, version)
    rules.check_reversible(entry.state, is_reversal=entry.reverses_id is not None, is_reversed=_is_reversed(entry))
    text = rules.check_return_reason(reason)
    entry.claim = None
    reversal = FundingEntry(
        poc=entry.poc,
        number=_next_number(entry.poc),
        spent_on=entry.spent_on,
        payee=entry.payee,
        payee_ubn=entry.payee_ubn,
        kind=entry.kind,
        net=-entry.net,
        tax=-entry.tax,
        total=-entry.total,
        purpose=entry.purpose,
        voucher_kind=entry.voucher_kind,
        voucher_number=entry.voucher_number,
        state=entry.state,
        reverses=entry,
        reason=text,
        submitted_by_id=actor.user_id,
    )
    work = session()
    work.add(reversal)
    work.flush()
    facts = {"entry": reversal.number, "reverses": entry.number, "total": reversal.total, "reason": text}
    record("funding.reversed", entry.poc, actor, subject=reversal, **facts)
    if entry.state is EntryState.VERIFIED:
        tell_at(
            f"/funding-entries/{entry.id}",
            {*office_ids(entry.poc.engagement), *vendor_ids(entry.poc.engagement)},
            Reason.PROGRESS,
            N_("%(vendor)s: the verified entry %(number)s of the self-funding was taken back: %(reason)s"),
            entry.poc.engagement,
            actor=actor,
            number=entry.number,
            reason=text,
        )
    return reversal


def _take(entry: FundingEntry) -> None:
    """Take the ledger in hand, and read the entry as the writer before has left it."""
    take(entry.poc)
    session().refresh(entry)
    session().expire(entry, ["vouchers"])


def _is_reversed(entry: FundingEntry) -> bool:
    taken_back = select(FundingEntry.id).where(FundingEntry.reverses_id == entry.id)
    return session().scalar(taken_back) is not None
