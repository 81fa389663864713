"""The shipped questionnaire advises as a consultant would: six vendors, every option, and the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.assessments.six_vendors import (
    ERP_HOUSE,
    HOSPITAL_DATA,
    INVOICE_API,
    MES_HOUSE,
    POS_CHAIN,
    SMALL_TOOL,
    Answers,
    Said,
    Vendor,
)
from tracker.assessments.kinds import Severity
from tracker.assessments.questionnaire_file import load_questionnaires
from tracker.assessments.rules.answers import WHOLE_SERVICE, Sheet, Standing
from tracker.assessments.rules.decisions import Outcome
from tracker.assessments.rules.result import Result, open_decisions, result_of
from tracker.programmes.rulebook_file import load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
BOOK = {book.id: book for book in load_questionnaires(ROOT)}["cloud-readiness"]
AREAS = ["business", "application", "data", "tenancy", "identity", "security", "operations", "people", "cost"]


def result(vendor: Vendor) -> Result:
    return result_of(vendor.sheet(BOOK), {}, dict(enumerate(vendor.components, start=1)))


def outcome(answers: Answers, decision: str) -> Outcome:
    return result(Vendor(answers)).by_decision[decision, WHOLE_SERVICE]


def parameters(answers: Answers) -> Mapping[str, Said]:
    blueprint = result(Vendor(answers)).blueprint
    assert blueprint is not None
    return blueprint.parameters


# --- what it asks -------------------------------------------------------------------------------------------------------


def test_it_asks_in_nine_areas() -> None:
    assert [area.id for area in BOOK.areas] == AREAS
    assert len(BOOK.questions) >= 66


def test_each_component_has_its_own_questions_and_many_questions_are_only_asked_when_they_matter() -> None:
    assert 12 <= sum(question.of_component for question in BOOK.questions) <= 14
    assert sum(bool(question.when) for question in BOOK.questions) >= 15


def test_every_high_risk_names_a_playbook_to_work_through() -> None:
    without = [
        f"{question.id}:{answer.id}"
        for question in BOOK.questions
        for answer in question.answers
        if answer.severity.rank >= Severity.HIGH.rank and not answer.playbooks
    ]
    assert without == []


def test_the_domestic_share_that_is_asked_for_is_the_one_of_the_rulebook() -> None:
    rulebook = next(book for book in load_rulebooks(ROOT) if (book.programme, book.roc_year) == ("thematic-rd", 111))

    assert BOOK.by_id["security.domestic-share"].answers[1].at_least == rulebook.rule("security.domestic-share").value


def test_a_new_assessment_recommends_nothing_and_says_what_it_waits_for() -> None:
    blank = result_of(Sheet(BOOK, (), {}), {}, {})

    assert blank.blueprint is None
    assert blank.risks == ()
    assert all(one.waits_for for one in open_decisions(BOOK, blank))


# --- six vendors --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Advice:
    """What a consultant would tell a vendor."""

    template: str
    parameters: Mapping[str, Said]
    identity: str
    charging: str
    strategies: Mapping[str, str]
    first_risks: tuple[str, ...]


def advised(region: str, size: str, tenancy: str, *, rto: int, rpo: int, backup: str, days: int) -> Mapping[str, Said]:
    """Write parameters in one line; tenancy is compute, database, files, keys."""
    compute, database, files, keys = tenancy.split()
    return {
        "region": region, "size": size,
        "tenancy_compute": compute, "tenancy_database": database, "tenancy_files": files, "tenancy_keys": keys,
        "rto_minutes": rto, "rpo_minutes": rpo, "backup_cloud": backup, "backup_days": days,
    }  # fmt: skip


ADVICE = {
    "MES house: Windows throughout, thirty plants, some large and wary": (
        MES_HOUSE,
        Advice(
            "azure_saas",
            advised("japaneast", "medium", "bridge bridge bridge bridge", rto=60, rpo=15, backup="aws", days=65),
            "saml-and-oidc",
            "per-site",
            {
                "work orders": "refactor", "machine gateway": "retain", "planning client": "rebuild",
                "licence dongle service": "replace", "old report server": "retire",
            },
            ("application.component-licence", "application.component-hardware", "tenancy.differences", "business.recurring-share"),
        ),
    ),
    "ERP with 400 customers, a database each": (
        ERP_HOUSE,
        Advice(
            "azure_saas",
            advised("japaneast", "medium", "pooled bridge pooled pooled", rto=240, rpo=240, backup="aws", days=90),
            "oidc",
            "per-seat",
            {
                "ledger": "refactor", "ledger database": "replatform", "mail sender": "replace",
                "year-end archive": "retain", "tax tables job": "rehost",
            },
            ("data.component-state", "operations.restore-tested", "operations.second-copy", "people.selling"),
        ),
    ),
    "POS hardware chain: tills that sell on without a line": (
        POS_CHAIN,
        Advice(
            "aws_saas",
            advised("ap-east-2", "medium", "pooled pooled pooled pooled", rto=43, rpo=15, backup="azure", days=90),
            "own-accounts",
            "per-site",
            {
                "till": "retain", "head office": "replatform", "loyalty": "rebuild",
                "payment link": "replace", "price list job": "rehost",
            },
            ("tenancy.component-tenants", "application.component-faults", "operations.on-call"),
        ),
    ),
    "Hospital data: nothing may leave Taiwan, every hospital by itself": (
        HOSPITAL_DATA,
        Advice(
            "gcp_saas",
            advised("asia-east1", "medium", "bridge silo silo silo", rto=60, rpo=15, backup="aws", days=190),
            "saml-and-oidc",
            "per-seat",
            {"image store": "refactor", "results database": "replatform", "model training": "replatform"},
            ("application.component-source", "data.component-state"),
        ),
    ),
    "Small tool: two people, no experience, everything still open": (
        SMALL_TOOL,
        Advice(
            "azure_saas",
            advised("japaneast", "small", "pooled pooled pooled pooled", rto=1440, rpo=1440, backup="aws", days=30),
            "own-accounts",
            "per-seat",
            {"tool": "replatform", "worker": "replatform"},
            ("tenancy.tenant-from", "identity.admin-mfa", "security.secrets", "operations.restore-tested"),
        ),
    ),
    "E-invoice API: thousands of firms, paid per document": (
        INVOICE_API,
        Advice(
            "aws_saas",
            advised("ap-east-2", "large", "pooled pooled pooled pooled", rto=21, rpo=5, backup="gcp", days=365),
            "own-accounts",
            "per-use",
            {"issuing API": "replatform", "upload job": "replatform"},
            ("data.component-sharing",),
        ),
    ),
}  # fmt: skip

each_vendor = pytest.mark.parametrize(("vendor", "advice"), ADVICE.values(), ids=ADVICE)


@each_vendor
def test_each_vendor_gets_the_template_and_parameters_that_suit_it(vendor: Vendor, advice: Advice) -> None:
    blueprint = result(vendor).blueprint

    assert blueprint is not None
    assert blueprint.template == advice.template
    assert blueprint.parameters == advice.parameters


@each_vendor
def test_each_vendor_is_told_how_to_sign_in_and_charge(vendor: Vendor, advice: Advice) -> None:
    found = result(vendor).by_decision

    assert found["identity", WHOLE_SERVICE].value == advice.identity
    assert found["charging", WHOLE_SERVICE].value == advice.charging


@each_vendor
def test_each_component_gets_the_strategy_that_suits_it(vendor: Vendor, advice: Advice) -> None:
    found = result(vendor).by_decision

    names = enumerate(vendor.components, start=1)
    assert {name: found["component.strategy", number].value for number, name in names} == advice.strategies


@each_vendor
def test_each_vendor_sees_its_worst_risks_first(vendor: Vendor, advice: Advice) -> None:
    risks = result(vendor).risks

    assert tuple(risk.question for risk in risks[: len(advice.first_risks)]) == advice.first_risks
    assert all(risk.severity.rank >= Severity.HIGH.rank for risk in risks[: len(advice.first_risks)])


@each_vendor
def test_each_vendor_has_answered_all_it_was_asked(vendor: Vendor, advice: Advice) -> None:
    assert result(vendor).total.blank == 0


# --- every option -------------------------------------------------------------------------------------------------------

REACHED_BY: Mapping[tuple[str, str], Answers] = {
    ("cloud", "azure"): {},
    ("cloud", "aws"): {"people.cloud-skills": "aws"},
    ("cloud", "gcp"): {"data.analytics": "large"},
    ("region.azure", "japaneast"): {},
    ("region.azure", "taiwannorth"): {"data.residency": "taiwan-only", "data.azure-taiwan": "yes"},
    ("region.azure", "southeastasia"): {"business.users-where": "southeast-asia"},
    ("region.azure", "eastasia"): {"business.users-where": "hong-kong-china"},
    ("region.aws", "ap-east-2"): {},
    ("region.aws", "ap-northeast-1"): {"business.users-where": "japan"},
    ("region.aws", "ap-southeast-1"): {"business.users-where": "southeast-asia"},
    ("region.gcp", "asia-east1"): {},
    ("region.gcp", "asia-northeast1"): {"business.users-where": "japan"},
    ("region.gcp", "asia-southeast1"): {"business.users-where": "southeast-asia"},
    ("size", "small"): {},
    ("size", "medium"): {"application.peak-users": 300},
    ("size", "large"): {"application.peak-requests": 250},
    ("tenancy.compute", "pooled"): {},
    ("tenancy.compute", "bridge"): {"tenancy.isolation": "some"},
    ("tenancy.compute", "silo"): {"tenancy.isolation": "dedicated"},
    ("tenancy.database", "pooled"): {},
    ("tenancy.database", "bridge"): {"tenancy.isolation": "some"},
    ("tenancy.database", "silo"): {"tenancy.isolation": "own-database"},
    ("tenancy.files", "pooled"): {},
    ("tenancy.files", "bridge"): {"tenancy.files": "sensitive", "data.personal": "special"},
    ("tenancy.files", "silo"): {"tenancy.files": "hand-over"},
    ("tenancy.keys", "pooled"): {},
    ("tenancy.keys", "bridge"): {"business.customer-kinds": "mid-large", "tenancy.own-key": "some"},
    ("tenancy.keys", "silo"): {"business.customer-kinds": "banks", "tenancy.own-key": "all"},
    ("backup-cloud", "aws"): {},
    ("backup-cloud", "azure"): {"people.cloud-skills": "aws"},
    ("backup-cloud", "gcp"): {"people.cloud-skills": "aws", "data.residency": "taiwan-only", "data.backup-place": "taiwan"},
    ("identity", "own-accounts"): {},
    ("identity", "oidc"): {"identity.customer-login": "social"},
    ("identity", "saml-and-oidc"): {"identity.customer-login": "enterprise"},
    ("charging", "per-seat"): {},
    ("charging", "per-site"): {"business.value-unit": "sites"},
    ("charging", "per-use"): {"business.value-unit": "transactions"},
    ("charging", "base-plus-use"): {"business.value-unit": "several"},
}  # fmt: skip
"""For each option the few answers, on top of an ordinary vendor's, that lead to it."""

