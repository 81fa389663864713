"""The ledger of the self-funding: entries, what they come to, what is odd about them, and what waits for the office."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.accounts.access import Actor
from tracker.core import keyset
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.keyset import AnySelect, Page, Sort
from tracker.evidence.models import Evidence
from tracker.journey import permissions as journey
from tracker.journey.models import Engagement
from tracker.journey.rules import EngagementState
from tracker.poc.models import FundingEntry, FundingVoucher, Poc, RelatedParty
from tracker.poc.queries.pocs import WITH_CASE
from tracker.poc.rulebook import Terms, terms_of
from tracker.poc.rules.funding import EntryFacts, Flag, SameFile, Totals, flags_of
from tracker.poc.rules.states import EntryState, PocState

BY_NUMBER = Sort((FundingEntry.number,), descending=True)
IN_TURN = Sort((FundingEntry.id,))

WITH_PAPERS = (
    joinedload(FundingEntry.poc).options(WITH_CASE),
    joinedload(FundingEntry.submitted_by),
    joinedload(FundingEntry.decided_by),
    selectinload(FundingEntry.vouchers).joinedload(FundingVoucher.evidence).joinedload(Evidence.stored_file),
)


def get_entry(entry_id: int, *, actor: Actor) -> FundingEntry:
    """Give an entry of an engagement that the actor may see, with its papers and people."""
    statement = (
        select(FundingEntry)
        .join(Poc, Poc.id == FundingEntry.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(*WITH_PAPERS, joinedload(FundingEntry.reverses), joinedload(FundingEntry.reversed_by))
        .where(FundingEntry.id == entry_id, journey.visible(actor))
    )
    found = session().scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def get_voucher(voucher_id: int, *, actor: Actor) -> FundingVoucher:
    """Give a paper of an entry that the actor may see, with its file."""
    statement = (
        select(FundingVoucher)
        .join(FundingEntry, FundingEntry.id == FundingVoucher.entry_id)
        .join(Poc, Poc.id == FundingEntry.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(
            joinedload(FundingVoucher.entry).joinedload(FundingEntry.poc).options(WITH_CASE),
            joinedload(FundingVoucher.evidence).joinedload(Evidence.stored_file),
        )
        .where(FundingVoucher.id == voucher_id, journey.visible(actor))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def entries_page(poc: Poc, *, after: str | None = None, before: str | None = None, state: EntryState | None) -> Page:
    """Read a page of the ledger, the newest entry first."""
    statement: AnySelect = (
        select(FundingEntry)
        .options(selectinload(FundingEntry.vouchers), joinedload(FundingEntry.reversed_by))
        .where(FundingEntry.poc_id == poc.id)
    )
    if state is not None:
        statement = statement.where(FundingEntry.state == state)
    return keyset.read_page(statement, BY_NUMBER, after=after, before=before)


def every_entry(poc: Poc) -> Sequence[FundingEntry]:
    """List the whole ledger in the order in which it was written, with its papers."""
    statement = select(FundingEntry).options(*WITH_PAPERS).where(FundingEntry.poc_id == poc.id)
    return session().scalars(statement.order_by(FundingEntry.number)).unique().all()


def count_entries(poc: Poc, state: EntryState | None = None) -> int:
    """Count the entries of a ledger, or those in one state."""
    statement = select(func.count(FundingEntry.id)).where(FundingEntry.poc_id == poc.id)
    return session().scalar(statement if state is None else statement.where(FundingEntry.state == state)) or 0


def totals_of(poc: Poc, terms: Terms | None = None) -> Totals:
    """Add the entries up, beside what the rulebook asks for."""
    required = (terms or terms_of(poc.engagement.programme)).required
    return Totals(required, **_sums([poc.id])[poc.id])


def sums_of(poc_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
    """Add up what is verified and what waits in several ledgers at once."""
    return _sums(poc_ids)


_NAMES = {EntryState.VERIFIED: "verified", EntryState.SUBMITTED: "waiting"}


def _sums(poc_ids: Collection[int]) -> defaultdict[int, dict[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(lambda: {"verified": 0, "waiting": 0})
    statement = (
        select(FundingEntry.poc_id, FundingEntry.state, func.sum(FundingEntry.total))
        .where(FundingEntry.poc_id.in_(poc_ids), FundingEntry.state.in_(_NAMES))
        .group_by(FundingEntry.poc_id, FundingEntry.state)
    )
    for poc_id, state, total in session().execute(statement):
        found[poc_id][_NAMES[state]] = int(total)
    return found


# --- what is odd --------------------------------------------------------------------------------------------------------


def flags_for(poc: Poc, entries: Sequence[FundingEntry], terms: Terms) -> Mapping[int, tuple[Flag, ...]]:
    """Find what is odd about entries of one ledger."""
    related = related_numbers(poc)
    same = _same_files(entries)
    period = terms.period(poc.starts_on, poc.ends_on)
    return {
        entry.id: ()
        if entry.reverses_id is not None
        else flags_of(
            EntryFacts(entry.spent_on, entry.payee_ubn, entry.voucher_kind, entry.net, entry.tax),
            period=period,
            related=related,
            same_files=same.get(entry.id, ()),
            tax_percent=terms.tax_percent,
        )
        for entry in entries
    }


def related_numbers(poc: Poc) -> frozenset[str]:
    """Give the UBNs that no self-funding may go to: the vendor's own, and those of its related parties."""
    named = select(RelatedParty.ubn).where(RelatedParty.poc_id == poc.id, RelatedParty.removed_at.is_(None))
    return frozenset([poc.engagement.organisation.ubn, *session().scalars(named)])


