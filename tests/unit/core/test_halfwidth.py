from hypothesis import given
from hypothesis import strategies as st

from tracker.core.halfwidth import squeeze, to_half_width


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_ascii_survives_the_way_through_full_width(text: str) -> None:
    full = "".join(chr(ord(char) + 0xFEE0) if char != " " else "\u3000" for char in text)

    assert to_half_width(full) == text


def test_chinese_is_left_alone() -> None:
    assert to_half_width("雲階，１１５年") == "雲階,115年"


@given(st.text())
def test_squeezed_text_holds_no_white_space(text: str) -> None:
    assert squeeze(text).split() in ([], [squeeze(text)])
