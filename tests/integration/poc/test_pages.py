"""The pages of proofs of concept, as people use them by plain forms."""

import io
from collections.abc import Callable
from functools import partial

import openpyxl
import pypdfium2
from PIL import Image
from sqlalchemy import select

from tests.factories import people, poc
from tests.factories.poc import Proof, entry, invoice_number, scan_bytes
from tests.factories.vendors import UBNS
from tests.support.pages import PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session, unit_of_work
from tracker.poc.models import Camp, CampGroup, Poc
from tracker.poc.operations import funding, plan
from tracker.poc.queries.funding import every_entry, totals_of
from tracker.poc.rules.states import EntryState, PocState

SignIn = Callable[[User], PageClient]
MOST_QUERIES = 12


def typed(**changes: object) -> dict[str, object]:
    """Give a cost as it is typed into the form."""
    values: dict[str, object] = {
        "spent_on": "115/4/10",
        "payee": "示範雲端服務有限公司",
        "payee_ubn": poc.PAYEE,
        "kind": "cloud",
        "voucher_kind": "invoice",
        "voucher_number": invoice_number(),
        "net": "１０，０００",
        "tax": "500",
        "total": "NT$10,500",
        "purpose": "雲端主機三個月",
    }
    return {**values, **changes}


def paper() -> bytes:
    """Give a PDF of one blank page."""
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(200, 300)
    document.save(out)
    return out.getvalue()


def test_a_proof_is_begun_planned_and_funded_by_plain_forms(proof: Proof, sign_in: SignIn) -> None:
    vendor, staff, expert = (
        sign_in(user) for user in (proof.case.vendor_user, proof.case.staff_user, proof.case.expert_user)
    )
    home = f"/pocs/{proof.poc.id}"
    vendor.post(f"{home}/edit", {"problem": "報價要三天"})
    vendor.post(
        f"{home}/measures/new",
        {"name": "報價時間", "unit": "小時", "method": "看紀錄", "baseline": "48.5", "baseline_on": "115/3/10"},
    )
    vendor.post(f"{home}/milestones/new", {"name": "開通", "owed_by": "vendor", "due_on": "115/5/1"})
    expert.post(f"{home}/architecture", {"architecture": "容器與受管資料庫"})
    vendor.post(f"{home}/related-parties", {"ubn": UBNS[1301], "name": "姊妹公司", "relation": "同一負責人"})
    shown = vendor.get(home).text
    assert all(words in shown for words in ("報價要三天", "48.5", "逾期", "容器與受管資料庫"))

    vendor.post(f"{home}/funding/new", {**typed(), "file": (io.BytesIO(paper()), "發票.pdf")})
    vendor.post(f"{home}/funding/new", typed(payee_ubn=UBNS[1301]))
    first, second = every_entry(proof.poc)
    vendor.post(
        f"/funding-entries/{second.id}/vouchers",
        {"file": (io.BytesIO(scan_bytes()), "收據.png")},
        page=f"/funding-entries/{second.id}",
    )
    queue = staff.get("/funding-queue")
    assert f"/funding-entries/{first.id}/verify" in "".join(queue.links)

    page = staff.post(f"/funding-entries/{first.id}/verify", {"verdict": "verify"})
    assert page.heading == f"查核第 {second.number} 筆"
    refused = staff.post(f"/funding-entries/{second.id}/verify", {"verdict": "verify"}, status=422)
    assert "這筆有警示" in refused.text
    staff.post(f"/funding-entries/{second.id}/verify", {"verdict": "return", "words": "關係人交易"})

    session().expire_all()
    assert [one.state for one in every_entry(proof.poc)] == [EntryState.VERIFIED, EntryState.RETURNED]
    assert "關係人交易" in vendor.get(f"/funding-entries/{second.id}").text
    vendor.post(f"/funding-entries/{first.id}/reverse", {"words": "發票作廢"})
    session().expire_all()
    assert totals_of(proof.poc).verified == 0


def test_what_was_typed_stays_where_it_is_refused(proof: Proof, sign_in: SignIn) -> None:
    vendor, path = sign_in(proof.case.vendor_user), f"/pocs/{proof.poc.id}/funding/new"
    for changes, sentence in (
        ({"net": "-1"}, "這裡的金額不能小於零"),
        ({"net": "10000.5"}, "含有小數"),
        ({"total": "10,501"}, "請對照憑證核對三個金額"),
        ({"voucher_number": "AB-123"}, "不是統一發票號碼"),
        ({"spent_on": "115/13/1"}, "115/13/1"),
        ({"file": (io.BytesIO(b"MZ"), "程式.exe")}, "不是掃描檔或照片"),
    ):
        page = vendor.post(path, typed(**changes), status=422)
        assert "雲端主機三個月" in page.text, changes
        assert sentence in page.text, changes

    assert every_entry(proof.poc) == []


