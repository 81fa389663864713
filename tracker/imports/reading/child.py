"""The child process that reads one file: bounded in memory, processor time and output, it knows no database and no settings.

`python -m tracker.imports.reading.child PATH OPTIONS` writes one JSON document; a file that cannot be read is part of the answer.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.imports.reading import text_file, workbook
from tracker.imports.reading.grid import MOST_BYTES, Grid
from tracker.imports.rules import Encoding

MEMORY = 512 * 1024 * 1024
SECONDS = 20
ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


def main(path: str, options: str) -> None:
    """Read the file and write what was found, or why it is not read."""
    limit()
    json.dump(answer(Path(path), json.loads(options)), sys.stdout, ensure_ascii=True)


def limit() -> None:
    """Let the kernel end this process where it takes too much; it writes no file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    """Give the grid, or the refusal as a message."""
    try:
        return {"grid": read(path, options).as_plain()}
    except Refused as error:
        return {"refused": [error.message.msgid, dict(error.message.params)]}
    except (MemoryError, RecursionError):
        return {
            "refused": [
                N_(
                    "This file needs more memory than a table does, and is not read. Copy the table alone into a new file."
                ),
                {},
            ]
        }


def read(path: Path, options: dict[str, Any]) -> Grid:
    """Read a file by what it is, whatever its name."""
    if path.stat().st_size > MOST_BYTES:
        raise Refused(
            N_("The file is larger than %(most)s MB. Split it, and import one part after the other."),
            most=MOST_BYTES // 1024**2,
        )
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Refused(N_("The file is empty. Choose it again."))
    if head.startswith(OLE):
        raise Refused(
            N_(
                "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, and hand in that."
            )
        )
    if head.startswith(PDF):
        raise Refused(N_("This is a PDF. Hand in the table itself, as .xlsx or .csv."))
    if head.startswith(ZIP):
        return workbook.read(path, options.get("sheet"))
    encoding = options.get("encoding")
    return text_file.read(path.read_bytes(), Encoding(encoding) if encoding else None)


if __name__ == "__main__":
    main(*sys.argv[1:3])
