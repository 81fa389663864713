"""Exposures: noted by those who counsel and by the vendor, proven, confirmed by the office, listed and given as a file."""

import csv
import io

import pytest
from sqlalchemy import select

from tests.factories import outreach, people, programmes, vendors
from tests.integration.outreach.conftest import Case, SignIn, fresh
from tests.support.queries import counted
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import NotAllowed, Refused, StaleRecord
from tracker.evidence.models import Evidence
from tracker.outreach import operations, queries
from tracker.outreach.models import Exposure
from tracker.outreach.rules import ExposureKind, ExposureState

FORM = {"kind": "article", "title": "雲端門市專題報導", "channel": "示範週刊", "happened_on": "115/03/02"}


def only() -> Exposure:
    fresh()
    return session().scalars(select(Exposure)).one()


def test_the_vendor_notes_an_exposure_proves_it_and_the_office_confirms_it(case: Case, sign_in: SignIn) -> None:
    member, staff = sign_in(case.member), sign_in(case.staff)

    page = member.post(
        f"/vendors/{case.vendor.id}/exposures/new", {**FORM, "resource": "video", "people_reached": "1,200"}
    )
    noted = only()
    address = f"/outreach/exposures/{noted.id}"
    assert (noted.state, noted.people_reached, noted.resource) == (ExposureState.PLANNED, 1200, "video")
    assert "影音廣宣" in page.text

    refused = member.post(f"{address}/move", {"state": "out"}, page=address)
    assert "請先加入可以佐證的檔案或連結" in refused.text
    member.post(f"{address}/proofs", {"url": "https://weekly.example/cloud", "title": "專題"}, page=address)
    member.post(f"{address}/move", {"state": "out"}, page=address)
    assert only().state is ExposureState.OUT
    assert "雲端門市專題報導" in staff.get("/").text

    staff.post(f"{address}/move", {"state": "confirmed"}, page=address)
    confirmed = only()
    assert (confirmed.state, confirmed.confirmed_by_id) == (ExposureState.CONFIRMED, case.staff.id)
    assert "雲端門市專題報導" not in staff.get("/").text
    assert "雲端門市專題報導" in member.get(f"/vendors/{case.vendor.id}").text


def test_a_file_proves_as_a_link_does_and_nothing_is_no_proof(counselled: Case, sign_in: SignIn) -> None:
    exposure = outreach.exposure(counselled.vendor)
    session().commit()
    address = f"/outreach/exposures/{exposure.id}"
    expert = sign_in(counselled.expert)
    clipping = (io.BytesIO(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), "剪報.pdf")

    nothing = expert.post(f"{address}/proofs", page=address)
    page = expert.post(f"{address}/proofs", {"file": clipping}, page=address)

    assert "請先選擇檔案或填寫網址" in nothing.text
    assert "剪報.pdf" in page.text
    kept = session().scalars(select(Evidence)).one()
    assert (kept.organisation_id, kept.file_name, kept.internal) == (counselled.vendor.id, "剪報.pdf", False)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "weekly", "https://user:pass@weekly.example"])
def test_what_is_no_address_of_the_web_proves_nothing(case: Case, sign_in: SignIn, url: str) -> None:
    exposure = outreach.exposure(case.vendor)
    session().commit()
    address = f"/outreach/exposures/{exposure.id}"

    page = sign_in(case.member).post(f"{address}/proofs", {"url": url}, page=address)

    assert queries.get_exposure(exposure.id, actor=case.office).proofs == []
    assert "https://" in page.text


