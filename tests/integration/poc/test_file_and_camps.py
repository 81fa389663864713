"""What a proof of concept says of itself, its camps, and the overview with its workbook."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from tests.factories import assessments, journey, people, poc, programmes, trials
from tests.factories.journey import Case
from tests.factories.poc import Proof, entry, verified
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.assessments import operations as assessing
from tracker.core import clock, xlsx_file
from tracker.core.audit import AuditRecord
from tracker.core.db import session
from tracker.core.errors import NotFound, Refused, StaleRecord
from tracker.poc import overview
from tracker.poc.foundations import basis_of
from tracker.poc.operations import camps, plan, pocs
from tracker.poc.operations.camps import GroupDetails, StageDetails
from tracker.poc.operations.pocs import PocDetails
from tracker.poc.overview import PocFilter
from tracker.poc.queries import camps as camp_reads
from tracker.poc.queries.pocs import measures_of, milestones_of
from tracker.poc.rules.forecast import Outlook
from tracker.poc.rules.states import PocState


def details(**changes: object) -> PocDetails:
    values: dict[str, object] = {
        "problem": "報價慢",
        "target_customers": "製造業",
        "value_proposition": "",
        "solution": "",
        "address": "",
        "starts_on": date(2026, 3, 2),
        "ends_on": date(2026, 10, 30),
    }
    return PocDetails(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


def test_an_engagement_has_one_proof_within_its_programme_year(case: Case) -> None:
    for changes, field in (
        ({"ends_on": date(2026, 3, 1)}, "ends_on"),
        ({"starts_on": date(2025, 12, 31)}, "starts_on"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"address": "ftp://try.example"}, "address"),
    ):
        with pytest.raises(Refused) as refused:
            pocs.begin_poc(case.engagement, details(**changes), actor=case.vendor)
        assert refused.value.field == field
    made = pocs.begin_poc(case.engagement, details(), actor=case.vendor)

    with pytest.raises(Refused, match="already"):
        pocs.begin_poc(case.engagement, details(), actor=case.vendor)
    opened = made.version
    pocs.change_poc(made, details(problem="報價太慢", version=opened), actor=case.vendor)
    with pytest.raises(StaleRecord):
        pocs.change_poc(made, details(problem="別的", version=opened), actor=case.expert)


def test_the_architecture_rests_on_the_newest_closed_assessment(proof: Proof) -> None:
    case = proof.case
    assert basis_of(case.engagement, case.expert) is None
    made = assessments.begin(case.engagement, assessments.shipped_version(), components=["訂單"])
    assessments.answer_everything(made)
    assessing.close_assessment(made, actor=SYSTEM)
    basis = basis_of(case.engagement, case.expert)

    pocs.recommend_architecture(proof.poc, "照範本部署", basis, actor=case.expert)

    assert basis is not None
    assert proof.poc.assessment_id == made.id
    assert proof.poc.blueprint == {"template": basis.template, "parameters": dict(basis.parameters)}
    with pytest.raises(Refused, match="Write which architecture"):
        pocs.recommend_architecture(proof.poc, " ", actor=case.expert)


def test_measures_hold_their_figures_with_days_and_milestones_their_order(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    first = plan.add_measure(made, poc.measure(baseline=Decimal("48.25")), actor=case.vendor)
    for changes, field in (
        ({"name": first.name}, "name"),
        ({"name": "甲", "baseline_on": None}, "baseline_on"),
        ({"name": "甲", "result": None}, "result"),
        ({"name": "甲", "result_on": date(2026, 3, 9)}, "result_on"),
        ({"name": "甲", "result_on": date(2026, 7, 2)}, "result_on"),
    ):
        with pytest.raises(Refused) as refused:
            plan.add_measure(made, poc.measure(**changes), actor=case.vendor)
        assert refused.value.field == field
    late = plan.add_milestone(made, poc.milestone(name="上線", due_on=date(2026, 9, 1)), actor=case.vendor)
    soon = plan.add_milestone(made, poc.milestone(name="開通"), actor=case.vendor)
    with pytest.raises(Refused, match="still to come"):
        plan.change_milestone(soon, poc.milestone(name="開通", done_on=date(2026, 7, 2)), actor=case.vendor)
    plan.change_milestone(soon, poc.milestone(name="開通", done_on=date(2026, 4, 30)), actor=case.vendor)

    session().expire_all()
    assert [one.id for one in milestones_of(made)] == [soon.id, late.id]
    assert measures_of(made)[0].baseline == Decimal("48.25")
    plan.remove_measure(first, actor=case.vendor)
    plan.remove_milestone(late, actor=case.vendor)
    assert (len(measures_of(made)), len(milestones_of(made))) == (0, 1)


def test_the_overview_tells_money_trials_and_what_is_late(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    plan.add_milestone(made, poc.milestone(), actor=case.vendor)
    verified(made, 10_500, vendor=case.vendor, office=case.staff)
    entry(made, 2_100, actor=case.vendor)
    trials.confirmed(made, 0, actor=case.vendor)
    other = poc.begun(journey.engagement(lead=case.expert_user), actor=case.staff)

    _page, rows = overview.page(PocFilter(), actor=case.staff)

    assert [row.poc.id for row in rows] == [other.id, made.id]
    row = rows[1]
    assert (row.totals.verified, row.totals.waiting, row.trials.confirmed, row.late) == (10_500, 2_100, 1, 1)
    assert row.forecast.outlook is Outlook.LATE
    assert rows[0].forecast.outlook is Outlook.NOTHING
    assert [row.poc.id for row in overview.page(PocFilter(only_late=True), actor=case.staff)[1]] == [made.id]
    assert [row.poc.id for row in overview.page(PocFilter(words="報價"), actor=case.vendor)[1]] == [made.id]
    assert overview.page(PocFilter(state=PocState.ACCEPTED), actor=case.staff)[1] == []
    assert overview.count(PocFilter(), actor=case.vendor) == 1


def test_groups_of_a_camp_are_held_to_turns_days_and_members(proof: Proof) -> None:
    case, made = proof.case, proof.poc
    year = programmes.programme()
    group = poc.group(year, actor=case.staff, mentor_id=case.expert_user.id, demo_order=1)
    camp = group.camp
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"name": "第一組"}, "name"),
        ({"name": "第二組", "demo_order": 1}, "demo_order"),
        ({"name": "第二組", "demo_order": 0}, "demo_order"),
        ({"name": "第二組", "enterprise_ubn": "1234"}, "enterprise_ubn"),
    )
    for changes, field in wrong:
        with pytest.raises(Refused) as refused:
            camps.add_group(camp, GroupDetails(**{"enterprise": "乙", **changes}), actor=case.staff)  # type: ignore[arg-type]  # typed by the dataclass
        assert refused.value.field == field
    second = camps.add_group(camp, GroupDetails("第二組", "乙企業", demo_order=2), actor=case.staff)
    member = camps.join_group(group, made, "提供雲端報價", actor=case.staff)
    with pytest.raises(Refused, match="works in a group"):
        camps.join_group(second, made, "同時參加", actor=case.staff)
    stage = camps.add_stage(group, StageDetails("完成雛形", date(2026, 5, 10)), actor=case.staff)
    camps.change_stage(stage, StageDetails("完成雛形", date(2026, 5, 10), date(2026, 5, 9)), actor=case.staff)
    with clock.at(datetime(2026, 5, 31, 2, 0, tzinfo=UTC)), pytest.raises(Refused, match="demo day"):
        camps.change_group(
            group, GroupDetails("第一組", "示範製造企業", demo_order=1, result="第一名"), actor=case.staff
        )
    camps.change_group(group, GroupDetails("第一組", "示範製造企業", demo_order=1, result="第一名"), actor=case.staff)

    assert [one.id for one in camp_reads.groups_of(camp, actor=case.staff)] == [group.id, second.id]
    assert [one.id for one in camp_reads.groups_of(camp, actor=case.vendor)] == [group.id]
    with pytest.raises(NotFound):
        camp_reads.get_group(second.id, actor=case.vendor)
    camps.leave_group(member, actor=case.staff)
    session().flush()
    with pytest.raises(NotFound):
        camp_reads.get_camp(camp.id, actor=case.vendor)
    camps.join_group(second, made, "改到第二組", actor=case.staff)
    told = select(AuditRecord.action).where(AuditRecord.subject_type == "camp_member")
    session().commit()
    assert session().scalars(told).all() == []


def test_only_the_office_of_the_year_sets_up_its_camp(case: Case) -> None:
    stranger = people.person(Role.STAFF)

    with pytest.raises(Refused, match="do not work in this programme year"):
        poc.group(programmes.programme(), actor=people.acting(stranger))


def test_the_workbook_holds_text_that_is_never_calculated() -> None:
    rows = [["=1+1", "+886", "@x", "https://a.example", "007", 7, date(2026, 3, 2), None, True]]
    body = xlsx_file.write([xlsx_file.Sheet("表", ["名"] * 9, rows)])

    cells = next(openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(min_row=2))
    assert [cell.data_type for cell in cells[:5]] == ["s"] * 5
    assert [cell.value for cell in cells[:6]] == ["=1+1", "+886", "@x", "https://a.example", "007", 7]
    assert all(cell.hyperlink is None for cell in cells)
    assert cells[6].value == datetime(2026, 3, 2)  # noqa: DTZ001 - a spreadsheet knows no time zone
