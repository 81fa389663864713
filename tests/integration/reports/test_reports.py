"""Reports: what is counted and what is not, that every figure opens exactly what it was counted from, and the files."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import events, outreach, people, programmes, vendors
from tests.support.pages import PageClient
from tests.support.queries import counted
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core import clock
from tracker.core.db import session
from tracker.events import operations as eventing
from tracker.events.models import Event
from tracker.events.operations.details import AttendanceDetails
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.events import EventKind, EventState
from tracker.outreach import operations
from tracker.outreach.models import ReachCount
from tracker.outreach.rules import ExposureState, LeadState, ReachKind
from tracker.reports.kinds import KINDS
from tracker.reports.queries import events as figures
from tracker.reports.queries import outreach as known
from tracker.reports.queries.counted import counted_from
from tracker.reports.queries.wanted import Wanted, read_wanted
from tracker.reports.rules import MEASURES, share
from tracker.vendors.models import Organisation

SignIn = Callable[[User], PageClient]


@dataclass
class Case:
    """A held workshop and one ahead, with vendors of which some came and some acted."""

    staff: User
    held: Event
    ahead: Event
    came: Organisation
    stayed: Organisation

    def wanted(self, **values: str) -> Wanted:
        return read_wanted(values, actor=people.acting(self.staff))

    def figures(self, **values: str) -> dict[str, int]:
        row = figures.altogether(self.wanted(**values))
        return {measure.key: row._mapping[measure.key] for measure in MEASURES}


@pytest.fixture
def case(db_session: object, staff: User) -> Case:
    people.join_programme(staff, programmes.programme())
    came, stayed = vendors.vendor("出席示範"), vendors.vendor("未到示範")
    held = events.event(name_zh="已辦工作坊")
    for vendor, name in ((came, "甲"), (came, "乙")):
        registered = events.registration(held, name, company=vendor.name_zh, ubn=vendor.ubn)
        events.show(held, registered)
    events.registration(held, "丙", company=stayed.name_zh, ubn=stayed.ubn)
    excused = events.registration(held, "丁", company=stayed.name_zh, ubn=stayed.ubn)
    gone = events.registration(held, "戊")
    with clock.at(events.BEFORE):
        eventing.cancel_registration(gone, actor=SYSTEM)
    with clock.at(events.AFTER):
        eventing.correct_attendance(
            excused,
            held.sessions[0],
            AttendanceDetails(AttendanceState.EXCUSED, "事先請假"),
            actor=SYSTEM,
        )
        eventing.move_event(held, EventState.HELD, actor=SYSTEM)
    ahead = events.event(name_zh="未辦交流會", kind=EventKind.EXCHANGE)
    events.registration(ahead, "己", company=stayed.name_zh, ubn=stayed.ubn)
    session().commit()
    return Case(staff, held, ahead, came, stayed)


def act(of: Organisation, days: float) -> None:
    """Note a match of a vendor some days after the workshop began."""
    owner = people.person(Role.STAFF)
    with clock.at(events.BEGINS + timedelta(days=days)):
        outreach.lead(of, owner.id, actor=SYSTEM)
        session().flush()
    session().commit()


def rows_of(client: PageClient, address: str) -> int:
    page = client.get(address)
    return len([row for row in page.all("tr") if row.find("{http://www.w3.org/1999/xhtml}td") is not None])


def test_who_came_who_stayed_away_and_who_was_excused_are_told_apart(case: Case) -> None:
    with clock.at(events.AFTER):
        found = case.figures(event=str(case.held.id))

    assert found == {
        "registered": 5,
        "expected": 4,
        "came": 2,
        "due": 4,
        "missed": 1,
        "vendors-registered": 2,
        "vendors-came": 1,
        "vendors-acted": 0,
    }


def test_nobody_stayed_away_from_what_is_still_ahead(case: Case) -> None:
    with clock.at(events.BEFORE):
        found = case.figures(event=str(case.ahead.id))

    assert (found["expected"], found["due"], found["missed"]) == (1, 0, 0)
    assert share(found["missed"], found["due"]) is None


@pytest.mark.parametrize(("days", "acted"), [(-1, 0), (0.5, 1), (60, 1), (60.1, 0)])
def test_an_action_counts_within_the_days_that_the_rulebook_names(case: Case, days: float, acted: int) -> None:
    act(case.came, days)
    act(case.stayed, 1)

    assert case.figures()["vendors-acted"] == acted


def test_every_figure_opens_exactly_what_it_was_counted_from(case: Case, sign_in: SignIn) -> None:
    act(case.came, 3)
    client = sign_in(case.staff)

    with clock.at(events.AFTER):
        for measure in MEASURES:
            figure = case.figures()[measure.key]
            assert len(counted_from(measure, case.wanted()).rows) == figure
            assert rows_of(client, f"/reports/counted/{measure.key}") == figure, measure.key


def test_the_links_of_a_report_lead_to_as_many_rows_as_they_say(case: Case, sign_in: SignIn) -> None:
    act(case.came, 3)
    exposure = outreach.exposure_out(case.came, actor=SYSTEM, programme_id=programmes.programme().id, people_reached=70)
    operations.move_exposure(exposure, ExposureState.CONFIRMED, actor=people.acting(case.staff))
    outreach.exposure_out(case.came, actor=SYSTEM, programme_id=programmes.programme().id)
    session().commit()
    client = sign_in(case.staff)

    with clock.at(events.AFTER):
        for kind in KINDS:
            for link in client.get(f"/reports/{kind}?programme=all").all("a"):
                said = re.search(r": ([\d,]+)$", link.get("aria-label") or "")
                address = link.get("href") or ""
                if (
                    said
                    and "/readings" not in address
                    and not any(word in link.get("aria-label", "") for word in ("時數", "觸及"))
                ):
                    assert rows_of(client, address) == int(said[1].replace(",", "")), (kind, address)


def test_rates_are_made_of_the_figures_beside_them(case: Case, sign_in: SignIn) -> None:
    act(case.came, 3)

    with clock.at(events.AFTER):
        text = sign_in(case.staff).get("/reports/conversion").text

    assert share(1, 4) == Decimal("25.0")
    assert "未到率: 25 %" in text
    assert "由報名到出席: 50 %" in text
    assert "由出席到行動: 100 %" in text


def test_outreach_is_reported_by_vendor_and_programme_year(case: Case, sign_in: SignIn) -> None:
    year = programmes.programme()
    actor = people.acting(case.staff)
    confirmed = outreach.exposure_out(case.came, actor=actor, programme_id=year.id, people_reached=120)
    operations.move_exposure(confirmed, ExposureState.CONFIRMED, actor=actor)
    outreach.exposure_out(case.came, actor=actor, programme_id=year.id, people_reached=999)
    won = outreach.lead(case.came, case.staff.id, actor=actor, programme_id=year.id)
    operations.note_step(won, outreach.step(case.staff.id, LeadState.TALKING), actor=actor)
    operations.note_step(won, outreach.step(None, LeadState.WON, outcome="簽約"), actor=actor)
    edition = outreach.public_page(vendors.product(case.came), actor=actor)
    for day in (year.starts_on, year.ends_on, year.starts_on - timedelta(days=1)):
        session().add(ReachCount(page_id=edition.page_id, day=day, kind=ReachKind.READ, count=4))
    session().add(ReachCount(page_id=edition.page_id, day=year.starts_on, kind=ReachKind.WEBSITE, count=9))
    session().commit()
    expected = {"exposures": 1, "people-reached": 120, "readings": 8, "matches": 1, "taken-up": 1}

    wanted = case.wanted()

    assert known.by_vendor(wanted, [case.came.id, case.stayed.id]) == {case.came.id: expected}
    assert known.by_programme(Wanted(wanted.years)) == {year.id: expected}
    assert known.altogether(wanted) == expected
    page = sign_in(case.staff).get(f"/reports/readings?programme={year.id}&vendor={case.came.id}")
    assert "8" in page.texts("td")


def test_the_office_reports_on_its_own_years_and_auditors_on_all(case: Case, sign_in: SignIn) -> None:
    elsewhere = people.person(Role.STAFF)
    people.join_programme(elsewhere, programmes.programme(111))
    auditor = people.person(Role.AUDITOR)
    session().commit()

    def registered(user: User) -> int:
        return int(figures.altogether(read_wanted({"programme": "all"}, actor=people.acting(user))).registered)

    assert (registered(case.staff), registered(elsewhere), registered(auditor)) == (6, 0, 6)
    assert "甲" not in sign_in(elsewhere).get(f"/reports/counted/came?programme={programmes.programme().id}").text
    assert rows_of(sign_in(auditor), "/reports/counted/came?programme=all") == 2


def test_drafts_and_events_called_off_count_nowhere(case: Case) -> None:
    before = case.figures()
    draft = events.event(state=EventState.DRAFT)
    off = events.event()
    events.registration(off)
    with clock.at(events.BEFORE):
        eventing.move_event(off, EventState.CANCELLED, actor=SYSTEM)
    session().commit()

    page = figures.by_event(case.wanted(), after=None, before=None, whole=False)

    assert case.figures() == before
    assert {row.id for row in page.rows} == {case.held.id, case.ahead.id} - {draft.id, off.id}


def cells_of(book: bytes) -> tuple[str, list[str]]:
    """Give the sheets' XML and the shared texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as files:
        sheets = "".join(files.read(name).decode() for name in files.namelist() if "worksheets/sheet" in name)
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", files.read("xl/sharedStrings.xml").decode())
    return sheets, texts


