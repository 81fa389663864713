"""`cloudsteps import` takes the steps of the pages, in the name of an office member."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import vendors
from tests.factories.imports import HEADER, as_csv
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.core.errors import NotAllowed, Refused
from tracker.imports.rules import Extent
from tracker.imports.terminal import Wanted, import_file
from tracker.vendors.models import Organisation

UBN = vendors.UBNS[1420]
ROWS = (
    HEADER,
    (UBN, "新創資訊有限公司", "軟體", "陳一", "one@new.example", "", ""),
    ("12345678", "錯號有限公司", "軟體", "", "", "", ""),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "vendors.csv"
    made.write_bytes(as_csv(ROWS))
    return made


def run(path: Path, email: str, extent: Extent = Extent.VALID, *, dry_run: bool = False) -> list[str]:
    session().commit()
    return list(import_file(Wanted("vendors", path, email, None, extent, dry_run)))


def test_a_dry_run_says_how_each_row_ends_and_changes_nothing(app: Flask, staff: User, path: Path) -> None:
    lines = run(path, staff.email, dry_run=True)

    assert lines[0].endswith("matched 0, new 1, waiting 0, refused 1.")
    assert lines[1].startswith("  row 3: refused: ")
    assert session().scalars(select(Organisation)).all() == []


def test_the_sound_rows_are_imported(app: Flask, staff: User, path: Path) -> None:
    lines = run(path, staff.email)

    assert lines[-1].startswith("Imported 1 rows.")
    assert session().scalars(select(Organisation.ubn)).all() == [UBN]


def test_all_or_none_is_refused_with_the_reason(app: Flask, staff: User, path: Path) -> None:
    with pytest.raises(Refused, match="1 are refused"):
        run(path, staff.email, Extent.ALL)


def test_whoever_may_not_import_is_refused(app: Flask, vendor_member: User, path: Path) -> None:
    with pytest.raises(NotAllowed):
        run(path, vendor_member.email)
    with pytest.raises(Refused, match="Nobody"):
        run(path, "nobody@people.example")


def test_the_command_ends_with_one_line_and_code_1_where_it_is_refused(path: Path, tmp_path: Path) -> None:
    settings = {"CLOUDSTEPS_DATA_DIR": str(tmp_path / "data"), "CLOUDSTEPS_SECRET_KEY": "x" * 32}
    command = [sys.executable, "-m", "tracker.cli"]
    subprocess.run([*command, "migrate"], env=os.environ | settings, check=True, capture_output=True)

    done = subprocess.run(
        [*command, "import", "vendors", str(path), "--as", "nobody@people.example"],
        env={key: value for key, value in os.environ.items() if key != "CLOUDSTEPS_DATABASE_URL"} | settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Nobody with the mail address" in done.stderr.splitlines()[-1]