def test_the_last_proof_of_what_is_out_stays_and_the_others_can_go(case: Case, sign_in: SignIn) -> None:
    exposure = outreach.exposure_out(case.vendor, actor=case.office)
    outreach.prove(exposure, actor=case.office)
    session().commit()
    first, second = (proof.id for proof in queries.get_exposure(exposure.id, actor=case.office).proofs)
    address, staff = f"/outreach/exposures/{exposure.id}", sign_in(case.staff)

    staff.post(f"{address}/proofs/{first}/remove", page=address)
    kept = staff.post(f"{address}/proofs/{second}/remove", page=address)

    assert "這是唯一的佐證" in kept.text
    fresh()
    removed = [
        proof.evidence.removed_at is not None for proof in queries.get_exposure(exposure.id, actor=case.office).proofs
    ]
    assert removed == [True, False]


def test_only_the_office_confirms_and_opens_again(case: Case) -> None:
    with unit_of_work():
        exposure = outreach.exposure_out(case.vendor, actor=case.own)
    with unit_of_work(), pytest.raises(NotAllowed):
        operations.move_exposure(exposure, ExposureState.CONFIRMED, actor=case.own)
    with unit_of_work():
        operations.move_exposure(exposure, ExposureState.CONFIRMED, actor=case.office)
    with unit_of_work(), pytest.raises(NotAllowed):
        operations.move_exposure(exposure, ExposureState.OUT, actor=case.own)
    with pytest.raises(Refused, match="confirmed"), unit_of_work():
        operations.change_exposure(exposure, _details(title="改寫"), actor=case.own)


def _details(**facts: object) -> operations.ExposureDetails:
    return operations.ExposureDetails(**{"kind": ExposureKind.VIDEO, "title": "影片", **facts})  # type: ignore[arg-type]  # a test's words


def test_what_names_others_things_is_refused(case: Case) -> None:
    foreign = vendors.product(vendors.vendor("別家示範"), "別家產品")

    with pytest.raises(Refused, match="not on the vendor's record"):
        operations.add_exposure(case.vendor, _details(product_id=foreign.id), actor=case.office)
    with pytest.raises(Refused, match="programme year"):
        operations.add_exposure(case.vendor, _details(programme_id=999), actor=case.office)


def test_two_people_who_change_at_once_are_told(case: Case) -> None:
    exposure = outreach.exposure(case.vendor)

    operations.change_exposure(exposure, _details(version=exposure.version), actor=case.office)
    session().flush()

    with pytest.raises(StaleRecord):
        operations.change_exposure(exposure, _details(title="另一個", version=1), actor=case.own)


def test_a_changed_exposure_that_is_out_keeps_a_day_that_has_come(case: Case, sign_in: SignIn) -> None:
    exposure = outreach.exposure_out(case.vendor, actor=case.office)
    session().commit()
    address = f"/outreach/exposures/{exposure.id}"

    refused = sign_in(case.member).post(f"{address}/edit", {"happened_on": "2099-01-01"})
    sign_in(case.member).post(f"{address}/edit", {"title": "改過的標題"})

    assert "還沒到" in refused.text
    assert only().title == "改過的標題"
    assert "改過的標題" in sign_in(case.staff).get(f"/vendors/{case.vendor.id}/history").text


def test_filters_stand_in_the_address_and_in_the_file(case: Case, sign_in: SignIn) -> None:
    other = vendors.vendor("=公式示範")
    year = programmes.programme()
    outreach.exposure(case.vendor, "甲影片", kind=ExposureKind.VIDEO, programme_id=year.id)
    outreach.exposure_out(case.vendor, "乙報導", kind=ExposureKind.ARTICLE, actor=case.office)
    outreach.exposure(other, "=cmd|' /C calc'!A0", kind=ExposureKind.ALLIANCE, resource="sig")
    session().commit()
    staff = sign_in(case.staff)

    def listed(query: str) -> set[str]:
        text = staff.get(f"/outreach?{query}").text
        return {title for title in ("甲影片", "乙報導", "=cmd") if title in text}

    assert listed("kind=video") == {"甲影片"}
    assert listed("state=out") == {"乙報導"}
    assert listed("resource=sig") == {"=cmd"}
    assert listed(f"programme={year.id}") == {"甲影片"}
    assert listed("q=雲端") == {"甲影片", "乙報導"}
    assert listed(f"vendor={other.id}") == {"=cmd"}
    assert listed("kind=nonsense&state=x&programme=abc") == {"甲影片", "乙報導", "=cmd"}
    assert listed("q=。") == set()
    rows = list(csv.reader(io.StringIO(staff.fetch("/outreach/exposures.csv?resource=sig").get_data(as_text=True)[1:])))
    assert [row[4] for row in rows[1:]] == ["'=cmd|' /C calc'!A0"]
    assert rows[1][1] == "'=公式示範"
    assert rows[1][6] == "SIG 聯盟"


