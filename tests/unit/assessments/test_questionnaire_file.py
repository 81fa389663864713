"""A questionnaire with anything wrong in it is refused with file, line and key."""

from pathlib import Path

import pytest

from tests.support.questionnaires import GOOD, small_questionnaire
from tracker.assessments.kinds import Scope, Severity, Unit
from tracker.assessments.questionnaire import Condition, Way
from tracker.assessments.questionnaire_file import QuestionnaireFaults, check_questionnaires, load_questionnaires
from tracker.core.content import Fault

PLAYBOOK = """\
+++
id = "assess-case"
+++
- [ ] 租戶 {: #tenancy who=vendor evidence=document days=5 }
- [ ] 架構 {: #architecture who=expert evidence=document days=9 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assessments").mkdir()
    (tmp_path / "steps/assess").mkdir(parents=True)
    (tmp_path / "steps/assess/01-case.zh-Hant.md").write_text(PLAYBOOK, encoding="utf-8")
    return tmp_path


def faults_of(folder: Path, text: str) -> list[Fault]:
    (folder / "assessments/cloud-readiness.toml").write_text(text, encoding="utf-8")
    return check_questionnaires(folder)


def test_a_sound_questionnaire_is_read_whole(folder: Path) -> None:
    assert faults_of(folder, GOOD) == []

    (book,) = load_questionnaires(folder)
    assert [area.id for area in book.areas] == ["business", "tenancy", "data"]
    question = book.by_id["data.disk-size"]
    assert question.scope is Scope.COMPONENT
    assert question.unit is Unit.GIGABYTE
    assert question.when == (
        Condition("data.local-disk", frozenset({"yes"})),
        Condition("business.outage", at_least=1),
    )
    risky = book.by_id["business.charging"].answers[0]
    assert (risky.score, risky.severity, risky.playbooks) == (0, Severity.HIGH, ("assess-case",))
    assert [said.way for said in risky.implies] == [Way.OPTION]
    assert book.template.source_of("region", "gcp") == "region.gcp"
    assert book.template.template_id("azure") == "azure_saas"


def test_a_number_falls_into_its_band() -> None:
    question = small_questionnaire().by_id["business.outage"]

    assert [question.band(number).id for number in (0, 1, 23, 24, 72)] == ["never", "hours", "hours", "a-day", "a-day"]


CHARGING = 'id = "business.charging"'
FIRST_RISK = 'mitigation = { zh-Hant = "訂閱試點", en = "Pilot a subscription" }\n'
ROW_KEY = 'when = [{ question = "tenancy.shared-database", is = ["yes"] }]'
POLICY = 'when = [{ question = "tenancy.row-key", is = ["yes"] }]'
SIZE = '{ question = "business.outage", at-least = 1 }'
HOURS = 'id = "hours"\nat-least = 1\n'
IMPLIES = '{ decision = "cloud", option = "azure", points = 2 }'
OPTION_REASON = 'reason = { zh-Hant = "預設", en = "It is the usual one" }\n'


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('id = "cloud-readiness"', 'id = "readiness"', "id", "named for the questionnaire “cloud-readiness”"),
        ("version = 1", 'version = "1"', "version", "whole number"),
        ("without-evidence = 60", "without-evidence = 101", "confidence.without-evidence", "from 0 to 100"),
        ('id = "tenancy"', 'id = "business"', "area.id", "already used on line"),
        ('id = "tenancy"', 'id = "tenants"', "question.id", "begins with no area"),
        ('id = "tenancy"', 'id = "tenants"', "area.id", "has 0 scored questions; it needs at least 3"),
        ('id = "business.clouds"', CHARGING, "question.id", "already used on line"),
        (CHARGING, 'id = "Business.Charging"', "question.id", "is no id"),
        (CHARGING + '\nkind = "one"', CHARGING + '\nkind = "any"', "question.kind", "not known"),
        ('weight = 2\nevidence = "document"', 'weight = 4\nevidence = "document"', "question.weight", "from 0 to 3"),
        ('evidence = "document"', 'evidence = "paper"', "question.evidence", "not known"),
        ('who = "both"', 'who = "auditor"', "question.who", "not known"),
        ('scope = "component"', 'scope = "once"', "question.scope", "not known"),
        ('unit = "hour"', 'unit = "fortnight"', "question.unit", "not known"),
        ('unit = "hour"\n', "", "question.unit", "is missing"),
        ("least = 0", "least = -1", "question.least", "at least 0"),
        ("least = 0\nmost = 72", "least = 80\nmost = 72", "question.answer.id", "must be smaller"),
        ('text = { zh-Hant = "如何收費？", en = "How is it charged?" }', 'text = { zh-Hant = "如何收費？" }', "question.text.en", "is missing"),
        ('rationale = { zh-Hant = "沒有經常收入", en = "No recurring income" }\n', "", "question.answer.rationale", "is missing"),
        (FIRST_RISK, "", "question.answer.mitigation", "is missing"),
        ('severity = "high"\n', "", "question.answer.risk", "not a key that is known"),
        ('severity = "high"', 'severity = "dire"', "question.answer.severity", "not known"),
        ('playbooks = ["assess-case"]', 'playbooks = ["assess-cast"]', "question.answer.playbooks", "no playbook “assess-cast”"),
        ('id = "maintenance"', 'id = "project-only"', "question.answer.id", "already used on line"),
        ("score = 0\n", "", "question.answer.score", "is missing"),
        ("score = 0\n", "score = 5\n", "question.answer.score", "from 0 to 4"),
        ("score = 4\nrationale = { zh-Hant = \"已經訂閱\"", "score = 3\nrationale = { zh-Hant = \"已經訂閱\"", "question.answer", "nobody can be ready"),
        ("alone = true\n", 'alone = "yes"\n', "question.answer.alone", "true or false"),
        ('id = "yes"\ntext = { zh-Hant = "是"', 'id = "sure"\ntext = { zh-Hant = "是"', "question.answer", "in this order"),
        (HOURS, 'id = "hours"\n', "question.answer.at-least", "says where it begins"),
        (HOURS, HOURS.replace("1", "24"), "question.answer.at-least", "bands must rise"),
        (HOURS, HOURS.replace("1", "0"), "question.answer.at-least", "bands must rise"),
        ("at-least = 24", "at-least = 73", "question.answer.at-least", "at most 72 can be typed"),
        ('id = "never"\n', 'id = "never"\nat-least = 0\n', "question.answer.at-least", "leave out"),
        ('needed-by = ["rto"]', 'needed-by = ["rta"]', "question.needed-by", "no decision “rta”"),
        ('needed-by = ["component.strategy"]', 'needed-by = ["cloud"]', "question.needed-by", "only be needed by a decision about components"),
        (ROW_KEY, ROW_KEY.replace("shared-database", "shared"), "question.when.question", "no question “tenancy.shared”"),
        (ROW_KEY, ROW_KEY.replace('"yes"', '"maybe"'), "question.when.is", "no answer to"),
        (ROW_KEY, 'when = [{ question = "tenancy.shared-database" }]', "question.when.question", "say which under “is”"),
        (ROW_KEY, 'when = [{ question = "data.local-disk", is = ["yes"] }]', "question.when.question", "asked for each component"),
        (ROW_KEY, 'when = [{ question = "tenancy.policy", is = ["yes"] }]', "question.when", "circle: tenancy.row-key → tenancy.policy → tenancy.row-key"),
        (ROW_KEY, 'when = [{ question = "tenancy.row-key", is = ["yes"] }]', "question.when", "circle: tenancy.row-key → tenancy.row-key"),
        (POLICY, POLICY[:-1] + ', { question = "tenancy.shared-database", is = ["no"] }]', "question.when", "can never be asked"),
        (SIZE, SIZE.replace("at-least = 1", "at-least = 73"), "question.when", "can never be asked"),
        (SIZE, SIZE.replace("at-least = 1", "at-least = 9, at-most = 3"), "question.when", "can never be asked"),
        (SIZE, SIZE.replace("at-least = 1", 'is = ["hours"]'), "question.when.question", "is a number"),
        (IMPLIES, IMPLIES.replace('"cloud"', '"clouds"'), "question.answer.implies.decision", "no decision “clouds”"),
        (IMPLIES, IMPLIES.replace('"azure"', '"azores"'), "question.answer.implies.option", "no option of “cloud”"),
        (IMPLIES, IMPLIES.replace("2", "6"), "question.answer.implies.points", "from 1 to 5"),
        (IMPLIES, IMPLIES.replace(" }", ', never = ["aws"] }'), "question.answer.implies.decision", "Say one of"),
        (IMPLIES, '{ decision = "cloud", at-most = 3 }', "question.answer.implies.decision", "cannot say “at-most”"),
        (IMPLIES, '{ decision = "rto", at-least = 3 }', "question.answer.implies.decision", "cannot say “at-least”"),
        (IMPLIES, '{ decision = "rto", at-most = "answer" }', "question.answer.implies.at-most", "must be a number in the unit"),
        ('never = ["pooled"]', 'never = ["pond"]', "question.answer.implies.never", "no option"),
        ('never = ["pooled"]', "never = []", "question.answer.implies.never", "names no option"),
        ('"component.strategy", option = "rehost"', '"size", option = "small"', "question.answer.implies.option", "only to decisions about components"),
        ('id = "size"', 'id = "cloud"', "decision.id", "already used on line"),
        ('id = "medium"', 'id = "small"', "decision.option.id", "already used on line"),
        (OPTION_REASON, "", "decision.option.reason", "stands when no answer speaks"),
        ('differs-from = "cloud"', 'differs-from = "component.strategy"', "decision.differs-from", "no vote that stands before"),
        ('kind = "at-least"\n', 'kind = "at-least"\nscope = "component"\n', "decision.scope", "Only a vote"),
        ("default = 480\n", "", "decision.default", "is missing"),
        ('[template]\ndecision = "cloud"', '[template]\ndecision = "rto"', "template.decision", "no vote of the whole service"),
        ('size = "size"\n', "", "template.parameters.size", "is missing"),
        ('size = "size"\n', 'size = "sizes"\n', "template.parameters.size", "no decision “sizes”"),
        ('size = "size"\n', 'size = "size"\nzone = "size"\n', "template.parameters.zone", "not a key that is known"),
        ('rto_minutes = "rto"', 'rto_minutes = "backup-days"', "template.parameters.rto_minutes", "a number in “minute”"),
        ('backup_days = "backup-days"', 'backup_days = "size"', "template.parameters.backup_days", "a number in “day”"),
        ('size = "size"\n', 'size = "rto"\n', "template.parameters.size", "no vote"),
        ('id = "region.gcp"', 'id = "region.google"', "template.parameters.region", "no decision “region.gcp”"),
        ('item = "assess-case.tenancy"', 'item = "assess-case.tenants"', "proves.item", "no checklist item"),
        ('decisions = ["tenancy.compute",', 'decisions = ["component.strategy",', "proves.decisions", "of the whole service"),
        ("template = true\ncomponents = true\n", "", "proves.decisions", "Say what must be settled"),
        ("template = true\n", 'template = "yes"\n', "proves.template", "true or false"),
        ("[[decision]]\n", "[decision]]\n", "", "not valid TOML"),
        ("[[area]]\n", "colour = 1\n[[area]]\n", "confidence.colour", "not a key that is known"),
    ],
)  # fmt: skip
def test_each_fault_names_its_key(folder: Path, old: str, new: str, key: str, words: str) -> None:
    assert old in GOOD
    faults = faults_of(folder, GOOD.replace(old, new, 1))

    found = [fault for fault in faults if fault.key == key and words in str(fault.sentence)]
    assert found, [(fault.key, str(fault)) for fault in faults]
    assert found[0].file == "assessments/cloud-readiness.toml"


def test_a_fault_names_the_line_of_its_key(folder: Path) -> None:
    text = GOOD.replace('playbooks = ["assess-case"]', 'playbooks = ["assess-cast"]')

    (fault,) = faults_of(folder, text)

    assert text.split("\n")[fault.line - 1] == 'playbooks = ["assess-cast"]'


def test_two_areas_are_too_few(folder: Path) -> None:
    faults = faults_of(folder, GOOD[: GOOD.index("[[area]]")] + DECISIONS_ONLY)

    assert any("at least 3 areas" in str(fault) for fault in faults)


DECISIONS_ONLY = GOOD[GOOD.index("[[decision]]") :]


def test_a_file_that_is_no_text_is_a_fault(folder: Path) -> None:
    (folder / "assessments/cloud-readiness.toml").write_bytes(b"\xff\xfe")

    (fault,) = check_questionnaires(folder)
    assert "cannot be read" in str(fault)
    with pytest.raises(QuestionnaireFaults):
        load_questionnaires(folder)
