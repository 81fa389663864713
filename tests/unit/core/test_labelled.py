"""A member is found by what an address or a form names, and by nothing else."""

import pytest

from tracker.core.text import Labelled


class Colour(Labelled):
    """Two members are enough."""

    RED = "red", "Red"
    BLUE = "blue", "Blue", "progress"


@pytest.mark.parametrize(
    ("text", "member"),
    [("red", Colour.RED), ("blue", Colour.BLUE), ("RED", None), ("Red", None), ("", None), (None, None)],
)
def test_a_member_is_found_by_its_value(text: str | None, member: Colour | None) -> None:
    assert Colour.named(text) is member
