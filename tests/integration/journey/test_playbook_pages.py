"""Choosing, reading and previewing playbooks in the browser."""

import io
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import journey, people, playbooks, programmes, vendors
from tests.factories.journey import PLAYBOOKS, Case
from tests.support.pages import PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session
from tracker.journey import operations, queries
from tracker.journey.models import PlaybookVersion
from tracker.journey.playbook_links import TEMPLATE_IDS

SignIn = Callable[[User], PageClient]


@pytest.fixture
def book(case: Case, tmp_path: Path) -> PlaybookVersion:
    """Publish a chosen playbook for the step that the engagement is in."""
    more = "見 [規則](rule:counselling/journey.usual-days.assess)、[RTO](term:rto)、[範本](template:azure_saas)、[基本](01-subscription-case.{}.md#charging)。"
    path = playbooks.write(tmp_path, more=more.format("zh-Hant"))
    english = path.with_name(path.name.replace("zh-Hant", "en"))
    english.write_text(english.read_text(encoding="utf-8").replace("zh-Hant.md", "en.md"), encoding="utf-8")
    made = playbooks.published(tmp_path)[0]
    session().commit()
    return made


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Let the app read a folder of playbooks that the test may change."""
    place = tmp_path / "folder"
    shutil.copytree(PLAYBOOKS, place)
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"playbooks_dir": place})
    yield place
    app.config["SETTINGS"] = settings


def test_an_expert_chooses_a_playbook_on_the_engagements_page(
    case: Case, book: PlaybookVersion, sign_in: SignIn
) -> None:
    client = sign_in(case.expert_user)
    page = f"/engagements/{case.engagement.id}"
    assert "Sample playbook deep-dive" in client.get(f"{page}?lang=en").text

    client.post(f"{page}/playbooks/{book.id}/add", page=page)
    text = client.get(f"{page}?lang=en")
    assert "Sample playbook deep-dive" in text.texts("h3")
    assert "Drill again" in text.text

    client.post(f"{page}/playbooks/{book.id}/drop", page=page)
    assert "Drill again" not in client.get(f"{page}?lang=en").text
    assert "was taken off the step" in client.get(f"{page}?lang=en").text


def test_vendors_are_offered_nothing_to_choose(case: Case, book: PlaybookVersion, sign_in: SignIn) -> None:
    page = sign_in(case.vendor_user).get(f"/engagements/{case.engagement.id}?lang=en")

    assert "More playbooks for this step" not in page.text


def test_nothing_can_be_chosen_for_a_step_whose_gate_is_proposed(
    case: Case, book: PlaybookVersion, sign_in: SignIn
) -> None:
    case.complete()
    operations.propose_gate(case.step(), actor=case.expert)
    session().commit()

    page = sign_in(case.staff_user).get(f"/engagements/{case.engagement.id}?lang=en")

    assert "More playbooks for this step" not in page.text


def test_a_playbook_read_in_an_engagement_tells_how_far_its_items_have_come(
    case: Case, book: PlaybookVersion, sign_in: SignIn
) -> None:
    address = f"/engagements/{case.engagement.id}/playbooks/{book.id}/text?lang=en"
    client = sign_in(case.vendor_user)
    assert "does not follow this playbook" in client.get(address).text
    operations.add_playbook(case.engagement, "deep-dive", actor=case.expert)
    operations.mark_not_applicable(case.item("deep-dive.drill"), "沒有", actor=case.vendor)
    session().commit()

    page = client.get(address)

    assert f"/items/{case.item('deep-dive.drill').id}" in page.links
    assert "Said not to apply" in page.text
    assert "CloudSteps hands it in by itself: A drill" in page.text


def test_links_lead_to_rules_terms_templates_and_playbooks(case: Case, book: PlaybookVersion, sign_in: SignIn) -> None:
    basic = next(v for v in queries.pinned_versions(case.engagement) if v.playbook == "assess-subscription-case")
    year = case.engagement.programme_id
    client = sign_in(case.expert_user)

    outside = client.get(f"/playbooks/{book.id}?lang=en").links
    inside = client.get(f"/engagements/{case.engagement.id}/playbooks/{book.id}/text?lang=en").links

    for links in (outside, inside):
        assert f"/programmes/{year}#rule-journey.usual-days.assess" in links
        assert {"/help/glossary#term-rto", "/templates/azure_saas"} <= set(links)
    assert f"/playbooks/{basic.id}#charging" in outside
    assert f"/engagements/{case.engagement.id}/playbooks/{basic.id}/text#charging" in inside
    rules = client.get(f"/programmes/{year}")
    assert "rule-journey.usual-days.assess" in {element.get("id") for element in rules.tree.iter()}
    terms = client.get("/help/glossary")
    assert "term-rto" in {element.get("id") for element in terms.tree.iter()}


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_every_template_has_a_page(case: Case, sign_in: SignIn, language: str) -> None:
    client = sign_in(case.vendor_user)
    listed = client.get(f"/templates?lang={language}").links

    assert {f"/templates/{name}" for name in TEMPLATE_IDS} <= set(listed)
    for name in TEMPLATE_IDS:
        client.get(f"/templates/{name}?lang={language}")
    client.get("/templates/nothing", status=404)


def test_the_list_is_narrowed_by_step_use_audience_and_kind(case: Case, tmp_path: Path, sign_in: SignIn) -> None:
    playbooks.write(tmp_path, "hard", kinds='"hardware"', step="test")
    playbooks.published(tmp_path)
    session().commit()
    client = sign_in(case.staff_user)

    def titles(**asked: str) -> set[str]:
        address = "&".join(f"{name}={value}" for name, value in asked.items())
        return {text for text in client.get(f"/playbooks?lang=en&{address}").texts("a") if "hard" in text}

    assert titles() == titles(step="test") == titles(use="chosen", kind="hardware") == titles(audience="expert")
    assert titles() == {"Sample playbook hard"}
    assert titles(step="assess") == titles(use="always") == titles(kind="software") == titles(audience="staff") == set()
    assert titles(step="nonsense") == {"Sample playbook hard"}


def test_pages_of_playbooks_ask_few_questions_of_the_database(
    case: Case, book: PlaybookVersion, sign_in: SignIn, tmp_path: Path
) -> None:
    for number in range(10, 16):
        playbooks.write(tmp_path, f"more-{number}", number=str(number))
    playbooks.published(tmp_path)
    operations.add_playbooks(case.engagement, ["deep-dive", "more-10", "more-11"], actor=case.staff)
    session().commit()
    client = sign_in(case.staff_user)

    for address in (
        "/playbooks",
        f"/playbooks/{book.id}",
        f"/engagements/{case.engagement.id}",
        f"/engagements/{case.engagement.id}/playbooks/{book.id}/text",
        f"/playbooks/{book.id}/followers?item=deep-dive.drill",
        "/playbooks/previews",
    ):
        client.get(address)
        asked = counted(partial(client.get, address))
        assert asked <= 12, f"{address}: {asked}"


def change(folder: Path, *changes: tuple[str, str]) -> None:
    for language in ("zh-Hant", "en"):
        path = folder / f"steps/assess/01-subscription-case.{language}.md"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


ADDRESS = "/playbooks/previews/assess/01-subscription-case?lang=en"


def test_a_change_in_the_folder_is_previewed_with_whom_it_touches(case: Case, folder: Path, sign_in: SignIn) -> None:
    item = case.item(".cash-flow")
    journey.link(item, actor=case.vendor)
    operations.submit_item(item, actor=case.vendor)
    session().commit()
    client = sign_in(case.staff_user)
    assert "steps/assess/01-subscription-case" not in client.get("/playbooks/previews").text
    change(folder, ("完成 24 個月現金流量表", "完成 36 個月現金流量表"), ("version = 1\n", "version = 2\n"))

    assert "/playbooks/previews/assess/01-subscription-case" in client.get("/playbooks/previews").links
    page = client.get(ADDRESS)

    assert "No fault was found" in page.text
    assert "Changed 1" in page.texts("h2")
    assert f"/engagements/{case.engagement.id}?step=assess" in page.links
    assert "Waiting for verification" in page.text
    listed = next(link for link in page.links if "/followers?" in link)
    assert "Waiting for verification" in client.get(listed).text
    assert session().scalar(select(func.max(PlaybookVersion.number))) == 1


def test_a_preview_names_file_and_line_of_what_keeps_it_from_being_published(
    case: Case, folder: Path, sign_in: SignIn
) -> None:
    change(folder, ("days=10", "days=ten"), ("(#", "(#no-"))
    client = sign_in(case.staff_user)

    page = client.get(ADDRESS)

    assert any(text.startswith("steps/assess/01-subscription-case.zh-Hant.md:") for text in page.texts("code"))
    assert "is published with another text; give this one a higher version" in page.text


def test_staff_see_only_engagements_of_their_programme_year(case: Case, folder: Path, sign_in: SignIn) -> None:
    stranger = people.person(Role.STAFF)
    session().commit()
    change(folder, ("version = 1\n", "version = 2\n"))

    page = sign_in(stranger).get(ADDRESS)

    assert f"/engagements/{case.engagement.id}?step=assess" not in page.links


def uploads(root: Path, name: str = "deep-dive") -> dict[str, tuple[io.BytesIO, str]]:
    """Give both files of a playbook as a browser sends them."""
    found = {}
    for field, language in (("original", "zh-Hant"), ("translation", "en")):
        path = root / "steps" / "assess" / f"09-{name}.{language}.md"
        found[field] = (io.BytesIO(path.read_bytes()), path.name)
    return found


def test_two_uploaded_files_are_shown_and_not_stored(case: Case, tmp_path: Path, sign_in: SignIn) -> None:
    playbooks.write(tmp_path, more="[無](term:wombat)")
    versions = session().scalar(select(func.count()).select_from(PlaybookVersion))
    client = sign_in(case.staff_user)
    client.get("/playbooks/previews?lang=en")

    page = client.post("/playbooks/previews", uploads(tmp_path))

    assert page.heading == "Preview: Sample playbook deep-dive"
    assert "names no term of the glossary" in page.text
    assert "is not listed in known-items.toml" in page.text
    assert "no running engagement is touched" in page.text
    assert session().scalar(select(func.count()).select_from(PlaybookVersion)) == versions


@pytest.mark.parametrize(
    ("field", "sent", "words"),
    [
        ("translation", None, "這個檔案也要選"),
        ("translation", (b"x", "09-other.en.md"), "名稱不一致"),
        ("original", (b"x", "notes.txt"), "檔名要和資料夾裡的格式一樣"),
        ("original", ("評估".encode("big5"), "09-deep-dive.zh-Hant.md"), "UTF-8"),
        ("original", (b"x" * 300_001, "09-deep-dive.zh-Hant.md"), "檔案太大"),
    ],
)
def test_files_that_are_no_pair_are_refused(
    case: Case, tmp_path: Path, sign_in: SignIn, field: str, sent: tuple[bytes, str] | None, words: str
) -> None:
    playbooks.write(tmp_path)
    both = uploads(tmp_path)
    if sent is None:
        del both[field]
    else:
        both[field] = (io.BytesIO(sent[0]), sent[1])

    page = sign_in(case.staff_user).post("/playbooks/previews", both, status=422)

    assert words in page.text


def test_files_that_cannot_be_read_together_still_tell_their_faults(
    case: Case, tmp_path: Path, sign_in: SignIn
) -> None:
    path = playbooks.write(tmp_path)
    path.write_text("## 沒有開頭\n", encoding="utf-8")

    page = sign_in(case.staff_user).post("/playbooks/previews", uploads(tmp_path))

    assert any(text.endswith("09-deep-dive.zh-Hant.md:1") for text in page.texts("code"))


def test_followers_are_paged(case: Case, sign_in: SignIn) -> None:
    for number in range(3):
        journey.engagement(of=vendors.product(vendors.vendor(f"第 {number} 家示範有限公司")))
    people.join_programme(case.staff_user, programmes.programme())
    session().commit()
    first = queries.followers("assess-subscription-case", actor=case.staff, size=3)
    second = queries.followers("assess-subscription-case", actor=case.staff, size=3, after=first.after)

    assert [len(first.rows), len(second.rows)] == [3, 1]
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    assert queries.count_followers("assess-subscription-case", actor=case.staff) == 4


def test_engagements_past_the_step_are_not_touched(case: Case) -> None:
    journey.advance(case.engagement, doer=case.vendor, verifier=case.expert, proposer=case.expert, decider=case.staff)

    assert queries.count_followers("assess-subscription-case", actor=case.staff) == 0
    assert queries.count_followers("migrate-cut-over", actor=case.staff) == 1
