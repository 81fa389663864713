"""The page that shows what differs between two years of a programme."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.factories import programmes
from tests.support.pages import PageClient
from tests.support.queries import count_queries
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core.settings import Settings
from tracker.programmes import operations, shelf

SignIn = Callable[[User], PageClient]
SHIPPED = Settings().playbooks_dir


@pytest.fixture
def own_rulebooks(db_session: object, tmp_path: Path) -> Iterator[Path]:
    """Give a folder of rulebooks that a test may change."""
    shutil.copytree(SHIPPED / "programmes", tmp_path / "programmes")
    shelf.use(tmp_path)
    yield tmp_path / "programmes"
    shelf.use(SHIPPED)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(("language", "unchanged"), [("zh-Hant", "沒有變更的規則"), ("en", "Unchanged rules")])
def test_a_changed_value_is_shown_with_both_years(
    own_rulebooks: Path, vendor_member: User, sign_in: SignIn, language: str, unchanged: str
) -> None:
    change(own_rulebooks / "115/counselling.toml", "value = 100000", "value = 150000")
    year = programmes.programme()

    page = sign_in(vendor_member).get(f"/programmes/{year.id}/compare?lang={language}")

    assert "NT$100,000" in page.text
    assert "NT$150,000" in page.text
    assert unchanged in page.text


def test_added_and_removed_rules_are_listed(own_rulebooks: Path, staff: User, sign_in: SignIn) -> None:
    change(own_rulebooks / "115/counselling.toml", 'id = "camp.steps"', 'id = "camp.stair"')
    year = programmes.programme()

    page = sign_in(staff).get(f"/programmes/{year.id}/compare?lang=en")

    assert page.text.count("The programme holds the STEPS camp") == 2


def test_one_chooses_the_other_year(own_rulebooks: Path, staff: User, sign_in: SignIn) -> None:
    shutil.copytree(own_rulebooks / "111", own_rulebooks / "110")
    for file in (own_rulebooks / "110").iterdir():
        change(file, "roc_year = 111", "roc_year = 110")
    year = operations.open_programme("points", 111, actor=SYSTEM)
    client = sign_in(staff)

    page = client.get(f"/programmes/{year.id}/compare?lang=en&year=110")
    assert "Both years have the same rules and criteria." in page.text
    assert f"/programmes/{year.id}/compare?year=115" in page.links

    assert "ROC 115" in client.get(f"/programmes/{year.id}/compare?lang=en&year=115").text


def test_without_another_year_the_page_says_where_it_would_stand(
    own_rulebooks: Path, staff: User, sign_in: SignIn
) -> None:
    shutil.rmtree(own_rulebooks / "115")
    year = operations.open_programme("points", 111, actor=SYSTEM)

    assert "no other year" in sign_in(staff).get(f"/programmes/{year.id}/compare?lang=en").text


def test_a_rulebook_that_cannot_be_read_is_refused_in_a_sentence(
    own_rulebooks: Path, staff: User, sign_in: SignIn
) -> None:
    year = operations.open_programme("points", 111, actor=SYSTEM)
    (own_rulebooks / "111/points.toml").write_text("version = ", encoding="utf-8")

    page = sign_in(staff).get(f"/programmes/{year.id}/compare?lang=en", status=422)

    assert "cannot be read" in page.text


@pytest.mark.parametrize("code", ["thematic-rd", "points", "counselling"])
def test_rules_and_their_comparison_are_shown_in_few_queries(
    db_session: object, staff: User, sign_in: SignIn, code: str
) -> None:
    year = operations.open_programme(code, 111, actor=SYSTEM)
    client = sign_in(staff)

    for path in (f"/programmes/{year.id}", f"/programmes/{year.id}/compare"):
        with count_queries() as queries:
            client.get(path)
        assert len(queries) <= 12
