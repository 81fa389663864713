"""The house rules that a reader cannot see from one file: who commits, who asks for the time, what pages may hold."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRACKER = ROOT / "tracker"


def lines_with(pattern: str, files: str, *, but: str = "") -> list[str]:
    """Give the lines of the product that match, with the file they stand in."""
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(TRACKER)}: {line.strip()}"
        for path in sorted(TRACKER.rglob(files))
        if str(path.relative_to(TRACKER)) != but
        for line in path.read_text(encoding="utf-8").splitlines()
        if wanted.search(line)
    ]


def test_only_the_unit_of_work_commits() -> None:
    assert lines_with(r"\.commit\(\)", "*.py", but="core/db.py") == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    assert lines_with(r"datetime\.(now|today|utcnow)\(|date\.today\(", "*.py", but="core/clock.py") == []


def test_pages_hold_no_style_script_or_handler_of_their_own() -> None:
    assert lines_with(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", "*.html") == []
    assert lines_with(r"<script(?![^>]*nonce=)", "*.html") == []


def test_no_page_asks_another_site_for_anything() -> None:
    assert lines_with(r"(src|<link[^>]*href)=\"(https?:)?//", "*.html") == []


def test_nothing_is_left_to_do() -> None:
    assert lines_with(r"\b(TODO|FIXME|XXX|HACK)\b", "*.py") == []
    assert lines_with(r"\b(TODO|FIXME|XXX|HACK)\b", "*.html") == []


def test_every_exception_to_a_check_says_why() -> None:
    bare = r"#\s*noqa(?!:)|#\s*noqa:\s*[A-Z0-9, ]+$|#\s*type:\s*ignore(?!\[)|#\s*type:\s*ignore\[[^\]]+\]\s*$"

    assert lines_with(bare, "*.py") == []
