"""Decisions: most points win, what is ruled out never does, the strictest limit holds, and order changes nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.sheets import BOOK, COMPONENTS, result, sheet, sheets
from tracker.assessments.kinds import Severity
from tracker.assessments.questionnaire_file import parse_questionnaire
from tracker.assessments.rules.answers import Given, Key, Sheet
from tracker.assessments.rules.comparison import compare
from tracker.assessments.rules.decisions import Choice, Outcome, check_choice
from tracker.assessments.rules.result import Result, digest, freeze, open_decisions, result_of, thaw
from tracker.core.errors import Refused

AZURE = Given(("azure",))
SETTLED: dict[Key, Given] = {
    ("business.charging", 0): Given(("project-only",)),
    ("business.clouds", 0): AZURE,
    ("business.outage", 0): Given(number=4),
    ("tenancy.shared-database", 0): Given(("no",)),
    ("data.local-disk", 1): Given(("yes",)),
    ("data.disk-size", 1): Given(number=20),
    ("data.local-disk", 2): Given(("no",)),
}


def outcome(answers: dict[Key, Given], decision: str, component: int = 0) -> Outcome:
    return result(answers).by_decision[decision, component]


def test_most_points_win_and_reasons_say_which_answers_gave_them() -> None:
    cloud = outcome(SETTLED | {("business.clouds", 0): Given(("azure", "aws"))}, "cloud")

    assert cloud.value == "azure"
    assert [(reason.question, reason.points) for reason in cloud.reasons_for] == [("business.charging", 2), ("business.clouds", 1)]  # fmt: skip
    assert [(reason.question, reason.answer) for reason in cloud.reasons_against] == [("business.clouds", "aws")]
    assert dict(cloud.points) == {"azure": 3, "aws": 1, "gcp": 0}


def test_the_earlier_option_wins_a_tie() -> None:
    assert outcome({("business.clouds", 0): Given(("aws", "azure"))}, "cloud").value == "azure"


def test_a_decision_waits_for_the_question_it_needs() -> None:
    waiting = outcome({("business.charging", 0): Given(("project-only",))}, "cloud")

    assert waiting.value is None
    assert waiting.waits_for == (("business.clouds", 0),)
    assert outcome({("business.clouds", 0): Given(not_applicable="尚未選雲")}, "cloud").value == "azure"


def test_an_option_that_is_ruled_out_never_wins() -> None:
    answers = SETTLED | {("business.clouds", 0): Given(("aws",)), ("business.charging", 0): Given(("subscription",)), ("data.abroad", 0): Given(("no",))}  # fmt: skip

    cloud = outcome(answers, "cloud")

    assert cloud.value == "azure"
    assert [(out.option, out.reasons[0].question) for out in cloud.excluded] == [("aws", "data.abroad")]


def test_the_strictest_limit_holds_in_the_unit_of_the_decision() -> None:
    assert outcome(SETTLED, "rto").value == 4 * 60
    assert outcome(SETTLED | {("business.outage", 0): Given(number=0)}, "rto").value == 30
    assert outcome(SETTLED | {("business.outage", 0): Given(number=30)}, "rto").value == 480


def test_the_largest_demand_of_any_component_holds() -> None:
    assert outcome(SETTLED, "backup-days").value == 30
    assert outcome({}, "backup-days").value == 7


def test_the_backup_lies_in_another_cloud() -> None:
    backup = outcome(SETTLED | {("business.clouds", 0): Given(("aws",)), ("business.charging", 0): Given(("subscription",))}, "backup-cloud")  # fmt: skip

    assert backup.value == "azure"
    assert [(out.option, out.reasons) for out in backup.excluded] == [("aws", ())]


def test_each_component_has_a_strategy_of_its_own() -> None:
    assert outcome(SETTLED, "component.strategy", 1).value == "refactor"
    assert outcome(SETTLED, "component.strategy", 2).value == "rehost"


def test_the_template_is_named_once_everything_behind_it_is_settled() -> None:
    blueprint = result(SETTLED).blueprint

    assert blueprint is not None
    assert blueprint.template == "azure_saas"
    assert blueprint.parameters == {
        "region": "japaneast",
        "size": "small",
        "tenancy_compute": "pooled",
        "tenancy_database": "silo",
        "tenancy_files": "pooled",
        "tenancy_keys": "pooled",
        "rto_minutes": 240,
        "rpo_minutes": 60,
        "backup_cloud": "aws",
        "backup_days": 30,
    }


def test_no_template_is_named_while_a_decision_is_open() -> None:
    answers = {key: given for key, given in SETTLED.items() if key[0] != "tenancy.shared-database"}

    found = result(answers)

    assert found.blueprint is None
    assert [one.decision for one in open_decisions(BOOK, found)] == ["tenancy.database"]


def with_choice(decision: str, value: str | int, *, computed: str | int | None = None, answers: dict[Key, Given] = SETTLED) -> Result:  # fmt: skip
    choices = {(decision, 0): Choice(value, "示範理由", computed)}
    return result_of(sheet(answers), choices, COMPONENTS)


def test_the_experts_value_holds_beside_the_computed_one() -> None:
    changed = with_choice("cloud", "gcp", computed="azure")

    cloud = changed.by_decision["cloud", 0]
    assert (cloud.computed, cloud.value, cloud.has_moved) == ("azure", "gcp", False)
    assert changed.blueprint is not None
    assert changed.blueprint.template == "gcp_saas"
    assert changed.blueprint.parameters["region"] == "asia-east1"


def test_an_experts_value_is_kept_and_marked_when_answers_change() -> None:
    answers = SETTLED | {("business.clouds", 0): Given(("aws",)), ("business.charging", 0): Given(("subscription",))}

    cloud = with_choice("cloud", "gcp", computed="azure", answers=answers).by_decision["cloud", 0]

    assert (cloud.computed, cloud.value, cloud.has_moved) == ("aws", "gcp", True)


def test_a_backup_in_the_cloud_of_the_service_decides_nothing() -> None:
    changed = with_choice("backup-cloud", "azure", computed="aws")

    assert changed.by_decision["backup-cloud", 0].clashes
    assert changed.blueprint is None


@pytest.mark.parametrize(
    ("decision", "value", "taken", "words"),
    [
        ("cloud", "ibm", None, "Choose one"),
        ("backup-cloud", "azure", "azure", "another cloud"),
        ("rto", "soon", None, "whole number"),
        ("rto", "99999999", None, "whole number"),
        ("rto", "-5", None, "whole number"),
    ],
)
def test_an_experts_value_that_cannot_hold_is_refused(decision: str, value: str, taken: str | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        check_choice(BOOK.decision_by_id[decision], value, taken)


def test_an_experts_number_is_read() -> None:
    assert check_choice(BOOK.decision_by_id["rto"], "120", None) == 120


def test_everything_ruled_out_is_a_conflict() -> None:
    text = BOOK.source.replace('never = ["japaneast"]', 'never = ["japaneast", "southeastasia"]')
    answers: dict[Key, Given] = SETTLED | {("data.abroad", 0): Given(("no",))}
    found = result_of(Sheet(parse_questionnaire(text), (1, 2), answers), {}, COMPONENTS)

    region = found.by_decision["region.azure", 0]
    assert (region.value, region.is_conflict, found.blueprint) == (None, True, None)


def test_risks_stand_worst_first_with_the_component_they_come_from() -> None:
    answers = SETTLED | {("data.backup", 0): Given(("no",))}

    assert [(risk.severity, risk.question, risk.component) for risk in result(answers).risks] == [
        (Severity.CRITICAL, "data.backup", 0),
        (Severity.HIGH, "business.charging", 0),
        (Severity.MEDIUM, "data.local-disk", 1),
    ]


@given(sheets())
def test_what_is_ruled_out_never_wins_and_limits_are_never_broken(answers: dict[Key, Given]) -> None:
    for one in result(answers).outcomes:
        assert one.computed not in {out.option for out in one.excluded}
        for reason in (*one.reasons_for, *one.reasons_against):
            if reason.limit is not None and one.computed is not None:
                kind = BOOK.decision_by_id[one.decision].kind
                assert one.computed <= reason.limit if kind == "at-most" else one.computed >= reason.limit  # type: ignore[operator]  # limits are numbers


@given(sheets(), st.randoms(use_true_random=False))
def test_the_order_in_which_answers_came_changes_nothing(answers: dict[Key, Given], chance: Any) -> None:
    shuffled = list(answers.items())
    chance.shuffle(shuffled)

    assert result(dict(shuffled)) == result(answers)


@given(sheets())
def test_a_kept_result_reads_back_as_it_was(answers: dict[Key, Given]) -> None:
    found = result(answers)

    assert thaw(freeze(found)) == found
    assert digest(freeze(found)) == digest(freeze(thaw(freeze(found))))


@given(sheets())
def test_a_template_is_named_only_when_nothing_is_open(answers: dict[Key, Given]) -> None:
    found = result(answers)

    assert (found.blueprint is None) == bool(open_decisions(BOOK, found))


@given(sheets())
def test_an_assessment_does_not_differ_from_itself(answers: dict[Key, Given]) -> None:
    same = compare(result(answers), result(answers))

    assert (same.answers, same.gone, same.new, same.decisions) == ((), (), (), ())
    assert all(area.points in (0, None) for area in same.areas)


def test_a_comparison_names_what_changed() -> None:
    later = SETTLED | {("business.charging", 0): Given(("subscription",)), ("data.backup", 0): Given(("no",)), ("business.outage", 0): Given(number=2)}  # fmt: skip

    found = compare(result(SETTLED), result(later))

    assert [change.question for change in found.answers] == ["business.charging", "business.outage", "data.backup"]
    assert [risk.question for risk in found.gone] == ["business.charging"]
    assert [risk.question for risk in found.new] == ["data.backup"]
    assert [(change.decision, change.before, change.after) for change in found.decisions] == [
        ("cloud", "azure", "aws"),
        ("rto", 240, 120),
        ("backup-cloud", "aws", "azure"),
    ]
    assert next(area.points for area in found.areas if area.area == "business") == 50


def test_what_waits_for_an_answer_has_not_changed_yet() -> None:
    begun: dict[Key, Given] = {
        ("business.charging", 0): Given(("project-only",), suggested=True),
        ("data.local-disk", 1): Given(("no",)),
    }

    found = compare(result(SETTLED), result(begun))

    assert [risk.question for risk in found.gone] == ["data.local-disk"]
    assert [change.question for change in found.answers] == ["data.local-disk", "data.disk-size"]
    assert "cloud" not in {change.decision for change in found.decisions}
