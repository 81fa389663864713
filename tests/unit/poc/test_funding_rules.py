"""Rules of the ledger, of the forecast, of acceptance and of camps, without a database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.journey.rules import Party
from tracker.poc.rules import acceptance, camps, file, funding
from tracker.poc.rules.acceptance import AcceptanceFacts, Trials, gate_lacks, lacks_of
from tracker.poc.rules.forecast import Outlook, forecast
from tracker.poc.rules.funding import EntryFacts, FlagKind, Period, SameFile, Totals
from tracker.poc.rules.states import AcceptanceAct, EntryState, PocState, VoucherKind, after_act

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
amounts = st.integers(0, 10_000_000)
days = st.dates(date(2025, 6, 1), date(2027, 6, 1))


@given(net=amounts, tax=amounts, slip=st.integers(-5, 5))
def test_amounts_are_taken_exactly_when_they_add_up_and_come_to_something(net: int, tax: int, slip: int) -> None:
    total = net + tax + slip
    fits = slip == 0 and total > 0

    if fits:
        funding.check_amounts(net, tax, total)
    else:
        with pytest.raises(Refused):
            funding.check_amounts(net, tax, total)


@given(
    letters=st.text("ABCXYZ", min_size=2, max_size=2),
    digits=st.integers(0, 99_999_999),
    gap=st.sampled_from(["", "-", " ", "－", "　"]),
)
def test_an_invoice_number_is_the_same_however_it_is_written(letters: str, digits: int, gap: str) -> None:
    plain = f"{letters}{digits:08}"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in plain)

    written = {f"{letters.lower()}{gap}{digits:08}", f" {plain} ", wide}

    assert {funding.check_voucher_number(VoucherKind.INVOICE, one) for one in written} == {plain}


@given(st.text(max_size=14))
def test_whatever_else_is_typed_is_a_number_or_a_sentence(typed: str) -> None:
    try:
        number = funding.check_voucher_number(VoucherKind.INVOICE, typed)
    except Refused:
        return
    assert len(number) == 10
    assert number.isascii()


@given(spent_on=days, starts_on=days, length=st.integers(0, 400))
def test_a_cost_is_flagged_exactly_outside_the_period(spent_on: date, starts_on: date, length: int) -> None:
    period = Period(starts_on, starts_on + timedelta(days=length))
    entry = EntryFacts(spent_on, None, VoucherKind.RECEIPT, 100, 0)

    flags = funding.flags_of(entry, period=period, related=(), tax_percent=Decimal(5))

    expected = [FlagKind.BEFORE] if spent_on < starts_on else [FlagKind.AFTER] if spent_on > period.ends_on else []
    assert [flag.kind for flag in flags] == expected
    assert all(flag.rule == funding.IN_PERIOD for flag in flags)


def test_every_flag_names_its_rule_and_its_reason() -> None:
    entry = EntryFacts(date(2026, 5, 1), "00000001", VoucherKind.INVOICE, 10_000, 900)

    flags = funding.flags_of(
        entry,
        period=YEAR,
        related={"00000001"},
        same_files=[SameFile(3, is_own=True), SameFile(0, is_own=False)],
        tax_percent=Decimal(5),
    )

    assert [flag.rule for flag in flags] == [
        funding.NO_RELATED_PARTY,
        funding.VOUCHER_ONCE,
        funding.VOUCHER_ONCE,
        funding.BUSINESS_TAX,
    ]
    assert "5 % of the net amount would be NT$500" in str(flags[-1].why)


@given(net=st.integers(1, 10_000_000))
def test_the_tax_of_the_law_is_never_flagged_whichever_way_it_was_rounded(net: int) -> None:
    for tax in {net * 5 // 100, -(-net * 5 // 100), 0}:
        entry = EntryFacts(date(2026, 5, 1), None, VoucherKind.INVOICE, net, tax)
        assert funding.flags_of(entry, period=YEAR, related=(), tax_percent=Decimal(5)) == ()


@given(required=amounts, verified=amounts, waiting=amounts)
def test_what_is_missing_is_what_the_verified_entries_leave_open(required: int, verified: int, waiting: int) -> None:
    totals = Totals(required, verified, waiting)

    assert totals.missing == max(0, required - verified)
    assert totals.uncovered <= totals.missing
    assert totals.is_reached == (verified >= required)


@given(verified=amounts, waiting=amounts, today=days)
def test_a_forecast_gives_a_day_to_come_only_where_the_amount_is_open(verified: int, waiting: int, today: date) -> None:
    totals = Totals(100_000, verified, waiting)

    found = forecast(totals, YEAR, today)

    assert (found.outlook is Outlook.REACHED) == totals.is_reached
    if found.day is not None:
        assert found.day > today
        assert (found.outlook is Outlook.IN_TIME) == (found.day <= YEAR.ends_on)
    if not totals.is_reached and totals.uncovered and today > YEAR.ends_on:
        assert found.outlook is Outlook.OVER


def test_half_the_money_after_half_the_time_is_in_time() -> None:
    period, today = Period(date(2026, 3, 1), date(2026, 3, 31)), date(2026, 3, 15)

    assert forecast(Totals(100, 50, 0), period, today).day == date(2026, 3, 30)
    assert forecast(Totals(100, 40, 0), period, today).outlook is Outlook.LATE
    assert forecast(Totals(100), period, date(2026, 2, 1)).outlook is Outlook.BEFORE


@pytest.mark.parametrize("state", PocState)
@pytest.mark.parametrize("act", AcceptanceAct)
def test_acceptance_moves_only_along_its_table(state: PocState, act: AcceptanceAct) -> None:
    allowed = {
        (PocState.OPEN, AcceptanceAct.PROPOSED): PocState.PROPOSED,
        (PocState.PROPOSED, AcceptanceAct.RETURNED): PocState.OPEN,
        (PocState.PROPOSED, AcceptanceAct.ACCEPTED): PocState.ACCEPTED,
        (PocState.PROPOSED, AcceptanceAct.OVERRIDDEN): PocState.ACCEPTED,
    }
    if (state, act) in allowed:
        assert after_act(state, act) is allowed[state, act]
    else:
        with pytest.raises(Refused):
            after_act(state, act)


def complete(**changes: object) -> AcceptanceFacts:
    values: dict[str, object] = {
        "blank": (),
        "has_address": True,
        "has_architecture": True,
        "measures": 1,
        "without_baseline": 0,
        "without_result": 0,
        "totals": Totals(100, 100),
        "trials": Trials(3, 3),
    }
    return AcceptanceFacts(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


LACKING: tuple[tuple[dict[str, object], Party], ...] = (
    ({"blank": ("Problem",)}, Party.VENDOR),
    ({"has_address": False}, Party.VENDOR),
    ({"has_architecture": False}, Party.EXPERT),
    ({"measures": 0}, Party.VENDOR),
    ({"without_baseline": 1}, Party.VENDOR),
    ({"without_result": 2}, Party.VENDOR),
    ({"totals": Totals(100, 90)}, Party.VENDOR),
    ({"totals": Totals(100, 90, 10)}, Party.STAFF),
    ({"trials": Trials(3, 2, 1)}, Party.VENDOR),
    ({"trials": Trials(3, 3, 0, 1)}, Party.VENDOR),
    ({"late_milestones": {Party.EXPERT: 1}}, Party.EXPERT),
    ({"needs_camp": True}, Party.STAFF),
)


@pytest.mark.parametrize(("changes", "owed_by"), LACKING)
def test_each_thing_that_is_missing_stands_alone_with_who_owes_it(changes: dict[str, object], owed_by: Party) -> None:
    assert lacks_of(complete()) == ()

    (lack,) = lacks_of(complete(**changes))

    assert lack.owed_by is owed_by
    assert str(lack.what)


def test_a_gate_asks_only_what_its_rules_require() -> None:
    bare, none = Totals(100), Trials(1)

    assert gate_lacks(["poc.expert-proposes"], None, bare, none) == ()
    assert len(gate_lacks([acceptance.TRIAL_EVIDENCE], PocState.OPEN, bare, none)) == 1
    assert len(gate_lacks([acceptance.SELF_FUNDING, acceptance.ACCEPTED], PocState.OPEN, bare, none)) == 2
    assert gate_lacks([acceptance.ACCEPTED], PocState.ACCEPTED, bare, none) == ()
    assert len(gate_lacks([acceptance.ACCEPTED], None, bare, none)) == 1


def test_a_decision_on_an_entry_is_made_once() -> None:
    for state in (EntryState.VERIFIED, EntryState.RETURNED):
        with pytest.raises(Refused):
            funding.check_decidable(state, is_reversal=False, is_reversed=False)
    for is_reversal, is_reversed in ((True, False), (False, True)):
        with pytest.raises(Refused):
            funding.check_decidable(EntryState.SUBMITTED, is_reversal=is_reversal, is_reversed=is_reversed)
    with pytest.raises(Refused):
        funding.check_verifier(None, None)


@given(baseline=st.decimals(-1000, 1000, places=2), result=st.decimals(-1000, 1000, places=2))
def test_the_change_of_a_measure_has_the_sign_of_its_difference(baseline: Decimal, result: Decimal) -> None:
    change = file.change_in_percent(baseline, result)

    if baseline == 0:
        assert change is None
    else:
        assert change is not None
        assert (change > 0) <= (result > baseline)
        assert (change < 0) <= (result < baseline)


def test_camps_keep_their_days_turns_and_results_in_order() -> None:
    with pytest.raises(Refused, match="before the first day"):
        camps.check_days(date(2026, 5, 2), date(2026, 5, 1), YEAR)
    with pytest.raises(Refused, match="outside the programme year"):
        camps.check_days(date(2026, 5, 2), date(2027, 1, 1), YEAR)
    with pytest.raises(Refused, match="is that of"):
        camps.check_turn(1, {1: "第一組"})
    camps.check_turn(None, {1: "第一組"})
    with pytest.raises(Refused, match="another programme year"):
        camps.check_member(1, (), 2, 3)
    camps.check_result("", date(2026, 5, 1), date(2026, 4, 1))