def test_the_file_holds_numbers_and_texts_and_nothing_that_is_calculated(case: Case, sign_in: SignIn) -> None:
    hostile = events.event(name_zh="=HYPERLINK(A1)", state=EventState.OPEN)
    session().commit()
    assert hostile.name_zh.startswith("=")

    answer = sign_in(case.staff).fetch("/reports/events.xlsx")
    sheets, texts = cells_of(answer.get_data())

    assert "<f>" not in sheets
    assert "<hyperlink" not in sheets
    assert any(text.startswith("=HYPERLINK(A1)") for text in texts)
    assert "至少出席一個場次的人次，含現場報到。" in texts
    assert "<v>5</v>" in sheets
    assert (answer.mimetype or "").endswith("spreadsheetml.sheet")


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_report_opens_in_both_languages_and_has_its_file(case: Case, sign_in: SignIn, kind: str) -> None:
    client = sign_in(case.staff)

    headings = []
    for language in ("zh-Hant", "en"):
        headings.append(client.get(f"/reports/{kind}?lang={language}").heading)
        assert client.fetch(f"/reports/{kind}.xlsx?lang={language}").get_data()[:2] == b"PK"
    assert headings[1] == KINDS[kind].title != headings[0]


def test_what_is_no_report_or_figure_is_not_found_and_nonsense_in_the_address_narrows_nothing(
    case: Case, sign_in: SignIn
) -> None:
    client = sign_in(case.staff)

    for address in ("/reports/nothing", "/reports/nothing.xlsx", "/reports/counted/nothing"):
        client.fetch(address, status=404)
    for query in ("programme=x&event=%00&vendor=-1&kind=y", "after=spoilt&before=spoilt", "event=99999999999999999999"):
        assert client.get(f"/reports/events?{query}").status == 200
        assert client.get(f"/reports/counted/came?{query}").status == 200


def test_a_report_asks_the_same_number_of_times_whatever_it_holds(case: Case, sign_in: SignIn) -> None:
    client = sign_in(case.staff)
    addresses = ["/reports", *(f"/reports/{kind}" for kind in KINDS), "/reports/counted/came"]

    def asked(address: str) -> int:
        client.get(address)  # a session that was not seen for a minute is noted first
        return counted(lambda: client.get(address))

    few = {address: asked(address) for address in addresses}
    for number in range(52):
        made = events.event(name_zh=f"第{number}場")
        events.came(made, company=vendors.vendor(f"示範{number}").name_zh)
        outreach.exposure(vendors.vendor(f"露出示範{number}"), programme_id=programmes.programme().id)
    session().commit()

    many = {address: asked(address) for address in addresses}

    assert many == few
    assert max(many.values()) <= 12, many
    pages = [client.get("/reports/events")]
    pages.append(client.get(next(link for link in pages[0].links if "after=" in link)))
    shown = [{link for link in page.links if re.fullmatch(r"/events/\d+", link)} for page in pages]
    assert [len(one) for one in shown] == [50, 4]
    assert parse_qs(urlsplit(next(link for link in pages[1].links if "before=" in link)).query)["before"]
