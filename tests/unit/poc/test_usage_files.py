"""Usage logs are read by a child process: encodings, calendars, columns, and files that are none."""

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.errors import Refused
from tracker.poc import usage_child
from tracker.poc.rules.trials import LogFormat
from tracker.poc.usage_child import Unreadable, day_of, decode
from tracker.poc.usage_columns import guess
from tracker.poc.usage_files import format_of, read_log

HEAD = "日期,使用者,次數\n"


def read(folder: Path, content: bytes, kind: LogFormat, mapping: dict[str, int] | None = None) -> dict[str, Any]:
    """Read a log as the pages do."""
    path = folder / "log"
    path.write_bytes(content)
    return read_log(path, kind, "log", mapping)


def test_lines_of_several_encodings_are_each_read_in_their_own(tmp_path: Path) -> None:
    content = (
        b"\xef\xbb\xbf"
        + (HEAD + "2026-03-02,王小明,2\n").encode()
        + "115/3/3,許功蓋,1\r\n".encode("cp950")
        + "民國115年3月4日,堃喆,1\n".encode("big5hkscs")
    )

    found = read(tmp_path, content, LogFormat.CSV, {"day": 0, "user": 1, "events": 2})

    assert found["encodings"] == {"UTF-8": 2, "Big5 (CP950)": 1, "Big5-HKSCS": 1, "ASCII": 1}
    assert [row[1] for row in found["sample"]] == ["王小明", "許功蓋", "堃喆"]
    assert found["days"] == [["2026-03-02", 1, 2], ["2026-03-03", 1, 1], ["2026-03-04", 1, 1]]
    assert found["undecoded_rows"] == 0


def test_a_line_that_fits_no_encoding_is_told_and_never_guessed(tmp_path: Path) -> None:
    content = (HEAD + "2026-03-02,a,1\n").encode() + b"2026-03-03,\xff\xff\xff,1\n"

    found = read(tmp_path, content, LogFormat.CSV, {"day": 0, "user": 1})

    assert (found["undecoded"], found["undecoded_rows"], found["taken"]) == ([3], 1, 1)
    assert "\ufffd" not in json.dumps(found, ensure_ascii=False)


def test_a_workbook_is_read_with_its_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["日期", "使用人數"],
        [date(2026, 3, 2), 4],
        ["115/3/3", "３"],
        [datetime.fromisoformat("2026-03-04T23:50"), 2],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)

    found = read(tmp_path, out.getvalue(), LogFormat.XLSX, {"day": 0, "users": 1})

    assert found["guess"] == {"day": 0, "users": 1}
    assert found["days"] == [["2026-03-02", 4, 1], ["2026-03-03", 3, 1], ["2026-03-04", 2, 1]]


@pytest.mark.parametrize(
    "text",
    [
        '[{"day": "2026-03-02", "user": "a"}, {"day": "2026-03-02", "user": "b"}]',
        '{"rows": [{"day": "2026-03-02", "user": "a"}, {"day": "2026-03-02", "user": "b"}]}',
        '{"day": "2026-03-02", "user": "a"}\n{"day": "2026-03-02", "user": "b"}\n',
    ],
)
def test_json_is_read_in_the_shapes_that_programs_write(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text.encode(), LogFormat.JSON, {"day": 0, "user": 1})

    assert found["days"] == [["2026-03-02", 2, 2]]


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b"", LogFormat.CSV, "no rows"),
        (b"a,b\n", LogFormat.CSV, "no rows"),
        (b"a,b\n1,\x00\n", LogFormat.CSV, "as a table"),
        (b"\xff\xfea", LogFormat.CSV, "damaged"),
        (b"x" * 1_000_001, LogFormat.CSV, "a million signs"),
        (b"PK\x03\x04nonsense", LogFormat.XLSX, "as a table"),
        (b"[1, 2]", LogFormat.JSON, "as a table"),
        (b"[" * 100_000, LogFormat.JSON, "as a table"),
        (b"a,b\n" + b"1,2\n" * 300_001, LogFormat.CSV, "300,000 rows"),
    ],
)
def test_what_is_no_log_is_refused_in_a_sentence(tmp_path: Path, content: bytes, kind: LogFormat, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read(tmp_path, content, kind)


def test_a_workbook_that_unpacks_to_gigabytes_is_stopped(tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415 - only here

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", b" " * 50_000_000)

    with pytest.raises(Refused):
        read(tmp_path, out.getvalue(), LogFormat.XLSX)


@pytest.mark.parametrize("name", ["log.exe", "log", "log.xls"])
def test_another_kind_of_file_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="CSV, XLSX or JSON"):
        format_of(name)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("115/3/2 上午 9:00", date(2026, 3, 2)),
        ("民國115年3月2日", date(2026, 3, 2)),
        ("2026-03-02T16:30:00Z", date(2026, 3, 3)),
        ("2026-03-02T23:30:00+08:00", date(2026, 3, 2)),
        ("2026-03-02 23:30:00", date(2026, 3, 2)),
        (1_772_468_999, date(2026, 3, 3)),
        ("1772468999000", date(2026, 3, 3)),
    ],
)
def test_a_moment_is_a_day_in_taipei(value: object, day: date) -> None:
    assert day_of(value) == day


@pytest.mark.parametrize("value", [None, True, "", "昨天", "2026-13-01", "0"])
def test_what_is_no_day_is_said_to_be_none(value: object) -> None:
    with pytest.raises((ValueError, Refused)):
        day_of(value)


def test_columns_are_guessed_by_their_names() -> None:
    assert guess(["登入時間", "帳號", "操作次數"]) == {"day": 0, "user": 1, "events": 2}
    assert guess(["Date", "Active users"]) == {"day": 0, "users": 1}
    assert guess(["a", "b"]) == {}


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=20), max_size=20))
def test_text_in_utf8_comes_back_sign_by_sign(lines: list[str]) -> None:
    decoded, _encodings, bad = decode("\n".join(lines).encode())

    assert not bad
    expected = [line.removeprefix("\ufeff") for line in lines] or [""]
    assert [line.removeprefix("\ufeff") for line in decoded] == expected


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        lines, encodings, bad = decode(data)
        rows = list(usage_child.read_csv(lines, bad))
    except Unreadable:
        return
    assert sum(encodings.values()) + len(bad) >= len(lines) - 1
    assert len(rows) <= len(lines)
