"""QR codes: a link each, so that the camera of any phone opens it."""

import io

import segno

SCALE = 6
MASK = 3
"""Any of the eight masks is read by every camera; trying all of them takes most of the time, while others wait for a place."""


def as_svg(address: str) -> str:
    """Give a QR code as an address that an image element takes; black on white in both themes, since cameras need that."""
    return segno.make(address, error="m", micro=False, mask=MASK).svg_data_uri(
        scale=SCALE, light="white", dark="black", border=3
    )


def as_png(address: str) -> bytes:
    """Give a QR code as a picture for a mail."""
    written = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=MASK).save(written, kind="png", scale=SCALE, border=3)
    return written.getvalue()


def as_rows(address: str) -> list[str]:
    """Give a QR code as rows of ones and zeros, for a document that draws it itself."""
    code = segno.make(address, error="m", micro=False, mask=MASK)
    return ["".join("1" if dark else "0" for dark in row) for row in code.matrix_iter(border=2)]
