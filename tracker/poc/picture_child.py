"""Draws the first pages of a PDF below each other as one PNG; a program of its own, so that a hostile file harms nobody else.

`python -m tracker.poc.picture_child FILE` writes the picture to standard output. It knows nothing of the product.
"""

import io
import resource
import sys
from pathlib import Path

import pypdfium2
from PIL import Image

MEMORY = 1024 * 1024 * 1024
SECONDS = 15
MOST_PAGES = 4
WIDTH = 1100
TALLEST = 3200
"""Points of one page: a roll of receipts is drawn smaller."""


def limit() -> None:
    """Take away what the drawing of a few pages never needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(path: Path) -> bytes:
    """Draw the first pages as one picture."""
    document = pypdfium2.PdfDocument(path)
    pages = [_page(document[number]) for number in range(min(len(document), MOST_PAGES))]
    picture = Image.new("RGB", (max(page.width for page in pages), sum(page.height for page in pages)), "white")
    top = 0
    for page in pages:
        picture.paste(page, (0, top))
        top += page.height
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _page(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    scale = min(WIDTH / max(width, 1), TALLEST / max(height, 1))
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return drawn.convert("RGB")


if __name__ == "__main__":
    limit()
    sys.stdout.buffer.write(draw(Path(sys.argv[1])))
