import pytest

from tracker.core.errors import Refused
from tracker.web.fields import CountField, clean


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  雲端\r\n示範  ", "雲端\n示範"),
        ("a\0b\x07c", "abc"),
        ("表格\t欄", "表格\t欄"),
        (None, ""),
    ],
)
def test_what_nobody_can_see_is_not_stored(typed: str | None, stored: str) -> None:
    assert clean(typed) == stored


@pytest.mark.parametrize(("typed", "number"), [("120", 120), ("１，２００人", 1200), ("0", 0), (" 8 名 ", 8)])
def test_a_count_is_read_as_people_write_it(typed: str, number: int) -> None:
    assert CountField.read(None, typed) == number  # type: ignore[arg-type]  # the field itself is not needed to read


@pytest.mark.parametrize("typed", ["many", "-1", "1.5", "99999999999999999999", "²"])
def test_what_is_no_count_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        CountField.read(None, typed)  # type: ignore[arg-type]  # as above
