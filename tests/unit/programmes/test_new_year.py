"""A new programme year is a new folder of files and needs no code."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.support.vendor_facts import COUNSELLING
from tracker.core.errors import Refused
from tracker.programmes.kinds import PROGRAMMES, Origin
from tracker.programmes.new_year import copy_year, moved_on
from tracker.programmes.rulebook_file import check_rulebooks, load_rulebook, load_rulebooks
from tracker.programmes.rules import Answer, judge
from tracker.programmes.shelf import Shelf

SHIPPED = Path(__file__).parents[3] / "playbooks/programmes"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "111", tmp_path / "programmes/111")
    return tmp_path


def test_a_new_year_is_copied_whole_and_without_a_fault(root: Path) -> None:
    files = copy_year(root, 112, source=111)

    assert [file.stem for file in files] == sorted(PROGRAMMES)
    assert check_rulebooks(root) == []
    assert [path.name for path in (root / "programmes").iterdir() if path.suffix] == []


def test_a_new_year_binds_nobody_until_it_was_checked(root: Path) -> None:
    copy_year(root, 112, source=111)

    for book in load_rulebooks(root):
        if book.roc_year == 112:
            assert (book.sample, book.version) == (True, 1)
            assert Origin.SLIDES not in {source.origin for source in book.sources}
            assert "112 年度" in book.title.zh_hant
            assert "ROC 112" in book.title.en


def test_a_new_year_says_where_each_rule_was_taken_from(root: Path) -> None:
    copy_year(root, 112, source=111)
    rule = load_rulebook(root / "programmes/112/points.toml").rule("window.closes")

    assert rule.source.origin is Origin.OFFICE
    assert rule.source.section.zh_hant.startswith("沿用 111 年度：貳、雲端方案遴選")
    assert rule.source.section.en.startswith("From ROC 111: 2. Selection")


def test_days_move_on_and_everything_else_stays(root: Path) -> None:
    copy_year(root, 113, source=111)
    old, new = (load_rulebook(root / f"programmes/{year}/points.toml") for year in (111, 113))

    assert new.day("window.closes") == date(2024, 8, 20)
    assert (new.roc_year, new.day("period.begins")) == (113, date(2024, 1, 1))
    assert new.amount("demand.most-points") == old.amount("demand.most-points")
    assert new.questions == old.questions
    assert new.criteria == old.criteria


def test_a_leap_day_becomes_the_last_of_february() -> None:
    assert "value = 2025-02-28\n" in moved_on("value = 2024-02-29\n", 114, source=113)


def test_a_new_year_with_other_figures_is_judged_by_them_without_any_code(root: Path) -> None:
    copy_year(root, 112, source=111)
    file = root / "programmes/112/counselling.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("value = 100000", "value = 150000"), encoding="utf-8")
    before, after = (load_rulebook(root / f"programmes/{year}/counselling.toml") for year in (111, 112))

    assert judge(before, "poc.self-funding", COUNSELLING, on=date(2022, 6, 1)).answer is Answer.ELIGIBLE
    assert judge(after, "poc.self-funding", COUNSELLING, on=date(2023, 6, 1)).answer is Answer.NOT_ELIGIBLE


def test_a_new_year_is_found_by_the_running_app(root: Path) -> None:
    shelf = Shelf(root, {})
    assert shelf.find("points", 112) is None

    copy_year(root, 112, source=111)

    held = shelf.find("points", 112)
    assert held is not None
    assert held.rulebook is not None
    assert held.rulebook.roc_year == 112


def test_a_year_that_is_there_is_never_overwritten(root: Path) -> None:
    copy_year(root, 112, source=111)
    file = root / "programmes/112/points.toml"
    file.write_text("work of an evening", encoding="utf-8")

    with pytest.raises(Refused, match="exists already"):
        copy_year(root, 112, source=111)
    assert file.read_text(encoding="utf-8") == "work of an evening"


@pytest.mark.parametrize(("year", "source", "words"), [(112, 99, "no rulebooks"), (0, 111, "ROC year"), (2023, 111, "ROC year")])  # fmt: skip
def test_a_year_that_cannot_be_is_refused(root: Path, year: int, source: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        copy_year(root, year, source=source)


def test_a_copy_that_would_not_load_leaves_nothing_behind(root: Path) -> None:
    file = root / "programmes/111/points.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("value = 200000", "value = -1"), encoding="utf-8")

    with pytest.raises(Exception, match="zero or more"):
        copy_year(root, 112, source=111)
    assert [path.name for path in root.rglob("112")] == []
    assert [path.name for path in root.iterdir()] == ["programmes"]
