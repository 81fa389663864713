"""Every section of the slides of ROC 111 is walked: each statement has its rule, taken from that section."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tracker.programmes.kinds import Origin
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
BOOKS = {book.programme: book for book in load_rulebooks(ROOT) if book.roc_year == 111}

SLIDES: dict[tuple[str, str], str] = {
    ("thematic-rd", "開場：三項措施"): "background.measures",
    ("thematic-rd", "壹、推動背景（1/2）"): "background.policy background.aims background.approach",
    ("thematic-rd", "壹、推動背景（2/2）"): (
        "background.public-cloud background.proofs background.uses background.added-value background.results background.principle"
    ),
    ("thematic-rd", "貳、申請對象（1/5）：申請對象與共同資格"): (
        "applicants.main applicants.role applicants.kind applicants.lead-is-vendor applicants.registered applicants.branch "
        "applicants.prc-investment applicants.prc-registers applicants.refused-by-banks applicants.credit-statement "
        "applicants.net-worth applicants.capital-raised applicants.interim-net-worth applicants.audited-report "
        "applicants.tax-statements applicants.founded-this-year applicants.capital-report applicants.interim-report "
        "applicants.own-statements"
    ),
    ("thematic-rd", "貳、申請對象（2/5）：特定資格"): (
        "applicants.capability-certificate applicants.capability-class applicants.capability-applied applicants.capability-passed "
        "applicants.revenue-limit applicants.factory-registration applicants.factory-exemption window.closes"
    ),
    ("thematic-rd", "貳、申請對象（3/5）：補助上限、執行期程及補助標的"): (
        "budget.subsidy-cap budget.subsidy-share budget.lead-share window.opens window.execution-begins window.execution-ends "
        "subject.service-model subject.technology subject.marketing subject.operations benefits.followed-years"
    ),
    ("thematic-rd", "貳、申請對象（4/5）：領域類別"): (
        "categories.kind categories.micro-employees categories.micro-aim categories.micro-services "
        "categories.manufacturing-branches categories.manufacturing-aim categories.manufacturing-least "
        "categories.manufacturing-services categories.service-branches categories.service-aim categories.service-least "
        "categories.service-services"
    ),
    ("thematic-rd", "貳、申請對象（5/5）：製造業雲服務範例"): "categories.case-textiles",
    ("thematic-rd", "參、提案重點（1/4）：數位雲服務的規劃"): "proposal.points proposal.business-model-practice",
    ("thematic-rd", "參、提案重點（2/4）：資訊安全規劃"): (
        "security.plan security.aspects security.network security.data security.access security.management security.continuity "
        "security.life-cycle security.domestic-share security.acceptance"
    ),
    ("thematic-rd", "參、提案重點（3/4）：資安管理自評表"): "security.self-assessment security.not-applicable-reason",
    ("thematic-rd", "參、提案重點（4/4）：帶動中小企業客戶"): "proposal.brings-customers",
    ("thematic-rd", "肆、審查原則（1/3）：目標客群及價值主張"): (
        "review.vision review.customers review.customers.target review.customers.value"
    ),
    ("thematic-rd", "肆、審查原則（2/3）：實施方法"): (
        "review.method review.method.resources review.method.relations review.method.activities review.method.partners "
        "review.method.channels"
    ),
    ("thematic-rd", "肆、審查原則（3/3）：預期效益及產出"): (
        "review.results review.results.costs review.results.revenue benefits.salary-first-year benefits.salary-second-year "
        "benefits.investment benefits.customers benefits.customer-revenue benefits.listing"
    ),
    ("points", "壹、背景緣起"): "background.guidance background.aim",
    ("points", "貳、雲端方案遴選（供給端）：一、申請期程；二、申請資格"): (
        "window.opens window.closes window.rolling window.listed-until vendors.business-items vendors.least-capital "
        "vendors.prc-company vendors.foreign-branch vendors.sales-record vendors.quality-record vendors.suspended "
        "vendors.owes-tax vendors.breaks-law"
    ),
    ("points", "貳、雲端方案遴選（供給端）：三、申請類別；四、申請方式及應備文件"): (
        "classes.all classes.enterprise classes.factory papers.account papers.income-statement papers.tax-clearance "
        "papers.record papers.form"
    ),
    ("points", "貳、雲端方案遴選（供給端）：五、申請時程"): (
        "process.steps solution.price solution.least-months redemption.least-months redemption.self-paid-first "
        "redemption.after-contract redemption.invoice redemption.usage-log redemption.questionnaire"
    ),
    ("points", "貳、雲端方案遴選（供給端）：六、方案審查作業（資格審查）"): "review.stages review.qualification review.slides",
    ("points", "貳、雲端方案遴選（供給端）：六、方案審查作業（技術審查）"): (
        "review.technical review.written-papers review.session-vendors-least review.session-vendors-most "
        "review.session-solutions review.reviewers-least review.reviewers-most"
    ),
    ("points", "貳、雲端方案遴選（供給端）：七、審查重點（一）方案技術特性"): (
        "technical.criteria technical.networks technical.security-tests"
    ),
    ("points", "貳、雲端方案遴選（供給端）：七、審查重點（二）方案推廣／運營規劃"): (
        "promotion.criteria promotion.record-papers promotion.quality-papers promotion.reseller-licence"
    ),
    ("points", "參、數位點數申請（需求端）：一至四"): (
        "timeline.closes demand.manufacturer demand.most-capital demand.most-employees demand.factory-registration "
        "demand.factory-exemption demand.most-points demand.most-share demand.goods demand.steps"
    ),
    ("points", "參、數位點數申請（需求端）：五、申請時程；六、系統開放"): (
        "timeline.months timeline.opens timeline.ordered-by timeline.service-ends timeline.ratings-from timeline.system-open"
    ),
    ("points", "肆、常見問題"): (
        "faq.listed-last-year faq.qualification-days-least faq.qualification-days-most faq.technical-gathers faq.sales-proof "
        "faq.points-by-announcement demand.used-last-year faq.redemption-by-announcement"
    ),
    ("counselling", "壹、輔導對象"): (
        "vendors.zero-to-one vendors.change-of-model vendors.counselled-by vendors.kind"
    ),
    ("counselling", "貳、輔導資源"): "resources.technical marketing.activities marketing.links",
    ("counselling", "參、輔導流程規劃：雲服務輔導流程"): "process.steps process.example-cloud",
    ("counselling", "參、輔導流程規劃：推動規劃 POC 與參與經費"): (
        "poc.expert-proposes poc.office-links poc.trialable-solution poc.trial-evidence poc.self-funding"
    ),
    ("counselling", "STEPS 企業分組實證設計共創營"): "camp.steps",
}  # fmt: skip

OPTIONS: dict[tuple[str, str], int] = {
    ("thematic-rd", "background.measures"): 3,
    ("thematic-rd", "background.aims"): 3,
    ("thematic-rd", "applicants.prc-registers"): 2,
    ("thematic-rd", "subject.service-model"): 2,
    ("thematic-rd", "subject.technology"): 2,
    ("thematic-rd", "categories.kind"): 3,
    ("thematic-rd", "categories.micro-services"): 5,
    ("thematic-rd", "categories.manufacturing-branches"): 5,
    ("thematic-rd", "categories.manufacturing-services"): 3,
    ("thematic-rd", "categories.service-branches"): 5,
    ("thematic-rd", "categories.service-services"): 3,
    ("thematic-rd", "categories.case-textiles"): 6,
    ("thematic-rd", "proposal.points"): 15,
    ("thematic-rd", "security.aspects"): 6,
    ("thematic-rd", "review.customers.target"): 2,
    ("thematic-rd", "review.customers.value"): 2,
    ("thematic-rd", "review.method.resources"): 1,
    ("thematic-rd", "review.method.relations"): 2,
    ("thematic-rd", "review.method.activities"): 3,
    ("thematic-rd", "review.method.partners"): 1,
    ("thematic-rd", "review.method.channels"): 1,
    ("thematic-rd", "review.results.costs"): 1,
    ("thematic-rd", "review.results.revenue"): 2,
    ("thematic-rd", "benefits.listing"): 2,
    ("points", "vendors.business-items"): 3,
    ("points", "classes.all"): 10,
    ("points", "classes.enterprise"): 5,
    ("points", "classes.factory"): 5,
    ("points", "process.steps"): 7,
    ("points", "review.stages"): 2,
    ("points", "review.qualification"): 3,
    ("points", "review.technical"): 4,
    ("points", "technical.criteria"): 6,
    ("points", "technical.security-tests"): 6,
    ("points", "promotion.criteria"): 4,
    ("points", "demand.steps"): 3,
    ("points", "timeline.months"): 4,
    ("counselling", "vendors.kind"): 3,
    ("counselling", "resources.technical"): 3,
    ("counselling", "marketing.activities"): 3,
    ("counselling", "marketing.links"): 4,
    ("counselling", "process.steps"): 4,
}

FIGURES: dict[tuple[str, str], str] = {
    ("thematic-rd", "applicants.credit-statement"): "6 month",
    ("thematic-rd", "applicants.own-statements"): "1 month",
    ("thematic-rd", "applicants.net-worth"): "0 TWD",
    ("thematic-rd", "applicants.capability-passed"): "2022-07-31",
    ("thematic-rd", "applicants.revenue-limit"): "2000000000 TWD",
    ("thematic-rd", "budget.subsidy-cap"): "30000000 TWD",
    ("thematic-rd", "budget.subsidy-share"): "50 percent",
    ("thematic-rd", "budget.lead-share"): "50 percent",
    ("thematic-rd", "window.execution-ends"): "2023-11-30",
    ("thematic-rd", "categories.micro-employees"): "9 person",
    ("thematic-rd", "categories.manufacturing-least"): "2 service",
    ("thematic-rd", "categories.service-least"): "2 service",
    ("thematic-rd", "security.domestic-share"): "35 percent",
    ("thematic-rd", "review.customers"): "30 percent",
    ("thematic-rd", "review.method"): "50 percent",
    ("thematic-rd", "review.results"): "20 percent",
    ("thematic-rd", "benefits.salary-first-year"): "5 percent",
    ("thematic-rd", "benefits.salary-second-year"): "5 percent",
    ("thematic-rd", "benefits.followed-years"): "2 year",
    ("points", "window.closes"): "2022-08-20",
    ("points", "window.listed-until"): "2022-12-31",
    ("points", "vendors.least-capital"): "1000000 TWD",
    ("points", "papers.income-statement"): "1 year",
    ("points", "review.session-vendors-least"): "5 company",
    ("points", "review.session-vendors-most"): "10 company",
    ("points", "review.session-solutions"): "10 solution",
    ("points", "review.reviewers-least"): "2 person",
    ("points", "review.reviewers-most"): "3 person",
    ("points", "technical.networks"): "3 company",
    ("points", "solution.least-months"): "3 month",
    ("points", "redemption.least-months"): "3 month",
    ("points", "demand.most-capital"): "100000000 TWD",
    ("points", "demand.most-employees"): "200 person",
    ("points", "demand.most-points"): "200000 point",
    ("points", "demand.most-share"): "50 percent",
    ("points", "timeline.closes"): "2022-08-31",
    ("points", "timeline.ordered-by"): "2022-08-31",
    ("points", "timeline.service-ends"): "2022-11-30",
    ("points", "timeline.ratings-from"): "2022-12-01",
    ("points", "faq.qualification-days-least"): "1 day",
    ("points", "faq.qualification-days-most"): "2 day",
    ("counselling", "poc.self-funding"): "100000 TWD",
}


def texts(book: Rulebook) -> str:
    pairs = [book.title, book.summary, *(rule.text for rule in book.rules)]
    options = [option for rule in book.rules for option in rule.options]
    pairs += [option.text for option in options] + [option.detail for option in options if option.detail]
    return "\n".join(f"{pair.zh_hant}\n{pair.en}" for pair in pairs)


@pytest.mark.parametrize(("programme", "section"), SLIDES)
def test_each_statement_of_a_slide_is_a_rule_that_names_it(programme: str, section: str) -> None:
    for rule_id in SLIDES[programme, section].split():
        rule = BOOKS[programme].rule(rule_id)
        assert (rule.source.origin, rule.source.section.zh_hant) == (Origin.SLIDES, section)


def test_no_slide_is_without_rules_and_no_rule_of_the_slides_without_a_slide() -> None:
    listed = {(programme, rule) for (programme, _section), rules in SLIDES.items() for rule in rules.split()}
    stated = {
        (name, rule.id) for name, book in BOOKS.items() for rule in book.rules if rule.source.origin is Origin.SLIDES
    }

    assert all(SLIDES.values())
    assert stated == listed


@pytest.mark.parametrize(("programme", "rule_id"), OPTIONS)
def test_each_list_of_the_slides_is_whole(programme: str, rule_id: str) -> None:
    assert len(BOOKS[programme].options(rule_id)) == OPTIONS[programme, rule_id]


@pytest.mark.parametrize(("programme", "rule_id"), FIGURES)
def test_each_figure_of_the_slides_is_right(programme: str, rule_id: str) -> None:
    rule = BOOKS[programme].rule(rule_id)

    assert f"{rule.value} {rule.unit or ''}".strip() == FIGURES[programme, rule_id]


def test_every_figure_and_day_of_the_slides_is_in_the_table() -> None:
    stated = {
        (name, rule.id)
        for name, book in BOOKS.items()
        for rule in book.rules
        if rule.source.origin is Origin.SLIDES
        and (rule.unit is not None or rule.kind.value == "date")
        and rule.value is not None
    }
    repeated = {("thematic-rd", "applicants.interim-net-worth"), ("points", "solution.price")}

    assert stated - repeated == set(FIGURES)


def test_the_three_parts_of_the_review_weigh_everything_and_their_points_carry_no_invented_weight() -> None:
    book = BOOKS["thematic-rd"]

    assert sum((book.share(f"review.{part}") for part in ("customers", "method", "results")), Decimal()) == 100
    assert {option.weight for rule in book.rules_of("review") for option in rule.options} == {None}


def test_nobodys_name_or_number_is_carried_over_from_the_slides() -> None:
    for book in BOOKS.values():
        assert not re.search(r"小姐|先生|分機|\(0\d\)|\d{4}-\d{4}", texts(book))
