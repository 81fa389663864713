"""docs/vendored.md lists every file that others wrote, byte for byte."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "tracker" / "web" / "static"
ROW = re.compile(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


def read_list() -> dict[str, str]:
    """Read the listed files with their hashes."""
    return dict(ROW.findall((ROOT / "docs" / "vendored.md").read_text(encoding="utf-8")))


def test_every_vendored_file_is_listed_with_its_hash() -> None:
    files = [
        path
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path.name != "LICENSE"
    ]

    found = {path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert found == read_list()


def test_each_folder_of_vendored_files_holds_its_licence() -> None:
    assert all((STATIC / name).parent.joinpath("LICENSE").is_file() for name in read_list())
