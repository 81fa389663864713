from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.core.ubn import PLACEHOLDER, check_ubn, demo_ubns, is_valid_ubn

digits = st.text("0123456789", min_size=8, max_size=8)


def valid_by_the_published_steps(number: str) -> bool:
    """Follow the ministry's table literally, with both readings of a seventh digit 7."""
    sums = [0]
    for position, (digit, weight) in enumerate(zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)):
        product = int(digit) * weight
        choices = (1, 0) if position == 6 and digit == "7" else (product // 10 + product % 10,)
        sums = [total + choice for total in sums for choice in choices]
    return any(total % 5 == 0 for total in sums)


@pytest.mark.parametrize("number", ["04595257", "10458575", "12345675"])
def test_a_number_that_the_rule_allows_is_valid(number: str) -> None:
    assert is_valid_ubn(number)


def test_a_number_divisible_by_five_but_not_by_ten_is_valid_since_2023() -> None:
    assert is_valid_ubn("00000011")


@given(digits.filter(lambda number: number != PLACEHOLDER))
def test_every_number_is_judged_as_the_published_steps_judge_it(number: str) -> None:
    assert is_valid_ubn(number) == valid_by_the_published_steps(number)


@pytest.mark.parametrize("wrong", ["12345678", "04595253", "04595527", "10458576"])
def test_a_number_with_a_slip_is_refused_naming_it(wrong: str) -> None:
    with pytest.raises(Refused, match=wrong):
        check_ubn(wrong)


def test_the_placeholder_of_invoices_is_refused() -> None:
    with pytest.raises(Refused, match="00000000"):
        check_ubn("00000000")


@given(st.sampled_from(demo_ubns(200)), st.sampled_from(["{}", " {}\n", "\u3000{}"]))
def test_full_width_digits_and_spaces_are_normalised(number: str, frame: str) -> None:
    full = "".join(chr(ord(digit) + 0xFEE0) for digit in number)

    assert check_ubn(frame.format(full)) == number
    assert check_ubn(f"{number[:4]} {number[4:]}") == number


@pytest.mark.parametrize(
    "typed", ["", "1234567", "123456789", "1234567a", "統一編號", "٠١٢٣٤٥٦٧", "²2222222", "-4595257"]
)
def test_anything_but_eight_digits_is_refused_and_quoted(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_ubn(typed, field="ubn")

    assert refusal.value.field == "ubn"
    assert f"“{typed}”" in str(refusal.value)


@given(st.text())
def test_any_text_gives_a_valid_number_or_a_refusal(text: str) -> None:
    with suppress(Refused):
        assert is_valid_ubn(check_ubn(text))


def test_demo_numbers_are_valid_different_invented_and_always_the_same() -> None:
    numbers = demo_ubns(1_500)

    assert len(set(numbers)) == 1_500
    assert all(is_valid_ubn(number) and number.startswith("0000") for number in numbers)
    assert demo_ubns(24) == numbers[:24]


def test_more_demo_numbers_than_are_reserved_is_an_error() -> None:
    with pytest.raises(ValueError, match="demo numbers"):
        demo_ubns(100_000)