def test_a_voucher_stands_beside_its_entry_as_a_picture(proof: Proof, sign_in: SignIn) -> None:
    case = proof.case
    with unit_of_work():
        drawn = entry(proof.poc, actor=case.vendor, with_scan=False)
        for content, name in ((paper(), "發票.pdf"), (scan_bytes(), "照片.png"), (b"%PDF-1.4\n%%EOF\n", "壞.pdf")):
            funding.add_voucher(
                drawn, poc.scan(proof.poc, actor=case.vendor, content=content, name=name), actor=case.vendor
            )
    staff = sign_in(case.staff_user)
    pdf, photo, broken = drawn.vouchers

    pictures = [staff.fetch(f"/funding-vouchers/{one.id}/picture") for one in (pdf, photo)]

    assert all(Image.open(io.BytesIO(one.data)).format == "PNG" for one in pictures)
    assert all("sandbox" in one.headers["Content-Security-Policy"] for one in pictures)
    staff.fetch(f"/funding-vouchers/{broken.id}/picture", status=422)
    shown = staff.get(f"/funding-entries/{drawn.id}/verify")
    assert [one.get("src") for one in shown.all("img")] == [
        f"/funding-vouchers/{one.id}/picture" for one in drawn.vouchers
    ]


def test_acceptance_by_plain_forms_shows_what_was_missing_for_ever(proof: Proof, sign_in: SignIn) -> None:
    expert, staff = sign_in(proof.case.expert_user), sign_in(proof.case.staff_user)
    path = f"/pocs/{proof.poc.id}/acceptance"
    assert "還有缺漏" in expert.get(path).text
    expert.post(f"{path}/propose", {"words": ""}, page=path, status=422)
    expert.post(f"{path}/propose", {"words": "年度將結束"}, page=path)
    staff.post(f"{path}/return", {"words": "請補件"}, page=path)
    expert.post(f"{path}/propose", {"words": "再次提出"}, page=path)
    staff.post(f"{path}/override", {"words": "專案核准"}, page=path)

    session().expire_all()
    assert session().get_one(Poc, proof.poc.id).state is PocState.ACCEPTED
    shown = sign_in(proof.case.vendor_user).get(path).text
    assert all(words in shown for words in ("例外驗收", "專案核准", "專家尚未提出建議架構", "請補件"))


def test_a_camp_is_set_up_and_held_by_plain_forms(proof: Proof, sign_in: SignIn) -> None:
    staff, vendor = sign_in(proof.case.staff_user), sign_in(proof.case.vendor_user)
    staff.post(
        "/camps/new", {"name": "STEPS 共創營", "starts_on": "115/4/1", "demo_day_on": "115/6/1"}, page="/camps/new"
    )
    camp = session().scalars(select(Camp)).one()
    staff.post(f"/camps/{camp.id}/groups/new", {"name": "第一組", "enterprise": "示範製造企業", "demo_order": "1"})
    group = session().scalars(select(CampGroup)).one()
    staff.post(f"/camp-groups/{group.id}/members/new", {"poc": str(proof.poc.id), "role": "提供雲端報價"})
    staff.post(f"/camp-groups/{group.id}/milestones/new", {"name": "雛形", "due_on": "115/5/1"})
    staff.post(f"/camp-groups/{group.id}/edit", {"result": "第一名", "demo_order": "1"})

    assert "STEPS 共創營" in vendor.get("/camps").text
    shown = vendor.get(f"/camp-groups/{group.id}").text
    assert all(words in shown for words in ("示範製造企業", "提供雲端報價", "雛形", "第一名"))
    assert "第一組" in vendor.get(f"/camps/{camp.id}").text
    assert "STEPS" in vendor.get(f"/pocs/{proof.poc.id}").text


def test_the_overview_is_a_workbook_of_the_same_figures(proof: Proof, sign_in: SignIn) -> None:
    with unit_of_work():
        poc.verified(proof.poc, 21_000, vendor=proof.case.vendor, office=proof.case.staff)
    staff = sign_in(proof.case.staff_user)

    body = staff.fetch("/pocs.xlsx").data

    rows = list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))  # type: ignore[union-attr]  # it has a sheet
    assert rows[1][7:11] == (21_000, 0, poc.REQUIRED, poc.REQUIRED - 21_000)
    assert "NT$21,000" in staff.get("/pocs").text


def test_a_proof_is_found_by_its_words_by_those_who_may_see_it(proof: Proof, sign_in: SignIn) -> None:
    found = sign_in(proof.case.vendor_user).get("/search?q=紙本報價").links
    stranger = sign_in(people.person(Role.VENDOR))

    assert f"/pocs/{proof.poc.id}" in found
    assert f"/pocs/{proof.poc.id}" not in stranger.get("/search?q=紙本報價").links


def test_no_page_asks_more_of_the_database_for_more_rows(proof: Proof, sign_in: SignIn) -> None:
    case = proof.case
    with unit_of_work():
        for number in range(12):
            entry(proof.poc, actor=case.vendor)
            plan.add_measure(proof.poc, poc.measure(name=f"指標{number}"), actor=case.vendor)
            plan.add_milestone(proof.poc, poc.milestone(name=f"里程碑{number}"), actor=case.vendor)
        first = entry(proof.poc, actor=case.vendor)
    staff, home = sign_in(case.staff_user), f"/pocs/{proof.poc.id}"
    pages = ["/pocs", "/funding-queue", home, f"{home}/funding", f"{home}/acceptance", "/camps"]
    pages += [
        f"/funding-entries/{first.id}",
        f"/funding-entries/{first.id}/verify",
        f"/engagements/{case.engagement.id}",
    ]

    asked = {page: counted(partial(staff.get, page)) for page in pages}

    assert {page: number for page, number in asked.items() if number > MOST_QUERIES} == {}