def test_the_list_has_pages_and_takes_as_many_queries_whatever_the_rows(case: Case, sign_in: SignIn) -> None:
    staff = sign_in(case.staff)
    outreach.exposure(case.vendor, "第0筆")
    session().commit()
    staff.get("/outreach")
    few = counted(lambda: staff.get("/outreach"))
    for number in range(1, 55):
        outreach.exposure(case.vendor, f"第{number}筆")
    session().commit()

    page = staff.get("/outreach")
    many = counted(lambda: staff.get("/outreach"))

    assert many == few <= 12
    assert len([link for link in page.links if link.startswith("/outreach/exposures/")]) == 50
    following = next(link for link in page.links if "after=" in link)
    assert "第0筆" in staff.get(following).text


def test_the_vendors_page_and_the_homes_ask_no_more_than_twelve_times(counselled: Case, sign_in: SignIn) -> None:
    outreach.exposure_out(counselled.vendor, actor=counselled.office)
    outreach.lead(counselled.vendor, counselled.staff.id, actor=counselled.own)
    outreach.public_page(counselled.product, actor=counselled.own)
    session().commit()
    pages = [
        (counselled.staff, f"/vendors/{counselled.vendor.id}"),
        (counselled.staff, "/"),
        (counselled.member, "/"),
        (counselled.expert, "/"),
    ]
    pages += [
        (counselled.staff, "/outreach/leads"),
        (counselled.staff, "/outreach/pages"),
        (counselled.staff, "/outreach/exposures/1"),
    ]
    pages += [
        (counselled.staff, "/outreach/leads/1"),
        (counselled.member, f"/vendors/products/{counselled.product.id}/solution-page"),
    ]

    for user, address in pages:
        client = sign_in(user)
        client.get(address)
        assert counted(lambda client=client, address=address: client.get(address)) <= 12, address  # type: ignore[misc]  # bound at once


def test_resources_of_the_programme_say_where_they_stand_and_lead_to_what_came_through(
    case: Case, sign_in: SignIn
) -> None:
    page = sign_in(case.member).get("/outreach/resources")

    for words in ("數位轉型成果發表", "SIG 聯盟", "產業高峰論壇", "黃頁網站媒合服務", "貳、輔導資源"):
        assert words in page.text
    assert any("resource=sig" in link for link in page.links)


def test_a_vendor_without_a_product_can_note_what_concerns_it_as_a_whole(case: Case, sign_in: SignIn) -> None:
    other = vendors.vendor("無產品示範")
    member = people.person(Role.VENDOR)
    people.join_organisation(member, other)
    session().commit()

    sign_in(member).post(f"/vendors/{other.id}/exposures/new", {**FORM, "kind": "alliance", "happened_on": ""})

    assert (only().product_id, only().kind, only().happened_on) == (None, ExposureKind.ALLIANCE, None)


def test_a_day_of_tomorrow_is_planned_and_not_out(case: Case) -> None:
    exposure = outreach.exposure(case.vendor, happened_on=clock.today().replace(year=clock.today().year + 1))
    outreach.prove(exposure)

    with pytest.raises(Refused, match="has not come yet"):
        operations.move_exposure(exposure, ExposureState.OUT, actor=case.office)
