"""The list of vendors: filters, orders, pages, the file; and how many queries its pages take."""

import csv
import io
from collections.abc import Callable

import pytest

from tests.factories import journey, people, programmes, vendors
from tests.support.pages import Page, PageClient
from tests.support.queries import count_queries
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.vendors import vendor_list
from tracker.vendors.models import Contact, Organisation, Product
from tracker.vendors.rules import ChargingModel, Gap, VendorKind
from tracker.vendors.vendor_list import VendorFilter

SignIn = Callable[[User], PageClient]
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(2)>"


def names(page: Page) -> list[str]:
    """Give the vendors that a page lists."""
    return [text for text in page.texts("th") if "示範" in text]


def file_of(client: PageClient, path: str = "/vendors.csv") -> list[list[str]]:
    """Read the file as a spreadsheet would."""
    return list(csv.reader(io.StringIO(client.get(path, buffered=True).text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=雲", ["乙雲端示範", "甲雲端示範"]),
        ("q=雲端", ["乙雲端示範", "甲雲端示範"]),
        ("q=雲端示範&sort=name", ["乙雲端示範", "甲雲端示範"]),
        ("q=硬體&kind=hardware", ["丙硬體示範"]),
        ("q=雲端&kind=hardware", []),
        ("charging=subscription", ["乙雲端示範"]),
        ("gap=contact", ["丙硬體示範"]),
        ("gap=capital", ["丙硬體示範", "乙雲端示範"]),
        ("kind=nothing&sort=nonsense", ["丙硬體示範", "乙雲端示範", "甲雲端示範"]),
        ("sort=-name", ["甲雲端示範", "乙雲端示範", "丙硬體示範"]),
        ("sort=added", ["甲雲端示範", "乙雲端示範", "丙硬體示範"]),
        ("q=。、", []),
        ("after=spoilt&before=spoilt", ["丙硬體示範", "乙雲端示範", "甲雲端示範"]),
        ("programme=99999999999999999999", []),
    ],
)
def test_filters_and_orders_stand_in_the_address(query: str, expected: list[str], staff: User, sign_in: SignIn) -> None:
    first = vendors.vendor("甲雲端示範", capital=5)
    vendors.contact(first)
    vendors.product(first, charging_model=ChargingModel.LICENCE)
    second = vendors.vendor("乙雲端示範")
    vendors.contact(second)
    vendors.product(second, charging_model=ChargingModel.SUBSCRIPTION)
    vendors.vendor("丙硬體示範", kind=VendorKind.HARDWARE)

    page = sign_in(staff).get(f"/vendors?{query}")

    assert names(page) == expected
    in_file = {line[1] for line in file_of(sign_in(staff), f"/vendors.csv?{query}")[1:]}
    assert in_file == set(expected)


def test_a_ubn_or_its_beginning_finds_the_vendor(staff: User, sign_in: SignIn) -> None:
    wanted, _other = vendors.vendor("甲示範"), vendors.vendor("乙示範")

    for words in (wanted.ubn, wanted.ubn[:7]):
        assert "甲示範" in names(sign_in(staff).get(f"/vendors?q={words}"))
    assert names(sign_in(staff).get(f"/vendors?q={wanted.ubn}")) == ["甲示範"]


def test_a_programme_year_narrows_to_the_vendors_engaged_in_it(staff: User, sign_in: SignIn) -> None:
    engaged = vendors.vendor("甲示範")
    journey.engagement(of=vendors.product(engaged))
    vendors.vendor("乙示範")
    year = programmes.programme()
    people.join_programme(staff, year)

    page = sign_in(staff).get(f"/vendors?programme={year.id}")

    assert names(page) == ["甲示範"]
    assert "115" in page.text


@pytest.mark.parametrize("sort", sorted(vendor_list.SORTS))
@pytest.mark.parametrize("words", ["", "示範"])
def test_pages_follow_each_other_there_and_back(sort: str, words: str, db_session: object) -> None:
    for number in range(120):
        vendors.vendor(f"示範{number % 7}公司")
    wanted = VendorFilter(words=words)
    page = vendor_list.page(wanted, sort, after=None, before=None, actor=SYSTEM)
    pages = [[row.id for row in page.rows]]
    while page.after is not None:
        page = vendor_list.page(wanted, sort, after=page.after, before=None, actor=SYSTEM)
        pages.append([row.id for row in page.rows])

    back = vendor_list.page(wanted, sort, after=None, before=page.before, actor=SYSTEM)

    assert [len(rows) for rows in pages] == [50, 50, 20]
    assert len({key for keys in pages for key in keys}) == 120
    assert [row.id for row in back.rows] == pages[1]
    assert vendor_list.count(wanted, actor=SYSTEM) == 120


def test_no_cell_of_the_file_is_a_formula(staff: User, sign_in: SignIn) -> None:
    hostile = ["=1+1", "+886", "-1", "@SUM(A1)", "\t=1", "＝安全"]
    for number, name in enumerate(hostile):
        vendor = vendors.vendor(f"示範{number}", address=name, phone=name[:60])
        vendors.contact(vendor, name)
        vendors.product(vendor, name)

    for line in file_of(sign_in(staff))[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line), line


def test_markup_in_every_field_is_shown_as_text(staff: User, sign_in: SignIn) -> None:
    client = sign_in(staff)
    text = HOSTILE
    facts = {
        "name_zh": text,
        "name_en": text,
        "address": text,
        "phone": text[:60],
        "profile": text,
        "internal_note": text,
    }
    page = client.post("/vendors/new", {**facts, "kind": "software", "ubn": "00000005"}, page="/vendors/new")
    [path] = {link for link in page.links if link.endswith("/edit")}
    base = path.removesuffix("/edit")
    parts = {
        "contacts": {"name": text, "job_title": text, "phone": text[:60]},
        "products": {
            "name_zh": text,
            "name_en": text,
            "charging_model": "project",
            "target_industry": text,
            "description": text,
        },
        "customers": {"name": text, "industry": text, "note": text},
    }
    for part, values in parts.items():
        client.post(f"{base}/{part}/new", values, page=f"{base}/{part}/new")

    for address in (base, "/vendors", f"{base}/history", f"{base}/edit", "/vendors?q=alert"):
        shown = client.get(address)
        scripts = ["".join(element.itertext()) for element in shown.all("script")]
        assert not any("alert" in script for script in scripts), address
        assert [image for image in shown.all("img") if image.get("src") == "x"] == [], address
        assert "alert(1)" in shown.text, address
        assert "49" not in shown.heading, address


@pytest.fixture
def measured(staff: User, expert: User, sign_in: SignIn) -> Callable[[str], int]:
    """Give a counter of the queries that a page takes, once its reader's session is warm."""
    client = sign_in(staff)
    people.join_programme(staff, programmes.programme())

    def measure(path: str) -> int:
        client.get(path)
        with count_queries() as counted:
            client.get(path)
        return len(counted)

    return measure


def fill(count: int, lead: User) -> Organisation:
    """Make vendors of which each has an engagement, and one with as many of everything."""
    whole = vendors.vendor("滿載示範公司")
    for number in range(count):
        vendors.contact(whole, f"示範人{number}")
        vendors.customer(whole, f"示範客戶{number}")
        people.join_organisation(people.person(), whole)
        vendor = vendors.vendor(f"示範{number}公司")
        vendors.contact(vendor)
        journey.engagement(of=vendors.product(vendor), lead=lead)
        if number < 20:
            journey.engagement(of=vendors.product(whole, f"示範產品{number}"), lead=lead)
    session().commit()
    return whole


def test_list_and_page_take_as_many_queries_for_60_rows_as_for_3(expert: User, measured: Callable[[str], int]) -> None:
    few = fill(3, expert)
    paths = ["/vendors", "/vendors?q=示範", f"/vendors/{few.id}", f"/vendors/{few.id}/history"]
    with_few = [measured(path) for path in paths]

    many = fill(60, expert)
    with_many = [measured(path.replace(str(few.id), str(many.id)) if "/vendors/" in path else path) for path in paths]

    assert with_many == with_few
    assert max(with_many) <= 12


def test_a_file_of_10_000_vendors_is_read_a_thousand_at_a_time(staff: User, sign_in: SignIn) -> None:
    work = session()
    ubns = [f"{number:08d}" for number in range(10_000, 20_000)]
    work.bulk_insert_mappings(
        Organisation, [{"ubn": ubn, "name_zh": f"示範{ubn}公司", "kind": VendorKind.SOFTWARE} for ubn in ubns]
    )
    ids = [row.id for row in work.query(Organisation.id)]
    work.bulk_insert_mappings(
        Product,
        [{"organisation_id": key, "name_zh": "示範系統", "charging_model": ChargingModel.PROJECT} for key in ids],
    )
    work.bulk_insert_mappings(Contact, [{"organisation_id": key, "name": "示範人", "is_main": True} for key in ids])
    client = sign_in(staff)
    client.get("/vendors")

    with count_queries() as asked:
        lines = file_of(client)

    assert len(lines) == 10_001
    assert len(asked) < 11 * 3 + 10, asked  # vendors, products and contacts of each thousand, and who reads


def test_every_gap_can_be_asked_for(db_session: object) -> None:
    vendors.vendor("示範公司")

    for gap in Gap:
        assert vendor_list.count(VendorFilter(gap=gap), actor=SYSTEM) == 1, gap


def test_the_history_has_a_sentence_for_each_record(staff: User, sign_in: SignIn, expert: User) -> None:
    product = vendors.product(vendors.vendor("示範公司"))
    engagement = journey.engagement(of=product, lead=expert)
    people.join_programme(staff, engagement.programme)

    page = sign_in(staff).get(f"/vendors/{product.organisation_id}/history?lang=en")

    assert "Something else was changed." not in page.text
