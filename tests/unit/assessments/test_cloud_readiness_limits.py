"""Whatever is answered, the shipped questionnaire never recommends what customers forbid or the template refuses."""

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from infra_templates.settings import REGIONS, Cloud, SaasParameters, Size, Tenancy
from tracker.assessments.kinds import QuestionKind
from tracker.assessments.questionnaire import Question
from tracker.assessments.questionnaire_file import load_questionnaires
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Key, Sheet, Standing, check_given
from tracker.assessments.rules.result import result_of

BOOK = {book.id: book for book in load_questionnaires(Path(__file__).parents[3] / "playbooks")}["cloud-readiness"]
COMPONENTS = {1: "網站", 2: "排程"}
IN_TAIWAN = {"ap-east-2", "asia-east1", "taiwannorth"}
NEVER_HONG_KONG = {"public", "banks", "hospitals"}


def any_number(question: Question, chance: Random) -> int:
    """Pick a number at the edge of a band, or anywhere between."""
    least, most = question.least or 0, question.most or 100_000
    edges = [edge for band in question.answers if band.at_least for edge in (band.at_least - 1, band.at_least)]
    return chance.choice([least, most, *edges, chance.randint(least, most)])


def any_answer(question: Question, chance: Random) -> Given:
    """Answer a question in some way that it takes."""
    if question.kind is QuestionKind.NUMBER:
        return Given(number=any_number(question, chance))
    answers = [answer for answer in question.answers if not answer.alone]
    if question.kind is QuestionKind.MANY and chance.random() < 0.9:
        return Given(tuple(answer.id for answer in chance.sample(answers, chance.randint(1, len(answers)))))
    return Given((chance.choice(question.answers).id,))


def answered(chance: Random) -> Sheet:
    """Answer every question in some way, two components included."""
    keys = Sheet(BOOK, tuple(COMPONENTS), {}).every_key()
    return Sheet(BOOK, tuple(COMPONENTS), {key: any_answer(BOOK.by_id[key[0]], chance) for key in keys})


full_sheets = st.randoms(use_true_random=True).map(answered)


def said(sheet: Sheet, question: str) -> Given:
    """Give an answer that counts; nothing where the question is not asked."""
    key: Key = (question, WHOLE_SERVICE)
    return sheet.given[key] if sheet.standing(key) is Standing.ANSWERED else Given()


def recommended(sheet: Sheet) -> tuple[Cloud, SaasParameters]:
    """Give the cloud and the settings, checked by the template itself."""
    blueprint = result_of(sheet, {}, COMPONENTS).blueprint
    assert blueprint is not None
    return Cloud(blueprint.template.removesuffix("_saas")), SaasParameters.model_validate(blueprint.parameters)


@given(full_sheets)
@settings(max_examples=200)
def test_complete_answers_always_lead_to_settings_that_the_template_takes(sheet: Sheet) -> None:
    for (question, _component), answer in sheet.given.items():
        check_given(BOOK.by_id[question], answer)

    cloud, parameters = recommended(sheet)

    assert parameters.region in REGIONS[cloud]
    assert parameters.backup_cloud is not cloud


@given(full_sheets)
@settings(max_examples=200)
def test_data_that_must_stay_in_taiwan_stays_there(sheet: Sheet) -> None:
    cloud, parameters = recommended(sheet)

    if said(sheet, "data.residency").options == ("taiwan-only",):
        assert parameters.region in IN_TAIWAN
        assert cloud is not Cloud.AZURE or said(sheet, "data.azure-taiwan").options == ("yes",)
    if said(sheet, "data.backup-place").options == ("taiwan",):
        assert parameters.backup_cloud in {Cloud.AWS, Cloud.GCP}


@given(full_sheets)
@settings(max_examples=200)
def test_hong_kong_is_only_for_those_who_asked_and_have_no_public_bodies_banks_or_hospitals(sheet: Sheet) -> None:
    _cloud, parameters = recommended(sheet)

    if parameters.region == "eastasia":
        assert said(sheet, "data.residency").options == ("no-demand",)
        assert NEVER_HONG_KONG.isdisjoint(said(sheet, "business.customer-kinds").options)


@given(full_sheets)
@settings(max_examples=200)
def test_targets_never_exceed_what_customers_bear(sheet: Sheet) -> None:
    _cloud, parameters = recommended(sheet)

    assert parameters.rto_minutes <= (said(sheet, "operations.outage-tolerated").number or 0)
    assert parameters.rpo_minutes <= (said(sheet, "operations.loss-tolerated").number or 0)


@given(full_sheets)
@settings(max_examples=200)
def test_the_size_meets_the_largest_demand(sheet: Sheet) -> None:
    _cloud, parameters = recommended(sheet)
    demands = {
        "application.peak-users": (200, 2_000),
        "application.peak-requests": (20, 200),
        "data.volume": (100, 1_000),
    }
    numbers = {question: said(sheet, question).number or 0 for question in demands}

    if any(numbers[question] >= large for question, (_medium, large) in demands.items()):
        assert parameters.size is Size.LARGE
    elif any(numbers[question] >= medium for question, (medium, _large) in demands.items()):
        assert parameters.size is Size.MEDIUM
    else:
        assert parameters.size is Size.SMALL


@given(full_sheets)
@settings(max_examples=200)
def test_a_promise_of_separation_is_kept(sheet: Sheet) -> None:
    _cloud, parameters = recommended(sheet)
    isolation = said(sheet, "tenancy.isolation").options

    if isolation == ("some",):
        assert parameters.tenancy_database is not Tenancy.POOLED
    if isolation == ("own-database",):
        assert parameters.tenancy_database is Tenancy.SILO
    if isolation == ("dedicated",):
        assert {parameters.tenancy_compute, parameters.tenancy_database, parameters.tenancy_files} == {Tenancy.SILO}
    if said(sheet, "tenancy.own-key").options == ("all",):
        assert parameters.tenancy_keys is Tenancy.SILO


@given(full_sheets)
@settings(max_examples=200)
def test_every_component_gets_a_strategy_and_only_what_nobody_uses_is_retired(sheet: Sheet) -> None:
    found = result_of(sheet, {}, COMPONENTS).by_decision

    for number in COMPONENTS:
        strategy = found["component.strategy", number].value
        used = sheet.given["application.component-used", number].options
        assert strategy is not None
        assert (strategy == "retire") == (used == ("no",))


def test_options_are_those_that_the_template_offers() -> None:
    offered = {decision.id: {option.id for option in decision.options} for decision in BOOK.decisions}

    assert offered["cloud"] == offered["backup-cloud"] == set(Cloud)
    assert all(offered[f"region.{cloud}"] == set(REGIONS[cloud]) for cloud in Cloud)
    assert offered["size"] == set(Size)
    assert all(offered[f"tenancy.{layer}"] == set(Tenancy) for layer in ("compute", "database", "files", "keys"))
