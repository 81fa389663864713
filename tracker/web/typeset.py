"""PDF documents, set by Typst from data, with the product's own fonts."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from flask import current_app

LONGEST_RUN = 24
"""Longer runs without a place to break would leave the page."""
BREAK = "\u200b"
_RUN = re.compile(rf"[!-~\u00a1-\u02ff]{{{LONGEST_RUN + 1},}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What is no text, and signs that would turn the order of the letters around."""


def make_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """Set a document; the template reads the data as JSON from its input `record`."""
    return typst.compile(
        str(template),
        root=str(template.parent),
        format="pdf",
        font_paths=_fonts(str(current_app.static_folder)),
        ignore_system_fonts=True,
        sys_inputs={"record": json.dumps(soft(dict(data)), ensure_ascii=False)},
    )


@cache
def _fonts(static_folder: str) -> typst.Fonts:
    """Load the fonts that the product ships, and no others, once per process."""
    folder = str(Path(static_folder) / "fonts")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def soft(value: Any) -> Any:
    """Let long words break, and leave out what is no text."""
    if isinstance(value, dict):
        return {name: soft(part) for name, part in value.items()}
    if isinstance(value, list):
        return [soft(part) for part in value]
    if not isinstance(value, str):
        return value
    plain = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\t", "    "))
    return _RUN.sub(lambda run: BREAK.join(_pieces(run[0])), plain)


def _pieces(run: str) -> Iterable[str]:
    return (run[start : start + LONGEST_RUN] for start in range(0, len(run), LONGEST_RUN))
