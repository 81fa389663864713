"""Money is whole New Taiwan dollars, kept as an integer."""

import re

from tracker.core.errors import Refused
from tracker.core.halfwidth import squeeze
from tracker.core.text import N_

LARGEST = 999_999_999_999
"""More than any organisation's capital; a larger number is a slip of the hand. Columns of money are BigInteger."""

_AMOUNT = re.compile(
    r"(?P<minus>-)?(?:NT\$|NTD|TWD|\$|新臺幣|新台幣)?(?P<minus_inside>-)?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<fraction>\.[0-9]*)?(?:元整?)?",
    re.IGNORECASE,
)


def parse_money(text: str, *, allow_negative: bool = False, field: str | None = None) -> int:
    """Read whole dollars as people write them: 100000, 100,000, NT$100,000, １００，０００元."""
    typed = text.strip()
    found = _AMOUNT.fullmatch(squeeze(text))
    if found is None or (found["minus"] and found["minus_inside"]):
        raise Refused(
            N_("“%(typed)s” is not an amount of money. Write whole NT$ in digits, as in 100,000."),
            field=field,
            typed=typed,
        )
    if found["fraction"] is not None:
        raise Refused(N_("“%(typed)s” has a fraction. Amounts are whole NT$, as in 100,000."), field=field, typed=typed)
    amount = int(found["digits"].replace(",", "").lstrip("0")[: len(str(LARGEST)) + 1] or "0")
    if amount > LARGEST:
        raise Refused(
            N_("“%(typed)s” is more than %(largest)s. Check the number of digits."),
            field=field,
            typed=typed,
            largest=format_money(LARGEST),
        )
    is_negative = bool(found["minus"] or found["minus_inside"]) and amount != 0
    if is_negative and not allow_negative:
        raise Refused(N_("An amount cannot be below zero here. You typed “%(typed)s”."), field=field, typed=typed)
    return -amount if is_negative else amount


def format_money(amount: int) -> str:
    """Write an amount with its currency and thousands apart."""
    sign = "-" if amount < 0 else ""
    return f"{sign}NT${abs(amount):,}"
