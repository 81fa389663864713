"""Public pages: off until the vendor agrees, read word for word as it agreed, closed at once; found, described, counted."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import outreach, people, vendors
from tests.integration.outreach.conftest import Case, SignIn, fresh
from tests.support.pages import Page, PageClient
from tests.support.queries import counted
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused, StaleRecord
from tracker.core.search import SearchDocument
from tracker.core.submissions import Submission
from tracker.notifications.reminders import gather
from tracker.outreach import operations, queries
from tracker.outreach.models import Exposure, ReachCount, SolutionEdition
from tracker.outreach.rules import CURRENT_CONSENT, Ending, ExposureKind, ExposureState, Industry, ReachKind
from tracker.vendors import operations as vendor_operations
from tracker.vendors.models import Organisation, Product
from tracker.vendors.operations import ProductDetails
from tracker.vendors.rules import ChargingModel, VendorKind

TEXTS = {"industry": "retail", "tagline_zh": "門市訂單一次看完", "summary_zh": "把各門市的**訂單**集中在雲端。"}


def editions() -> list[SolutionEdition]:
    fresh()
    return list(session().scalars(select(SolutionEdition).order_by(SolutionEdition.number)))


def public(case: Case) -> str:
    edition = outreach.public_page(case.product, actor=case.own)
    session().commit()
    return f"/yellow-pages/{edition.page_id}"


def data_of(page: Page) -> dict[str, object]:
    (script,) = [one for one in page.all("script") if one.get("type") == "application/ld+json"]
    assert script.get("nonce")
    found = json.loads("".join(script.itertext()))
    assert isinstance(found, dict)
    return found


def links_of(page: Page, relation: str) -> list[tuple[str | None, str | None]]:
    return [(one.get("hreflang"), one.get("href")) for one in page.all("link") if one.get("rel") == relation]


def meta_of(page: Page) -> dict[str | None, str | None]:
    return {one.get("property") or one.get("name"): one.get("content") for one in page.all("meta")}


def test_a_page_is_public_from_the_vendors_agreement_to_its_withdrawal(
    case: Case, sign_in: SignIn, client: PageClient
) -> None:
    staff, member = sign_in(case.staff), sign_in(case.member)
    own = f"/vendors/products/{case.product.id}/solution-page"
    staff.post(f"{own}/edit", TEXTS)
    page_id = queries.find_page(case.product.id).id  # type: ignore[union-attr]  # it was just written
    address = f"/yellow-pages/{page_id}"
    client.get(address, status=404)

    staff.post(f"{own}/ask", page=own)
    assert "同意「門市訂單雲」的公開頁面" in member.get("/").text
    owed = gather(clock.today())[case.member.id]
    assert own in [one.path for one in owed]
    client.get(address, status=404)
    staff.send(f"{own}/agree", {"csrf_token": staff.get("/account").fields()["csrf_token"]}, status=403)

    shown = member.get(own)
    assert "業者同意將本頁公開於網際網路" in shown.text
    member.post(f"{own}/agree", page=own)
    (edition,) = editions()
    assert (edition.agreed_by_id, edition.consent, edition.live_page_id) == (case.member.id, CURRENT_CONSENT, page_id)
    read = client.get(address)
    assert read.heading == "門市訂單雲"
    assert "<strong>訂單</strong>" in read.text
    assert "門市訂單雲" in client.get("/yellow-pages").text
    assert "同意「門市訂單雲」的公開頁面" not in member.get("/").text

    member.post(f"{own}/close", page=own)
    client.get(address, status=404)
    assert "門市訂單雲" not in client.get("/yellow-pages").text
    assert address not in client.fetch("/sitemap.xml").get_data(as_text=True)
    (ended,) = editions()
    assert (ended.ending, ended.ended_by_id, ended.live_page_id) == (Ending.WITHDRAWN, case.member.id, None)
    assert session().scalars(select(SearchDocument).where(SearchDocument.kind == "solution")).all() == []


def test_the_public_goes_on_reading_what_the_vendor_agreed_to(case: Case, sign_in: SignIn, client: PageClient) -> None:
    address, own = public(case), f"/vendors/products/{case.product.id}/solution-page"

    sign_in(case.staff).post(f"{own}/edit", {"tagline_zh": "沒有同意過的標語"})
    assert "沒有同意過的標語" not in client.get(address).text
    assert "公開中，修改待同意" in sign_in(case.staff).get(own).text
    sign_in(case.member).post(f"{own}/agree", page=own)

    assert "沒有同意過的標語" in client.get(address).text
    assert [(one.number, one.ending) for one in editions()] == [(1, Ending.REPLACED), (2, None)]


def test_nobody_agrees_to_a_page_that_has_changed_since_it_was_shown(case: Case) -> None:
    page = outreach.page(case.product)
    seen = page.version
    outreach.page(case.product, tagline_zh="改過的標語")
    session().flush()

    with pytest.raises(StaleRecord):
        operations.agree_to_page(page, seen, address="http://localhost/x", actor=case.own)


def test_the_office_can_take_a_page_off_and_nothing_is_closed_twice(case: Case, sign_in: SignIn) -> None:
    public(case)
    own = f"/vendors/products/{case.product.id}/solution-page"

    sign_in(case.staff).post(f"{own}/close", page=own)
    page = queries.find_page(case.product.id)

    assert [one.ending for one in editions()] == [Ending.TAKEN_OFF]
    assert page is not None
    with pytest.raises(Refused, match="not public"):
        operations.close_page(page, Ending.WITHDRAWN, actor=case.own)


def test_agreeing_is_noted_as_an_entry_in_the_yellow_pages_once(case: Case) -> None:
    public(case)
    outreach.page(case.product, tagline_zh="第二版")
    outreach.agree(case.product, actor=case.own)
    session().commit()

    (entry,) = session().scalars(select(Exposure)).all()
    assert (entry.kind, entry.state, entry.product_id) == (ExposureKind.YELLOW_PAGE, ExposureState.OUT, case.product.id)
    (proof,) = queries.get_exposure(entry.id, actor=case.office).proofs
    assert (proof.evidence.url or "").startswith("http://localhost/yellow-pages/")


def test_a_product_with_a_public_page_stays_on_the_record(case: Case) -> None:
    public(case)
    with pytest.raises(Refused, match="public page"), unit_of_work():
        vendor_operations.remove_product(case.product, actor=case.office)


def test_a_vendor_without_an_account_cannot_be_asked(case: Case) -> None:
    other = vendors.product(vendors.vendor("無帳號示範"), "無帳號產品")
    page = outreach.page(other)

    with pytest.raises(Refused, match="Invite a member"):
        operations.ask_for_agreement(page, actor=case.office)


def test_there_is_nothing_to_ask_for_what_was_agreed_to(case: Case) -> None:
    public(case)
    page = queries.find_page(case.product.id)
    assert page is not None

    with pytest.raises(Refused, match="nothing to ask"):
        operations.ask_for_agreement(page, actor=case.office)


def test_machines_read_who_offers_what_in_both_languages(case: Case, client: PageClient) -> None:
    address = public(case)

    chinese, english = client.get(f"{address}?lang=zh-Hant"), client.get(f"{address}?lang=en")

    assert english.heading == "Shop Orders"
    base = f"http://localhost{address}"
    assert links_of(english, "canonical") == [(None, f"{base}?lang=en")]
    assert set(links_of(chinese, "alternate")) == {
        ("zh-Hant", f"{base}?lang=zh-Hant"),
        ("en", f"{base}?lang=en"),
        ("x-default", base),
    }
    said = meta_of(english)
    assert said["og:title"] == "Shop Orders"
    assert said["og:description"] == said["description"] == "All shop orders in one place"
    assert (said["og:url"], said["og:locale"]) == (f"{base}?lang=en", "en_US")
    data = data_of(chinese)
    assert (data["@type"], data["name"], data["inLanguage"]) == ("SoftwareApplication", "門市訂單雲", "zh-Hant")
    assert data["provider"] == {
        "@type": "Organization",
        "name": "雲端示範股份有限公司",
        "email": "sales@vendor.example",
    }


def test_what_a_vendor_writes_ends_no_script_and_no_attribute(case: Case, client: PageClient) -> None:
    hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    edition = outreach.public_page(case.product, actor=case.own, tagline_zh=hostile, summary_zh=hostile)
    session().commit()

    page = client.get(f"/yellow-pages/{edition.page_id}")

    assert data_of(page)["description"] == hostile
    assert meta_of(page)["og:description"] == hostile
    assert page.all("img") == []
    assert "<script>alert" not in page.text


def test_only_the_directory_is_for_search_engines(case: Case, client: PageClient) -> None:
    address = public(case)

    robots = client.fetch("/robots.txt").get_data(as_text=True).splitlines()
    tree = fromstring(client.fetch("/sitemap.xml").get_data(as_text=True))  # noqa: S314 - our own answer

    assert robots == [
        "User-agent: *",
        "Allow: /yellow-pages",
        "Allow: /static/",
        "Disallow: /",
        "Sitemap: http://localhost/sitemap.xml",
    ]
    listed = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert f"http://localhost{address}?lang=en" in listed
    assert len(listed) == 4


def many(amount: int) -> None:
    """Open pages of several vendors to the public."""
    for number in range(amount):
        kind = list(VendorKind)[number % 3]
        made = vendors.product(
            vendors.vendor(f"示範業者{number}", kind=kind),
            f"方案{number:02}",
            charging_model=list(ChargingModel)[number % 3],
        )
        outreach.public_page(made, actor=SYSTEM, industry=list(Industry)[number % 2], tagline_zh=f"標語{number:02}")
    session().commit()


def test_the_directory_is_found_by_words_industry_kind_and_charging(case: Case, client: PageClient) -> None:
    public(case)
    many(3)

    def listed(query: str) -> set[str]:
        text = client.get(f"/yellow-pages?{query}").text
        return {name for name in ("門市訂單雲", "方案00", "方案01", "方案02") if name in text}

    everything = {"門市訂單雲", "方案00", "方案01", "方案02"}
    assert listed("") == listed("industry=x&kind=y&charging=z&after=spoilt") == everything
    assert listed("q=雲") == everything
    assert listed("q=訂單雲") == {"門市訂單雲"}
    assert listed("q=shop") >= {"門市訂單雲"}
    assert listed("q=標語01") == {"方案01"}
    assert listed("industry=manufacturing") == {"方案00", "方案02"}
    assert listed("kind=customer") == {"方案01"}
    assert listed("charging=subscription") == {"方案02"}
    assert listed("q=標語&industry=retail&charging=licence") == {"方案01"}
    assert listed("q=。、") == set()
    assert meta_of(client.get("/yellow-pages?q=雲"))["robots"] == "noindex, follow"
    assert "robots" not in meta_of(client.get("/yellow-pages"))


def test_the_directory_has_pages_and_asks_the_same_whatever_it_holds(case: Case, client: PageClient) -> None:
    many(3)
    few = counted(lambda: client.get("/yellow-pages?q=方案"))
    many(27)

    first = client.get("/yellow-pages?sort=name")
    second = client.get(next(link for link in first.links if "after=" in link))

    assert counted(lambda: client.get("/yellow-pages?q=方案")) == few <= 12
    assert [sum("/yellow-pages/" in link for link in page.links) for page in (first, second)] == [24, 6]
    assert data_of(first)["numberOfItems"] == 24


def reach() -> dict[ReachKind, int]:
    fresh()
    return {row.kind: row.count for row in session().scalars(select(ReachCount))}


def test_readings_are_counted_once_and_nothing_of_the_reader_is_kept(case: Case, client: PageClient) -> None:
    address = public(case)
    page = client.get(address)
    assert reach() == {}
    forms = {form.get("data-reach"): form for form in page.all("form") if form.get("data-reach")}
    assert set(forms) == {"read", "website", "contact"}
    filled = page.fields(f"{address}/reach")

    client.send(f"{address}/reach", filled)
    client.send(f"{address}/reach", filled)
    client.send(f"{address}/reach", {**client.get(address).fields(f"{address}/reach"), "kind": "website"})

    assert reach() == {ReachKind.READ: 1, ReachKind.WEBSITE: 1}
    assert {column.name for column in ReachCount.__table__.columns} == {"id", "page_id", "day", "kind", "count"}
    assert all(key.startswith("anonymous:") for key in session().scalars(select(Submission.key)))


def test_people_who_have_signed_in_are_no_visitors(case: Case, sign_in: SignIn, client: PageClient) -> None:
    address = public(case)
    staff = sign_in(case.staff)
    assert [form for form in staff.get(address).all("form") if form.get("data-reach")] == []

    staff.send(f"{address}/reach", {"csrf_token": staff.get("/account").fields()["csrf_token"], "kind": "read"})
    client.send(f"{address}/reach", {**client.get(address).fields(f"{address}/reach"), "kind": "nonsense"}, status=422)

    assert reach() == {}


def test_a_page_that_was_withdrawn_counts_nothing_more(case: Case, sign_in: SignIn, client: PageClient) -> None:
    address, own = public(case), f"/vendors/products/{case.product.id}/solution-page"
    filled = client.get(address).fields(f"{address}/reach")
    sign_in(case.member).post(f"{own}/close", page=own)

    client.send(f"{address}/reach", filled, status=404)

    assert reach() == {}


def test_many_readings_at_once_are_all_counted(app: Flask, case: Case) -> None:
    public(case)
    (edition,) = editions()
    page_id = edition.page_id
    session().rollback()

    def read_once(_number: int) -> None:
        with app.app_context(), unit_of_work():
            operations.count_reach(page_id, ReachKind.READ)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read_once, range(24)))

    assert reach() == {ReachKind.READ: 24}


def test_the_vendor_sees_how_often_its_page_was_read(case: Case, sign_in: SignIn) -> None:
    public(case)
    (edition,) = editions()
    today = clock.today()
    for back, number in ((0, 4), (40, 7)):
        day = today - timedelta(days=back)
        session().add(ReachCount(page_id=edition.page_id, day=day, kind=ReachKind.READ, count=number))
    session().commit()

    page = sign_in(case.member).get(f"/vendors/products/{case.product.id}/solution-page")

    assert "11" in page.texts("span")
    assert page.texts("caption")[0].startswith("最近 30 天的瀏覽次數")
    assert "4" in page.texts("td")
    assert "7" not in page.texts("td")


def test_members_of_other_vendors_and_experts_neither_write_nor_agree(case: Case, sign_in: SignIn) -> None:
    outreach.page(case.product)
    stranger = people.person(Role.VENDOR)
    people.join_organisation(stranger, vendors.vendor("別家示範"))
    session().commit()
    own = f"/vendors/products/{case.product.id}/solution-page"

    sign_in(stranger).get(own, status=404)
    sign_in(case.expert).get(own, status=404)

    assert session().scalar(select(func.count()).select_from(SolutionEdition)) == 0


def test_a_removed_product_has_no_page(case: Case, sign_in: SignIn) -> None:
    vendor_operations.remove_product(case.product, actor=case.office)
    session().commit()

    sign_in(case.staff).get(f"/vendors/products/{case.product.id}/solution-page", status=404)


def test_the_name_that_was_agreed_to_stays_until_the_vendor_agrees_to_the_new_one(
    case: Case, client: PageClient
) -> None:
    address = public(case)
    product = session().get_one(Product, case.product.id)
    details = ProductDetails("新名稱", ChargingModel.SUBSCRIPTION, version=product.version)
    vendor_operations.change_product(product, details, actor=case.own)
    session().commit()

    assert client.get(address).heading == "門市訂單雲"
    assert session().get_one(Organisation, case.vendor.id).name_zh in client.get(address).text
