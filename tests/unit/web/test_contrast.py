"""The colours of tokens.css meet WCAG 2.2 AA in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "tracker" / "web" / "static" / "css" / "tokens.css"
COLOUR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
LIGHT, DARK = 0, 1
TEXT, SHAPE = 4.5, 3.0

GROUNDS = ("ground", "surface", "surface-sunken", "surface-hover")
TONES = ("progress", "done", "warning", "danger")

TEXT_PAIRS = [
    *((text, ground) for text in ("text", "text-muted", "accent", "accent-strong", "danger") for ground in GROUNDS),
    *((tone, ground) for tone in TONES for ground in ("ground", "surface", "surface-hover", f"{tone}-soft")),
    *(("text", f"{tone}-soft") for tone in TONES),
    *((text, "accent-soft") for text in ("text", "text-muted", "accent", "accent-strong")),
    *(("text-on-accent", ground) for ground in ("accent", "accent-strong")),
    ("text-on-danger", "danger"),
    ("text-muted", "warning-soft"),
]
SHAPE_PAIRS = [
    *(("line-control", ground) for ground in GROUNDS),
    *((shape, ground) for shape in (*TONES, "accent") for ground in (*GROUNDS, "accent-soft")),
    *(("surface", tone) for tone in TONES),
]


def read_colours() -> dict[str, tuple[str, str]]:
    """Read every token that is a colour, as light and dark value."""
    return {name: (light, dark) for name, light, dark in COLOUR.findall(TOKENS.read_text(encoding="utf-8"))}


def luminance(colour: str) -> float:
    """Compute the relative luminance of a colour as WCAG defines it."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    colours = read_colours()

    assert contrast(colours[text][theme], colours[ground][theme]) >= TEXT


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_and_control_lines_can_be_seen_on_their_ground(shape: str, ground: str, theme: int) -> None:
    colours = read_colours()

    assert contrast(colours[shape][theme], colours[ground][theme]) >= SHAPE


def test_the_ratio_is_the_one_that_wcag_defines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_of_the_stylesheet_is_a_token() -> None:
    stylesheet = (TOKENS.parent / "app.css").read_text(encoding="utf-8")

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", stylesheet)
    assert (
        set(re.findall(r"var\(--([a-z-]+(?:soft|text|ground|surface|line|accent)[a-z-]*)\)", stylesheet))
        <= read_colours().keys()
    )
