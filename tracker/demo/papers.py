"""Evidence files that open: a page of paper per checklist item, plainly marked as invented."""

import json
from functools import lru_cache
from pathlib import Path

import typst

FONTS = Path(__file__).resolve().parents[1] / "web" / "static" / "fonts"
PAPER = """#set page(paper: "a5", margin: 2cm)
#set text(font: "Noto Sans TC", size: 11pt, lang: "zh")
#let data = json(bytes(sys.inputs.data))
= #data.title
#data.body
#v(1cm)
#text(size: 9pt, fill: luma(90))[示範資料，內容為虛構。 Demonstration data, invented.]
"""


@lru_cache(maxsize=256)
def paper(title: str, body: str) -> bytes:
    """Make a one-page PDF."""
    return bytes(
        typst.compile(
            PAPER.encode(),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps({"title": title, "body": body}, ensure_ascii=False)},
        )
    )
