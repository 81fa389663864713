"""The ledger under any sequence of operations, one after the other and at once: its sums are the totals that are shown."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import poc
from tests.factories.poc import REQUIRED, Proof, cost, entry, scan
from tracker.accounts.access import load_actor
from tracker.core.db import db, session, unit_of_work
from tracker.core.errors import Refused, StaleRecord
from tracker.poc.models import FundingEntry, FundingVoucher, Poc
from tracker.poc.operations import funding
from tracker.poc.queries import funding as ledger
from tracker.poc.rules.funding import Totals
from tracker.poc.rules.states import EntryState

AT_ONCE = 8
FACTS = (
    "number",
    "spent_on",
    "payee",
    "payee_ubn",
    "kind",
    "net",
    "tax",
    "total",
    "purpose",
    "voucher_kind",
    "voucher_number",
)
steps = st.lists(
    st.tuples(st.sampled_from(["enter", "enter", "verify", "return", "reverse"]), st.integers(0, 30)), max_size=14
)


class Book:
    """What the ledger should say, kept beside it in the plainest way."""

    def __init__(self) -> None:
        self.counting: dict[int, tuple[str, int]] = {}
        """Entries that count, by number: their state and total."""
        self.facts: dict[int, tuple[object, ...]] = {}

    def sum(self, state: str) -> int:
        return sum(total for kept, total in self.counting.values() if kept == state)

    @property
    def totals(self) -> Totals:
        return Totals(REQUIRED, self.sum("verified"), self.sum("submitted"))


def facts_of(one: FundingEntry) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in FACTS)


def every_entry(of: Poc) -> list[FundingEntry]:
    return list(
        session().scalars(select(FundingEntry).where(FundingEntry.poc_id == of.id).order_by(FundingEntry.number))
    )


def take_step(proof: Proof, book: Book, step: str, draw: int) -> None:
    """Do something to the ledger and, where it is not refused, to the book."""
    entries, case = every_entry(proof.poc), proof.case
    if step == "enter":
        made = funding.submit_entry(
            proof.poc, cost(1_050 * (draw + 1)), [scan(proof.poc, actor=case.vendor)], actor=case.vendor
        )
        book.counting[made.number] = ("submitted", made.total)
        return
    if not entries:
        return
    chosen = entries[draw % len(entries)]
    try:
        if step == "verify":
            funding.verify_entry(chosen, actor=case.staff)
            book.counting[chosen.number] = ("verified", chosen.total)
        elif step == "return":
            funding.return_entry(chosen, "看不清楚", actor=case.staff)
            book.counting.pop(chosen.number)
        else:
            funding.reverse_entry(chosen, "打錯", actor=case.vendor)
            book.counting.pop(chosen.number)
    except Refused:
        pass


@given(steps)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_totals_are_the_sum_of_the_entries_after_any_sequence_of_operations(
    proof: Proof, taken: list[tuple[str, int]]
) -> None:
    session().rollback()
    book = Book()
    for step, draw in taken:
        take_step(proof, book, step, draw)
        for one in every_entry(proof.poc):
            assert book.facts.setdefault(one.number, facts_of(one)) == facts_of(one)
        entries = every_entry(proof.poc)
        by_state = {state: sum(one.total for one in entries if one.state is state) for state in EntryState}
        shown = ledger.totals_of(proof.poc)
        assert shown == book.totals
        assert shown == Totals(REQUIRED, by_state[EntryState.VERIFIED], by_state[EntryState.SUBMITTED])
        assert [one.number for one in entries] == list(range(1, len(entries) + 1))
        assert all(one.net + one.tax == one.total for one in entries)
        assert {one.number for one in entries if one.claim is not None} == set(book.counting)
    session().rollback()


def in_parallel(app: Flask, work: Callable[[int], str], threads: int = AT_ONCE) -> Counter[str]:
    """Run the work in threads, each with a connection of its own, all beginning together."""
    start = Barrier(threads)

    def run(number: int) -> str:
        with app.app_context():
            try:
                start.wait()
                return work(number)
            except (Refused, StaleRecord) as error:
                return type(error).__name__
            finally:
                db.session.remove()

    contexts: list[Context] = [copy_context() for _thread in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(lambda number: contexts[number].run(run, number), range(threads)))


@pytest.fixture
def ids(proof: Proof) -> dict[str, int]:
    session().commit()
    case = proof.case
    return {"poc": proof.poc.id, "vendor": case.vendor_user.id, "staff": case.staff_user.id, "lead": case.lead_user.id}


def test_entries_at_once_are_numbered_without_a_gap_and_none_is_lost(app: Flask, ids: dict[str, int]) -> None:
    def enter(number: int) -> str:
        subject, actor = session().get_one(Poc, ids["poc"]), load_actor(ids["vendor"])
        with unit_of_work():
            funding.submit_entry(subject, cost(1_050 * (number + 1)), actor=actor)
        return "entered"

    answers = in_parallel(app, enter)

    assert answers == {"entered": AT_ONCE}
    entries = every_entry(session().get_one(Poc, ids["poc"]))
    assert [one.number for one in entries] == list(range(1, AT_ONCE + 1))
    assert ledger.totals_of(entries[0].poc).waiting == sum(1_050 * number for number in range(1, AT_ONCE + 1))


def test_of_one_voucher_entered_at_once_one_entry_comes_to_be(app: Flask, ids: dict[str, int]) -> None:
    def enter(_number: int) -> str:
        subject, actor = session().get_one(Poc, ids["poc"]), load_actor(ids["vendor"])
        with unit_of_work():
            funding.submit_entry(subject, cost(voucher_number="VV-00000001"), actor=actor)
        return "entered"

    answers = in_parallel(app, enter)

    assert answers == {"entered": 1, "Refused": AT_ONCE - 1}
    assert session().scalar(select(func.count(FundingEntry.id))) == 1


def test_an_entry_that_is_verified_returned_and_reversed_at_once_ends_in_one_way(
    app: Flask, proof: Proof, ids: dict[str, int]
) -> None:
    made = [entry(proof.poc, 21_000, actor=proof.case.vendor) for _number in range(2)]
    session().commit()
    entry_ids = [one.id for one in made]

    def decide(number: int) -> str:
        chosen = session().get_one(FundingEntry, entry_ids[number % 2])
        opened = chosen.version
        with unit_of_work():
            match number // 2 % 3:
                case 0:
                    funding.verify_entry(chosen, version=opened, actor=load_actor(ids["staff"]))
                case 1:
                    funding.return_entry(chosen, "看不清楚", version=opened, actor=load_actor(ids["lead"]))
                case _:
                    funding.reverse_entry(chosen, "打錯", version=opened, actor=load_actor(ids["vendor"]))
        return "done"

    answers = in_parallel(app, decide)

    session().expire_all()
    entries = every_entry(session().get_one(Poc, ids["poc"]))
    shown = ledger.totals_of(entries[0].poc)
    assert answers["done"] >= 2
    assert shown.verified == sum(one.total for one in entries if one.state is EntryState.VERIFIED)
    assert shown.waiting == sum(one.total for one in entries if one.state is EntryState.SUBMITTED) == 0
    for one in entries[:2]:
        taken_back = [other for other in entries if other.reverses_id == one.id]
        assert len(taken_back) <= 1
        assert (one.claim is None) == (one.state is EntryState.RETURNED or bool(taken_back))
        assert {other.state for other in taken_back} <= {one.state}
    assert session().scalar(select(func.count(FundingVoucher.id))) == 2
    assert poc.REQUIRED - shown.verified == shown.missing
