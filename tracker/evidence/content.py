"""What a file really is: its content must agree with its name, and must not be something else besides."""

import re
import stat
import zipfile
from pathlib import Path

import puremagic
from PIL import Image, UnidentifiedImageError

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.evidence.rules import FileType

MOST_PIXELS = 50_000_000
Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at as soon as the header is read, and refuses in a sentence
MOST_MEMBERS = 1_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
HEAD, TAIL = 4096, 70_000
ZIP_END = b"PK\x05\x06"
FOREIGN_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"PK",
    b"%PDF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
ACTIVE_MARKUP = re.compile(
    rb"^\s*(<!doctype\s+html|<html|<head|<body|<script|<svg|<\?xml|<!--|<iframe|<\?php)", re.IGNORECASE
)
EXECUTABLE_NAMES = re.compile(r"\.(exe|dll|js|vbs|bat|cmd|com|scr|ps1|jar|hta|html?|svg)$", re.IGNORECASE)


def check(path: Path, name: str, kind: FileType) -> None:
    """Refuse the file unless it is what its name says and nothing else."""
    family, _, detail = kind.family.partition(":")
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    if not head:
        raise Refused(N_("“%(name)s” is empty. Choose the file again."), field="file", name=name)
    match family:
        case "pdf":
            agrees = head.startswith(b"%PDF-") and b"%%EOF" in tail[-2048:] and ZIP_END not in tail
        case "ooxml":
            agrees = _is_office(path, head, "[Content_Types].xml", detail, name)
        case "odf":
            agrees = (
                _is_office(path, head, "META-INF/manifest.xml", "content.xml", name)
                and kind.media_type.encode() in head
            )
        case "photo":
            agrees = _is_photo(path, detail, name)
        case _:
            agrees = _is_text(path, head)
    if not agrees or _is_foreign(head, name, family):
        raise Refused(
            N_(
                "The content of “%(name)s” is not what its name says. Save it again in the program that made it, then hand in that file."
            ),
            field="file",
            name=name,
        )


def _is_foreign(head: bytes, name: str, family: str) -> bool:
    """Tell whether the package of signatures knows the content as a program or a page."""
    if family == "text":
        return False  # judged by _is_text; signatures of a few letters are found by chance in prose
    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        return False
    return found.startswith(
        ("text/html", "image/svg", "application/x-dosexec", "application/x-msdownload", "application/x-executable")
    )


def _is_text(path: Path, head: bytes) -> bool:
    if head.startswith(FOREIGN_STARTS) or ACTIVE_MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return False
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp950"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "\x00" not in text
    return b"\x00" not in data and all(map(_is_line, data.split(b"\n")))


def _is_line(line: bytes) -> bool:
    """Tell whether a line is text by itself: programs append to each other's logs in other encodings."""
    for encoding in ("utf-8", "cp950", "big5hkscs"):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_photo(path: Path, wanted: str, name: str) -> bool:
    try:
        with Image.open(path, formats=[wanted]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Refused(
                    N_("The picture “%(name)s” has more than 50 million points. Save it smaller, then hand it in."),
                    field="file",
                    name=name,
                )
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return False
    return True


def _is_office(path: Path, head: bytes, first: str, inner: str, name: str) -> bool:
    """Tell whether the file is an office document; what could be a bomb, holds programs or is locked is refused by name."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            _check_members(path, members, name)
            names = {member.filename for member in members}
            return first in names and any(entry.startswith(inner) for entry in names) and _is_whole(path, package)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        return False


def _is_whole(path: Path, package: zipfile.ZipFile) -> bool:
    """Tell whether the package fills the file from its first to its last byte."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    end = tail.rfind(ZIP_END)
    return end >= 0 and len(tail) - end == 22 + len(package.comment) and b"%PDF-" not in tail[end:]


def _check_members(path: Path, members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > MOST_MEMBERS
        or unpacked > MOST_UNPACKED
        or unpacked > MOST_RATIO * max(path.stat().st_size, 4096)
    ):
        raise Refused(
            N_("“%(name)s” unpacks to far more than a document needs and is not taken."), field="file", name=name
        )
    for member in members:
        if member.flag_bits & 0x1:
            raise Refused(
                N_("“%(name)s” is locked by a password. Hand in a copy without one."), field="file", name=name
            )
        if "vbaproject" in member.filename.lower() or EXECUTABLE_NAMES.search(member.filename):
            raise Refused(
                N_("“%(name)s” holds macros or programs. Hand in a copy without them."), field="file", name=name
            )
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or member.filename.startswith("/") or ".." in member.filename.replace("\\", "/").split("/"):
            raise Refused(
                N_("“%(name)s” is not a sound document. Save it again in its own program and hand in that file."),
                field="file",
                name=name,
            )
