"""Evidence files that open: a page of paper per checklist item, plainly marked as invented."""

import json
from functools import cache, lru_cache
from pathlib import Path

import typst

PAPER = Path(__file__).with_name("paper.typ")
FONTS = Path(__file__).resolve().parents[1] / "web" / "static" / "fonts"


@lru_cache(maxsize=256)
def paper(title: str, body: str) -> bytes:
    """Make a one-page PDF."""
    data = json.dumps({"title": title, "body": body}, ensure_ascii=False)
    return typst.compile(str(PAPER), font_paths=_fonts(), sys_inputs={"data": data})


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
