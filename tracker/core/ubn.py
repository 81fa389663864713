"""Unified business numbers (統一編號, UBN), checked by the rule of the Ministry of Finance in force since 2023-04-01.

Each digit is multiplied by its weight and the digits of the products are added up; the sum is divisible by 5 (by 10 until
2023-03-31, so every older number is still valid). A seventh digit of 7 gives 28, whose digits add up to 10, and then to 1 or 0:
either may be taken.
"""

from itertools import count, islice

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_

LENGTH = 8
PLACEHOLDER = "0" * LENGTH
"""Stands on electronic invoices for a buyer without a number; it passes the sum and belongs to nobody."""

_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_DIVISOR = 5
_EITHER_WAY = "7"
_DEMO_LIMIT = 2_000


def is_valid_ubn(number: str) -> bool:
    """Tell whether eight half-width digits are a number that the tax authority can have issued."""
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()) or number == PLACEHOLDER:
        return False
    total = sum(sum(divmod(int(digit) * weight, 10)) for digit, weight in zip(number, _WEIGHTS, strict=True))
    return total % _DIVISOR == 0 or (number[6] == _EITHER_WAY and (total + 1) % _DIVISOR == 0)


def check_ubn(text: str, *, field: str | None = None) -> str:
    """Give the number as it is stored, or refuse with what is wrong with it."""
    number = squeeze(text)
    if len(number) != LENGTH or not (number.isascii() and number.isdigit()):
        raise Refused(N_("A UBN has 8 digits, as in 12345675. You typed “%(typed)s”."), field=field, typed=text.strip())
    if not is_valid_ubn(number):
        raise Refused(
            N_(
                "No organisation can have the UBN %(number)s: its check digit does not fit. Compare it with the registration papers."
            ),
            field=field,
            number=number,
        )
    return number


def demo_ubns(amount: int) -> list[str]:
    """Give valid numbers for invented organisations: always the same ones, each beginning with 0000."""
    if amount > _DEMO_LIMIT:
        raise ValueError(f"There are only {_DEMO_LIMIT} demo numbers, {amount} were asked for.")
    numbers = (f"{number:0{LENGTH}d}" for number in count(1))
    return list(islice(filter(is_valid_ubn, numbers), amount))