def related_parties(poc: Poc) -> Sequence[RelatedParty]:
    """List the related parties that were named."""
    statement = select(RelatedParty).where(RelatedParty.poc_id == poc.id, RelatedParty.removed_at.is_(None))
    return session().scalars(statement.order_by(RelatedParty.id)).all()


def get_related(party_id: int, *, actor: Actor) -> RelatedParty:
    """Give a related party of a vendor whose proof of concept the actor may see."""
    statement = (
        select(RelatedParty)
        .join(Poc, Poc.id == RelatedParty.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(joinedload(RelatedParty.poc).options(WITH_CASE))
        .where(RelatedParty.id == party_id, RelatedParty.removed_at.is_(None), journey.visible(actor))
    )
    found = session().scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def _same_files(entries: Sequence[FundingEntry]) -> Mapping[int, list[SameFile]]:
    """Find the entries that count and hold the very bytes of another that counts, in any ledger."""
    mine, theirs, other = aliased(FundingVoucher), aliased(FundingVoucher), aliased(FundingEntry)
    statement = (
        select(mine.entry_id, other.poc_id, other.number)
        .join(theirs, (theirs.stored_file_id == mine.stored_file_id) & (theirs.entry_id != mine.entry_id))
        .join(other, other.id == theirs.entry_id)
        .where(
            mine.entry_id.in_([entry.id for entry in entries if entry.claim is not None]),
            other.claim.is_not(None),
        )
        .distinct()
        .order_by(mine.entry_id, other.poc_id, other.number)
    )
    own = {entry.id: entry.poc_id for entry in entries}
    found: defaultdict[int, list[SameFile]] = defaultdict(list)
    for entry_id, poc_id, number in session().execute(statement):
        same = SameFile(number if own[entry_id] == poc_id else 0, is_own=own[entry_id] == poc_id)
        if same not in found[entry_id]:
            found[entry_id].append(same)
    return found


def find_claim(claim: str) -> FundingEntry | None:
    """Find the entry that holds a voucher now, in whatever ledger."""
    return session().scalars(select(FundingEntry).where(FundingEntry.claim == claim)).one_or_none()


# --- what waits for the office ------------------------------------------------------------------------------------------


def _waits(actor: Actor) -> ColumnElement[bool]:
    """Give the condition for entries that the actor could decide on: never its own ones."""
    return (
        (FundingEntry.state == EntryState.SUBMITTED)
        & FundingEntry.claim.is_not(None)
        & (Poc.state != PocState.ACCEPTED)
        & (Engagement.state == EngagementState.ACTIVE)
        & Engagement.programme_id.in_(actor.scope("programme"))
        & FundingEntry.submitted_by_id.is_distinct_from(actor.user_id)
    )


def _queue(actor: Actor, wanted: Select[Any]) -> AnySelect:
    return (
        wanted.join(Poc, Poc.id == FundingEntry.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .where(_waits(actor))
    )


def queue_page(*, actor: Actor, after: str | None = None, before: str | None = None) -> Page:
    """Read a page of the entries that wait for the actor, the longest waiting first."""
    statement = _queue(actor, select(FundingEntry)).options(
        joinedload(FundingEntry.poc).options(WITH_CASE), selectinload(FundingEntry.vouchers)
    )
    return keyset.read_page(statement, IN_TURN, after=after, before=before)


def count_queue(actor: Actor) -> int:
    """Count the entries that wait for the actor."""
    return session().scalar(_queue(actor, select(func.count(FundingEntry.id)))) or 0


def next_in_queue(after_id: int, *, actor: Actor) -> int | None:
    """Find the entry that comes next in the queue, or the first one again."""
    ids = _queue(actor, select(FundingEntry.id)).where(FundingEntry.id != after_id)
    later = session().scalar(ids.where(FundingEntry.id > after_id).order_by(FundingEntry.id).limit(1))
    return later if later is not None else session().scalar(ids.order_by(FundingEntry.id).limit(1))


def _sum_of(state: EntryState) -> Any:
    sums = select(func.coalesce(func.sum(FundingEntry.total), 0))
    return sums.where(FundingEntry.poc_id == Poc.id, FundingEntry.state == state).scalar_subquery()


GLANCE = select(
    Poc.engagement_id,
    Poc.id.label("poc_id"),
    Poc.state.label("poc_state"),
    _sum_of(EntryState.VERIFIED).label("verified"),
    _sum_of(EntryState.SUBMITTED).label("waiting"),
).subquery()
"""The proofs of concept with their sums, for the page of an engagement, which reads them with something else of its own."""
