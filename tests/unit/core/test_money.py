from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.core.money import LARGEST, format_money, parse_money

amounts = st.integers(-LARGEST, LARGEST)


@pytest.mark.parametrize(
    "typed",
    [
        "100000",
        "100,000",
        "NT$100,000",
        "nt$ 100,000",
        "NTD 100000",
        "$100,000",
        "新臺幣100,000元",
        "100,000元整",
        "１００，０００",
        "ＮＴ＄１００，０００",
        " 0100000 ",
    ],
)
def test_an_amount_is_read_however_people_write_it(typed: str) -> None:
    assert parse_money(typed) == 100_000


@given(amounts)
def test_what_is_shown_can_be_typed_back(amount: int) -> None:
    assert parse_money(format_money(amount), allow_negative=True) == amount
    assert parse_money(str(amount), allow_negative=True) == amount


@pytest.mark.parametrize(("amount", "shown"), [(0, "NT$0"), (100_000, "NT$100,000"), (-1_234, "-NT$1,234")])
def test_an_amount_is_shown_with_its_currency(amount: int, shown: str) -> None:
    assert format_money(amount) == shown


@pytest.mark.parametrize(
    "typed", ["", "十萬", "10萬", "100k", "1O0", "1,00,000", "100,00", "--1", "-NT$-1", "NT$", "1 + 1", "٣"]
)
def test_letters_and_misplaced_commas_are_refused_and_quoted(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_money(typed, field="amount")

    assert refusal.value.field == "amount"
    assert f"“{typed}”" in str(refusal.value)


@pytest.mark.parametrize("typed", ["100.5", "100.00", "100.", "NT$1,000.25"])
def test_a_fraction_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="whole NT"):
        parse_money(typed)


@pytest.mark.parametrize("typed", ["-1", "－１００", "\u2212100", "NT$-5", "-NT$5"])
def test_an_amount_below_zero_is_refused_unless_it_is_allowed(typed: str) -> None:
    with pytest.raises(Refused, match="below zero"):
        parse_money(typed)

    assert parse_money(typed, allow_negative=True) < 0


@pytest.mark.parametrize("typed", ["1000000000000", "9" * 10_000])
def test_an_amount_too_large_to_be_meant_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="number of digits"):
        parse_money(typed)


@given(st.text() | st.text("0123456789,.-$NT元"))
def test_any_text_gives_an_amount_or_a_refusal(text: str) -> None:
    with suppress(Refused):
        assert 0 <= parse_money(text) <= LARGEST
