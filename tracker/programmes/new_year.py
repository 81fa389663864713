"""A new programme year: the files of another year copied, moved on, and marked as not binding until the office has checked them."""

import re
import shutil
import tempfile
from datetime import date
from pathlib import Path

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.programmes.rulebook_file import load_rulebooks

FIRST_YEAR, LAST_YEAR = 1, 189
"""民國1年 (1912) to 民國189年 (2100), as for every date of the product."""


def copy_year(root: Path, year: int, *, source: int) -> list[Path]:
    """Write the rulebooks of a new ROC year after those of another, all or none, and give their files.

    Days are moved on by as many years. What the slides of the old year say becomes a setting of the office that names where
    it was taken from. The files count as samples, which bind nobody, until the office has checked them and removes `sample`.
    """
    old, new = root / "programmes" / str(source), root / "programmes" / str(year)
    _refuse_unless_possible(old, new, year)
    with tempfile.TemporaryDirectory(dir=root) as folder:
        drafts = Path(folder, "programmes", str(year))
        drafts.mkdir(parents=True)
        for path in sorted(old.glob("*.toml")):
            text = path.read_text(encoding="utf-8")
            (drafts / path.name).write_text(moved_on(text, year, source=source), encoding="utf-8")
        load_rulebooks(Path(folder))
        shutil.move(drafts, new)
    return sorted(new.glob("*.toml"))


def _refuse_unless_possible(old: Path, new: Path, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            N_("“%(year)s” is not an ROC year. Write it like 112, from %(first)s to %(last)s."),
            year=year,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    if not any(old.glob("*.toml")):
        raise Refused(N_("There are no rulebooks in %(folder)s. Name a year that has some."), folder=old)
    if new.exists():
        raise Refused(N_("%(folder)s exists already. Nothing was written; change the files there."), folder=new)


_OPENING = re.compile(r"\A(?:#.*\n)*\n*")
_SOURCE = re.compile(
    r'^origin = "(?:slides|sample)"\n(?P<programme>programme = .*\n)section = \{ zh-Hant = "(?P<zh>.*)", en = "(?P<en>.*)" \}$',
    re.MULTILINE,
)
_DAY = re.compile(r"^value = (?P<day>\d{4}-\d{2}-\d{2})$", re.MULTILINE)
NOTE = """\
# 由 {source} 年度複製而來，日期已順移。請逐條核對今年的公告，改好之後刪除下方的 sample。
# Copied from ROC {source}, its days moved on. Check every rule against this year's announcement, then remove `sample` below.

"""


def moved_on(text: str, year: int, *, source: int) -> str:
    """Write the text of a rulebook for another year; comments and order stay, except for the opening comment."""
    text = NOTE.format(source=source) + _OPENING.sub("", text, count=1)
    text = re.sub(r"^sample = .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^roc_year = .*$", f"roc_year = {year}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^version = .*$", "version = 1\nsample = true", text, count=1, flags=re.MULTILINE)
    text = text.replace(f"{source} 年度）", f"{year} 年度）").replace(f"(ROC {source})", f"(ROC {year})")
    text = _SOURCE.sub(lambda found: _taken_from(found, source), text)
    return _DAY.sub(lambda found: f"value = {_years_later(date.fromisoformat(found['day']), year - source)}", text)


def _taken_from(found: re.Match[str], source: int) -> str:
    place = f'zh-Hant = "沿用 {source} 年度：{found["zh"]}", en = "From ROC {source}: {found["en"]}"'
    return f'origin = "office"\n{found["programme"]}section = {{ {place} }}'


def _years_later(day: date, years: int) -> date:
    """Give the same day of a later year, and 28 February for a day that only leap years have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