STRATEGY_REACHED_BY: Mapping[str, Answers] = {
    "replatform": {},
    "refactor": {"state": "local", "tenants": "per-customer"},
    "replace": {"kind": "common", "bought": "better"},
    "rehost": {"change": "never", "tenants": "internal"},
    "retain": {"used": "lookup"},
    "rebuild": {"tenants": "forks"},
    "retire": {"used": "no"},
}


def test_every_option_has_a_case() -> None:
    votes = [decision for decision in BOOK.decisions if decision.is_vote and not decision.of_component]

    assert set(REACHED_BY) == {(decision.id, option.id) for decision in votes for option in decision.options}
    assert set(STRATEGY_REACHED_BY) == {option.id for option in BOOK.decision_by_id["component.strategy"].options}


@pytest.mark.parametrize(("decision", "option"), REACHED_BY, ids="=".join)
def test_every_option_is_reached_by_a_plausible_vendor(decision: str, option: str) -> None:
    assert outcome(REACHED_BY[decision, option], decision).value == option


@pytest.mark.parametrize("strategy", STRATEGY_REACHED_BY)
def test_every_strategy_is_reached_by_a_plausible_component(strategy: str) -> None:
    found = result(Vendor({}, {"it": STRATEGY_REACHED_BY[strategy]})).by_decision

    assert found["component.strategy", 1].value == strategy


