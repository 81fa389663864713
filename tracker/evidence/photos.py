"""Photos without what a camera writes beside the picture: place, time, device. The picture itself is not touched."""

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

ORIENTATION = 0x0112
MARK, START_OF_SCAN, END_OF_IMAGE = 0xFF, 0xDA, 0xD9
COLOUR, COMMENT = 0xE2, 0xFE
JPEG_NOTES = frozenset(range(0xE1, 0xF0)) - {
    0xEE
}  # the application segments, but for JFIF (E0) and Adobe's colour transform (EE)
NEXT_MARKER = re.compile(rb"\xff(?![\x00\xff\xd0-\xd7])")
PNG_DROPPED = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}
WEBP_DROPPED = {b"EXIF", b"XMP "}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def strip(path: Path, wanted: str) -> bytes:
    """Give the photo's bytes without its notes and without anything behind its end."""
    data = path.read_bytes()
    match wanted:
        case "JPEG":
            return _strip_jpeg(data, _orientation(data))
        case "PNG":
            return _strip_png(data)
        case _:
            return _strip_webp(data)


def _orientation(data: bytes) -> bytes:
    """Give the one note that is kept, which way is up, as a segment of its own."""
    with Image.open(BytesIO(data)) as image:
        turned = image.getexif().get(ORIENTATION)
    if turned not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    body = exif.tobytes()
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _strip_jpeg(data: bytes, orientation: bytes) -> bytes:
    """Copy the segments that make the picture, and the scans as they are, up to the end marker."""
    kept, position = [data[:2], orientation], 2
    while (marker := _marker(data, position)) is not None and marker != END_OF_IMAGE:
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
        if marker == START_OF_SCAN:
            end = _end_of_scan(data, end)
        if not _is_note(marker, data[position + 4 : end]):
            kept.append(data[position:end])
        position = end
    return b"".join(kept) + bytes((MARK, END_OF_IMAGE))


def _marker(data: bytes, position: int) -> int | None:
    return data[position + 1] if position + 2 <= len(data) and data[position] == MARK else None


def _end_of_scan(data: bytes, position: int) -> int:
    """Give where the scan's own bytes end: at the first marker that is no restart and no stuffed byte."""
    found = NEXT_MARKER.search(data, position)
    return found.start() if found else len(data)


def _is_note(marker: int, body: bytes) -> bool:
    if marker == COLOUR:
        return not body.startswith(b"ICC_PROFILE")
    return marker == COMMENT or marker in JPEG_NOTES


def _strip_png(data: bytes) -> bytes:
    kept, position = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        end = position + 12 + length
        if kind not in PNG_DROPPED:
            kept.append(data[position:end])
        position = end
        if kind == b"IEND":
            break
    return b"".join(kept)


def _strip_webp(data: bytes) -> bytes:
    body = b"".join(_kept_chunks(data))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _kept_chunks(data: bytes) -> Iterator[bytes]:
    position, stop = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while position + 8 <= stop:
        kind, length = struct.unpack("<4sI", data[position : position + 8])
        end = position + 8 + length + length % 2
        chunk = data[position:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~0x0C,)) + chunk[9:]  # flags of EXIF and XMP
        if kind not in WEBP_DROPPED:
            yield chunk
        position = end
