"""Questionnaire files: TOML read whole, or refused with file, line and key of everything wrong."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tracker.assessments.kinds import (
    BEST,
    HEAVIEST,
    STRONGEST,
    WHOLE,
    DecisionKind,
    QuestionKind,
    Scope,
    Severity,
    Unit,
    Who,
)
from tracker.assessments.questionnaire import (
    Answer,
    Area,
    Condition,
    Decision,
    Implication,
    Option,
    Proof,
    Question,
    Questionnaire,
    Template,
    Way,
)
from tracker.assessments.questionnaire_checks import Known, check_whole
from tracker.core.content import Bilingual, ContentFaults, Fault, TomlTable, read_toml
from tracker.core.text import N_, Labelled, Message
from tracker.journey.rules import EvidenceKind


class QuestionnaireFaults(ContentFaults):
    """A questionnaire that cannot be used, with file, line and key of everything wrong in it."""


L = TypeVar("L", bound=Labelled)
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_DOTTED = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)?")
_PLAYBOOK_ID = re.compile(r'^id = "([a-z0-9-]+)"', re.MULTILINE)
_ITEM_KEY = re.compile(r"^- \[ \].*\{:\s*#([a-z0-9-]+)", re.MULTILINE)
_ANSWER = "answer"
"""Written for a limit that is the number answered."""


def parse_questionnaire(text: str, file: str = "questionnaire") -> Questionnaire:
    """Read a questionnaire from its text, or raise QuestionnaireFaults."""
    questionnaire, faults = _read_text(text, file)
    if faults or questionnaire is None:
        raise QuestionnaireFaults(faults)
    return questionnaire


def load_questionnaires(root: Path) -> tuple[Questionnaire, ...]:
    """Read every questionnaire below `assessments/`, or raise QuestionnaireFaults."""
    found: list[Questionnaire] = []
    faults: list[Fault] = []
    for path in questionnaire_paths(root):
        questionnaire, wrong = _read_file(path, path.relative_to(root).as_posix(), None)
        faults += wrong
        if questionnaire is not None:
            found.append(questionnaire)
    if faults:
        raise QuestionnaireFaults(faults)
    return tuple(found)


def check_questionnaires(root: Path) -> list[Fault]:
    """List everything wrong in the questionnaires of a playbooks folder, with files named from that folder."""
    paths = questionnaire_paths(root)
    known = _known(root)
    return [fault for path in paths for fault in _read_file(path, path.relative_to(root).as_posix(), known)[1]]


def questionnaire_paths(root: Path) -> list[Path]:
    """List the questionnaire files of a playbooks folder by name."""
    return sorted(root.glob("assessments/*.toml"))


def _known(root: Path) -> Known:
    """Give the ids of playbooks and items, read without holding them to anything: they have a check of their own."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(root.glob("steps/*/*.zh-Hant.md"))]
    ids = [(found[1], text) for text in texts if (found := _PLAYBOOK_ID.search(text))]
    items = {f"{playbook}.{key}" for playbook, text in ids for key in _ITEM_KEY.findall(text)}
    return Known(frozenset(playbook for playbook, _text in ids), frozenset(items))


def _read_file(path: Path, file: str, known: Known | None) -> tuple[Questionnaire | None, list[Fault]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else error.strerror
        return None, [Fault(file, 1, Message(N_("The file cannot be read: %(reason)s."), {"reason": reason}))]
    return _read_text(text, file, known=known, stem=path.stem)


def _read_text(
    text: str, file: str, *, known: Known | None = None, stem: str = ""
) -> tuple[Questionnaire | None, list[Fault]]:
    try:
        table = read_toml(text, file)
    except ContentFaults as error:
        return None, list(error.faults)
    questionnaire = _read(table)
    if stem and questionnaire.id and questionnaire.id != stem:
        table.fault("id", N_("The file is named for the questionnaire “%(name)s”."), name=stem)
    check_whole(table, questionnaire, known)
    faults = sorted(table.faults, key=lambda fault: (fault.line, fault.key, str(fault.sentence)))
    return replace(questionnaire, source=text), faults


def _read(table: TomlTable) -> Questionnaire:
    confidence = table.table("confidence")
    without = whole(confidence, "without-evidence", most=WHOLE)
    confidence.finish()
    questionnaire = Questionnaire(
        id=_id(table),
        version=table.positive("version"),
        title=table.bilingual("title"),
        summary=table.bilingual("summary"),
        without_evidence=without or 0,
        areas=tuple(_read_area(entry) for entry in table.tables("area")),
        questions=tuple(_read_question(entry) for entry in table.tables("question")),
        decisions=tuple(_read_decision(entry) for entry in table.tables("decision")),
        template=_read_template(table.table("template")),
        proves=tuple(_read_proof(entry) for entry in table.tables("proves")),
    )
    table.finish()
    return questionnaire


def whole(entry: TomlTable, key: str, *, least: int = 0, most: int | None = None) -> int | None:
    """Read a whole number between limits; what is no such number is a fault."""
    if key not in entry.data:
        entry.skip(key)
        entry.fault(key, N_("“%(key)s” is missing."))
        return None
    value = entry.value(key)
    if not isinstance(value, int) or isinstance(value, bool):
        entry.fault(key, N_("“%(key)s” must be a whole number."))
        return None
    if value < least or (most is not None and value > most):
        _out_of_range(entry, key, least, most)
        return None
    return value


def _out_of_range(entry: TomlTable, key: str, least: int, most: int | None) -> None:
    if most is None:
        entry.fault(key, N_("“%(key)s” must be at least %(least)s."), least=least)
    else:
        entry.fault(key, N_("“%(key)s” must be from %(least)s to %(most)s."), least=least, most=most)


def _optional_whole(entry: TomlTable, key: str) -> int | None:
    return whole(entry, key) if key in entry.data else None


def _id(entry: TomlTable, pattern: re.Pattern[str] = _ID) -> str:
    value = entry.text("id")
    if value.strip() and not pattern.fullmatch(value):
        entry.fault("id", N_("“%(id)s” is no id: use small letters, digits and hyphens."), id=value)
    return value


def _optional_bilingual(entry: TomlTable, key: str) -> Bilingual | None:
    return entry.bilingual(key) if key in entry.data else None


def _member(entry: TomlTable, key: str, kind: type[L], otherwise: L) -> L:
    """Read one word of a list of words; an unknown one is a fault and reads as the last argument."""
    known = {member.value: member for member in kind}
    return known.get(entry.one_of(key, known), otherwise)


def _read_area(entry: TomlTable) -> Area:
    area = Area(_id(entry), entry.positive("weight"), entry.bilingual("text"))
    entry.finish()
    return area


def _read_question(entry: TomlTable) -> Question:
    kind = _member(entry, "kind", QuestionKind, QuestionKind.ONE)
    is_number = kind is QuestionKind.NUMBER
    weight = whole(entry, "weight", most=HEAVIEST) or 0
    question = Question(
        id=_id(entry, _DOTTED),
        kind=kind,
        scope=_read_scope(entry),
        who=_member(entry, "who", Who, Who.BOTH),
        weight=weight,
        evidence=_member(entry, "evidence", EvidenceKind, EvidenceKind.NONE),
        text=entry.bilingual("text"),
        help=_optional_bilingual(entry, "help"),
        answers=tuple(_read_answer(answer, kind, scored=weight > 0) for answer in entry.tables("answer")),
        when=tuple(_read_condition(condition) for condition in entry.tables("when")),
        needed_by=entry.texts("needed-by"),
        unit=_member(entry, "unit", Unit, Unit.PERCENT) if is_number else None,
        least=_optional_whole(entry, "least") if is_number else None,
        most=_optional_whole(entry, "most") if is_number else None,
        lowest=kind is QuestionKind.MANY
        and "combine" in entry.data
        and entry.one_of("combine", ["lowest"]) == "lowest",
    )
    entry.finish()
    return question


def _read_scope(entry: TomlTable) -> Scope:
    if "scope" in entry.data and entry.one_of("scope", [Scope.COMPONENT.value]) == Scope.COMPONENT:
        return Scope.COMPONENT
    return Scope.ONCE


def _read_condition(entry: TomlTable) -> Condition:
    condition = Condition(
        question=entry.text("question"),
        answers=frozenset(entry.texts("is")),
        at_least=_optional_whole(entry, "at-least"),
        at_most=_optional_whole(entry, "at-most"),
    )
    entry.finish()
    return condition


def _read_answer(entry: TomlTable, kind: QuestionKind, *, scored: bool) -> Answer:
    severity = _member(entry, "severity", Severity, Severity.NONE) if "severity" in entry.data else Severity.NONE
    risky = severity is not Severity.NONE
    answer = Answer(
        id=_id(entry),
        text=entry.bilingual("text"),
        rationale=entry.bilingual("rationale"),
        score=whole(entry, "score", most=BEST) if scored else None,
        severity=severity,
        risk=entry.bilingual("risk") if risky else None,
        mitigation=entry.bilingual("mitigation") if risky else None,
        playbooks=entry.texts("playbooks"),
        implies=tuple(_read_implication(each) for each in entry.tables("implies")),
        at_least=_optional_whole(entry, "at-least") if kind is QuestionKind.NUMBER else None,
        alone=kind is QuestionKind.MANY and entry.flag("alone", default=False),
    )
    entry.finish()
    return answer


def _read_implication(entry: TomlTable) -> Implication:
    """Read what an answer implies; exactly one way of speaking is allowed."""
    decision = entry.text("decision")
    ways = [way for way in Way if way.value in entry.data]
    if len(ways) != 1:
        entry.skip(*entry.data)
        entry.fault("decision", N_("Say one of: “option” with “points”, “never”, “at-most”, “at-least”."))
        return Implication(decision, Way.NEVER)
    found = _read_way(entry, decision, ways[0])
    entry.finish()
    return found


def _read_way(entry: TomlTable, decision: str, way: Way) -> Implication:
    match way:
        case Way.OPTION:
            points = whole(entry, "points", least=1, most=STRONGEST) or 0
            return Implication(decision, way, option=entry.text("option"), points=points)
        case Way.NEVER:
            return Implication(decision, way, never=entry.texts("never"))
        case Way.AT_MOST | Way.AT_LEAST:
            entry.skip(way)
            limit = None if entry.data[way] == _ANSWER else whole(entry, way)
            return Implication(decision, way, limit=limit)


def _read_decision(entry: TomlTable) -> Decision:
    kind = _member(entry, "kind", DecisionKind, DecisionKind.VOTE)
    is_vote = kind is DecisionKind.VOTE
    decision = Decision(
        id=_id(entry, _DOTTED),
        kind=kind,
        scope=_read_scope(entry),
        text=entry.bilingual("text"),
        options=tuple(_read_option(option) for option in entry.tables("option")) if is_vote else (),
        differs_from=entry.optional_text("differs-from") if is_vote else None,
        default=None if is_vote else whole(entry, "default"),
        unit=None if is_vote else _member(entry, "unit", Unit, Unit.MINUTE),
    )
    entry.finish()
    return decision


def _read_option(entry: TomlTable) -> Option:
    option = Option(
        id=_id(entry),
        text=entry.bilingual("text"),
        points=(whole(entry, "points", most=STRONGEST) or 0) if "points" in entry.data else 0,
        reason=_optional_bilingual(entry, "reason"),
    )
    entry.finish()
    return option


def _read_template(entry: TomlTable) -> Template:
    parameters = entry.table("parameters")
    template = Template(entry.text("decision"), {name: parameters.text(name) for name in parameters.data})
    entry.finish()
    return template


def _read_proof(entry: TomlTable) -> Proof:
    proof = Proof(
        item=entry.text("item"),
        decisions=entry.texts("decisions"),
        needs_template=entry.flag("template", default=False),
        needs_components=entry.flag("components", default=False),
    )
    entry.finish()
    return proof