def test_every_question_is_asked_of_somebody() -> None:
    vendors = [vendor for vendor, _advice in ADVICE.values()] + [Vendor(answers) for answers in REACHED_BY.values()]
    asked = {
        key[0]
        for sheet in (vendor.sheet(BOOK) for vendor in vendors)
        for key in sheet.every_key()
        if sheet.standing(key) is not Standing.NOT_ASKED
    }
    assert asked == {question.id for question in BOOK.questions}


# --- why ----------------------------------------------------------------------------------------------------------------


def test_without_a_region_in_taiwan_azure_is_ruled_out_and_the_answer_is_named() -> None:
    skilled = {"people.cloud-skills": "azure", "data.residency": "taiwan-only", "data.azure-taiwan": "no"}

    cloud = outcome(skilled, "cloud")

    assert cloud.value == "aws"
    assert [(one.option, one.reasons[0].question) for one in cloud.excluded] == [("azure", "data.azure-taiwan")]


def test_with_written_consent_azure_stays_and_uses_japan() -> None:
    agreed = {
        "people.cloud-skills": "azure",
        "data.residency": "taiwan-preferred",
        "data.azure-consent": "japan-agreed",
    }

    assert parameters(agreed)["region"] == "japaneast"


def test_an_azure_region_in_taiwan_that_is_open_needs_no_consent() -> None:
    open_there = {
        "people.cloud-skills": "azure",
        "data.residency": "taiwan-preferred",
        "data.azure-consent": "taiwan-open",
    }

    assert parameters(open_there)["region"] == "taiwannorth"


def test_who_promises_99_9_percent_recovers_within_the_43_minutes_of_a_month() -> None:
    promised = outcome({"operations.promised": "99-9", "operations.outage-tolerated": 240}, "rto")

    assert promised.value == 30 * 24 * 60 * (1000 - 999) // 1000 == 43
    assert [reason.question for reason in promised.reasons_for] == ["operations.promised"]


def test_a_shop_that_stops_with_the_line_must_be_back_within_half_an_hour() -> None:
    assert outcome({"application.devices": "summaries", "application.offline": "stops"}, "rto").value == 30


def test_backups_reach_back_beyond_the_day_a_mistake_is_noticed() -> None:
    assert outcome({"data.keep": "operational", "data.late-discovery": "year-end"}, "backup-days").value == 190


def test_a_customer_with_half_of_all_use_gets_compute_of_its_own() -> None:
    assert outcome({"tenancy.biggest": 50}, "tenancy.compute").value == "bridge"


def test_what_changes_with_the_season_is_charged_by_a_base_fee() -> None:
    seasonal = {"business.value-unit": "sites", "business.usage-swing": "many-times"}

    assert outcome(seasonal, "charging").value == "base-plus-use"
