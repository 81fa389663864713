"""Which files are taken as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

MEGABYTE = 1024 * 1024
LONGEST_NAME = 150
LONGEST_URL = 500
TAKEN = "PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, JPG, PNG, WEBP, CSV, JSON, TXT, MD"


class ScanState(Labelled):
    """What the malware scanner said of a file."""

    WAITING = "waiting", N_("Being checked for malware"), "progress"
    CLEAN = "clean", N_("Checked for malware"), "done"
    INFECTED = "infected", N_("Malware found"), "danger"


def check_opening(scan: ScanState | None, name: str) -> None:
    """Refuse to give out a file that was not found clean; where there was no scanner, nothing is asked."""
    if scan is ScanState.WAITING:
        raise Refused(N_("“%(name)s” is still being checked for malware. Try again in a minute."), name=name)
    if scan is ScanState.INFECTED:
        raise Refused(N_("Malware was found in “%(name)s”, so nobody can open it. Hand in a clean copy."), name=name)


@dataclass(frozen=True)
class FileType:
    """A kind of file by its extension: the type it is served with, and the family whose check its content must pass."""

    media_type: str
    family: str


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

TYPES: Mapping[str, FileType] = MappingProxyType(
    {
        "pdf": FileType("application/pdf", "pdf"),
        "docx": FileType(f"{_OOXML}.wordprocessingml.document", "ooxml:word/"),
        "xlsx": FileType(f"{_OOXML}.spreadsheetml.sheet", "ooxml:xl/"),
        "pptx": FileType(f"{_OOXML}.presentationml.presentation", "ooxml:ppt/"),
        "odt": FileType(f"{_ODF}.text", "odf"),
        "ods": FileType(f"{_ODF}.spreadsheet", "odf"),
        "odp": FileType(f"{_ODF}.presentation", "odf"),
        "jpg": FileType("image/jpeg", "photo:JPEG"),
        "jpeg": FileType("image/jpeg", "photo:JPEG"),
        "png": FileType("image/png", "photo:PNG"),
        "webp": FileType("image/webp", "photo:WEBP"),
        "csv": FileType("text/csv", "text"),
        "txt": FileType("text/plain", "text"),
        "json": FileType("application/json", "text"),
        "md": FileType("text/markdown", "text"),
    }
)


def clean_name(name: str) -> str:
    """Give the file's own name as it is shown: no folders, no control characters, not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = " ".join("".join(c if c.isprintable() else " " for c in last).split())
    stem, dot, extension = shown.rpartition(".")
    if not dot:
        return shown[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def type_of(name: str) -> FileType:
    """Give the kind of a file by its name; refuse what is not taken."""
    extension = name.rpartition(".")[2].lower() if "." in name.strip(".") else ""
    try:
        return TYPES[extension]
    except KeyError:
        raise Refused(
            N_("“%(name)s” is not a kind of file that is taken. Hand in one of: %(kinds)s."),
            field="file",
            name=name,
            kinds=TAKEN,
        ) from None


def check_url(url: str) -> str:
    """Give the address of a page as it is kept; refuse anything but a full http or https address."""
    wanted = url.strip()
    parts = urlsplit(wanted) if wanted.isprintable() and len(wanted) <= LONGEST_URL and " " not in wanted else None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise Refused(
            N_(
                "This is not a full web address. Write it from https:// on, without a password, at most 500 characters."
            ),
            field="url",
        )
    return wanted
