"""Full-width letters, digits and signs (全形), which Chinese input methods produce, as their ordinary twins (半形)."""

_UNSEEN = dict.fromkeys((0x200B, 0x2060, 0xFEFF))
"""Signs without width, which come along when text is copied from a page."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: ord(" "), 0x2212: ord("-")}


def to_half_width(text: str) -> str:
    """Write full-width characters as half-width ones and leave everything else alone."""
    return text.translate(_FULL_WIDTH)


def squeeze(text: str) -> str:
    """Write half-width and without any white space, as numbers are compared."""
    return "".join(to_half_width(text).translate(_UNSEEN).split())
