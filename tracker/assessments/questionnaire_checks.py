"""What only shows when a whole questionnaire was read: names of what is not there, and what can never happen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracker.assessments.kinds import BEST, PARAMETERS, UNIT_OF, DecisionKind, QuestionKind, as_unit
from tracker.assessments.questionnaire import (
    Answer,
    Condition,
    Decision,
    Implication,
    Proof,
    Question,
    Questionnaire,
    Way,
)
from tracker.assessments.questionnaire_reach import check_reach
from tracker.core.content import TomlTable
from tracker.core.text import N_

LEAST_AREAS = 3
"""A radar with fewer corners is a line."""
LEAST_SCORED = 3
"""A score from fewer questions says nothing about an area."""
LEAST_ANSWERS = 2
YES_NO = ("yes", "no")
_CLOUD = "{cloud}"


@dataclass(frozen=True)
class Known:
    """The playbooks and checklist items that a questionnaire may name."""

    playbooks: frozenset[str]
    items: frozenset[str]


def check_whole(table: TomlTable, questionnaire: Questionnaire, known: Known | None) -> None:
    """Note everything that does not fit together; names of playbooks are left alone where none are known."""
    _unlike(table.tables("area"), [area.id for area in questionnaire.areas])
    _unlike(table.tables("question"), [question.id for question in questionnaire.questions])
    _unlike(table.tables("decision"), [decision.id for decision in questionnaire.decisions])
    for entry, question in zip(table.tables("question"), questionnaire.questions, strict=True):
        _check_question(entry, question, questionnaire)
        _check_answers(entry, question)
        for answer_entry, answer in zip(entry.tables("answer"), question.answers, strict=True):
            _check_playbooks(answer_entry, answer, known)
            for said_entry, said in zip(answer_entry.tables("implies"), answer.implies, strict=True):
                _check_implication(said_entry, said, question, questionnaire)
    _check_areas(table, questionnaire)
    check_reach(table.tables("question"), questionnaire)
    _check_decisions(table.tables("decision"), questionnaire.decisions)
    _check_template(table.table("template"), questionnaire)
    for entry, proof in zip(table.tables("proves"), questionnaire.proves, strict=True):
        _check_proof(entry, proof, questionnaire, known)


def _unlike(entries: Iterable[TomlTable], ids: Iterable[str]) -> None:
    """Note an id that is used twice."""
    found: dict[str, int] = {}
    for entry, entry_id in zip(entries, ids, strict=True):
        if entry_id and entry_id in found:
            entry.fault("id", N_("“%(id)s” is already used on line %(line)s."), id=entry_id, line=found[entry_id])
        found.setdefault(entry_id, entry.line("id"))


def _check_areas(table: TomlTable, questionnaire: Questionnaire) -> None:
    entries = table.tables("area")
    if len(entries) < LEAST_AREAS:
        table.fault("area", N_("A questionnaire has at least %(least)s areas."), least=LEAST_AREAS)
    for entry, area in zip(entries, questionnaire.areas, strict=True):
        scored = sum(question.is_scored for question in questionnaire.questions_of(area.id))
        if scored < LEAST_SCORED:
            sentence = N_("The area “%(id)s” has %(count)s scored questions; it needs at least %(least)s.")
            entry.fault("id", sentence, id=area.id, count=scored, least=LEAST_SCORED)


def _check_question(entry: TomlTable, question: Question, questionnaire: Questionnaire) -> None:
    if question.id and questionnaire.area(question.area) is None:
        entry.fault("id", N_("“%(id)s” begins with no area of this questionnaire."), id=question.id)
    for needed in question.needed_by:
        decision = questionnaire.decision_by_id.get(needed)
        if decision is None:
            entry.fault("needed-by", N_("There is no decision “%(id)s”."), id=needed)
        elif question.of_component and not decision.of_component:
            sentence = N_(
                "A question about components can only be needed by a decision about components, not “%(id)s”."
            )
            entry.fault("needed-by", sentence, id=needed)
    for condition_entry, condition in zip(entry.tables("when"), question.when, strict=True):
        _check_condition(condition_entry, condition, question, questionnaire)


def _check_condition(entry: TomlTable, condition: Condition, question: Question, questionnaire: Questionnaire) -> None:
    asked = questionnaire.by_id.get(condition.question)
    if asked is None:
        entry.fault("question", N_("There is no question “%(id)s”."), id=condition.question)
        return
    if asked.of_component and not question.of_component:
        sentence = N_("“%(id)s” is asked for each component, so only questions about components can depend on it.")
        entry.fault("question", sentence, id=asked.id)
    is_number = asked.kind is QuestionKind.NUMBER
    limits = (condition.at_least, condition.at_most)
    if is_number and (condition.answers or limits == (None, None)):
        entry.fault("question", N_("“%(id)s” is a number: say “at-least” or “at-most”."), id=asked.id)
    elif not is_number and (not condition.answers or limits != (None, None)):
        entry.fault("question", N_("“%(id)s” has answers: say which under “is”."), id=asked.id)
    for unknown in sorted(condition.answers - {answer.id for answer in asked.answers}):
        entry.fault("is", N_("“%(answer)s” is no answer to “%(id)s”."), answer=unknown, id=asked.id)


# --- answers ------------------------------------------------------------------------------------------------------------


def _check_answers(entry: TomlTable, question: Question) -> None:
    entries = entry.tables("answer")
    _unlike(entries, [answer.id for answer in question.answers])
    least = 1 if question.kind is QuestionKind.NUMBER else LEAST_ANSWERS
    if len(entries) < least:
        entry.fault("answer", N_("“%(id)s” needs at least %(least)s answers."), id=question.id, least=least)
        return
    if question.kind is QuestionKind.YES_NO and tuple(answer.id for answer in question.answers) != YES_NO:
        entry.fault("answer", N_("A yes-or-no question has the answers “yes” and “no”, in this order."))
    if question.is_scored and max(answer.score or 0 for answer in question.answers) != BEST:
        entry.fault(
            "answer", N_("No answer to “%(id)s” scores %(best)s, so nobody can be ready."), id=question.id, best=BEST
        )
    if question.kind is QuestionKind.NUMBER:
        _check_bands(entries, question)


def _check_bands(entries: Sequence[TomlTable], question: Question) -> None:
    """Hold bands to rising beginnings inside what may be typed; the first has none."""
    if question.least is not None and question.most is not None and question.least >= question.most:
        entries[0].fault("id", N_("“least” must be smaller than “most”."))
    previous = question.least if question.least is not None else 0
    if question.answers[0].at_least is not None:
        entries[0].fault("at-least", N_("The first band begins at the least number; leave out “at-least”."))
    for entry, answer in list(zip(entries, question.answers, strict=True))[1:]:
        if answer.at_least is None:
            entry.fault("at-least", N_("Every band but the first says where it begins: at-least = N."))
            continue
        if answer.at_least <= previous:
            sentence = N_("This band begins at %(number)s, inside or before the one above it; bands must rise.")
            entry.fault("at-least", sentence, number=answer.at_least)
        elif question.most is not None and answer.at_least > question.most:
            sentence = N_("This band begins at %(number)s, but at most %(most)s can be typed.")
            entry.fault("at-least", sentence, number=answer.at_least, most=question.most)
        previous = max(previous, answer.at_least)


def _check_playbooks(entry: TomlTable, answer: Answer, known: Known | None) -> None:
    if known is None:
        return
    for playbook in answer.playbooks:
        if playbook not in known.playbooks:
            entry.fault("playbooks", N_("There is no playbook “%(id)s”."), id=playbook)


# --- what answers say for decisions -------------------------------------------------------------------------------------


def _check_implication(entry: TomlTable, said: Implication, question: Question, questionnaire: Questionnaire) -> None:
    decision = questionnaire.decision_by_id.get(said.decision)
    if decision is None:
        if said.decision:
            entry.fault("decision", N_("There is no decision “%(id)s”."), id=said.decision)
        return
    if said.way not in _WAYS[decision.kind]:
        sentence = N_("“%(id)s” is settled by “%(kind)s”; an answer cannot say “%(way)s” for it.")
        entry.fault("decision", sentence, id=decision.id, kind=decision.kind.value, way=said.way.value)
        return
    named = [option for option in (said.option, *said.never) if option]
    for option in named:
        if decision.option(option) is None:
            entry.fault(said.way.value, N_("“%(option)s” is no option of “%(id)s”."), option=option, id=decision.id)
    if said.way is Way.NEVER and not said.never:
        entry.fault("never", N_("“%(key)s” names no option."))
    if said.way is Way.OPTION and question.of_component and not decision.of_component:
        sentence = N_("A question about components gives points only to decisions about components, not to “%(id)s”.")
        entry.fault("option", sentence, id=decision.id)
    if said.way in (Way.AT_MOST, Way.AT_LEAST) and said.limit is None:
        _check_limit_by_answer(entry, said, question, decision)


_WAYS = {
    DecisionKind.VOTE: frozenset({Way.OPTION, Way.NEVER}),
    DecisionKind.AT_MOST: frozenset({Way.AT_MOST}),
    DecisionKind.AT_LEAST: frozenset({Way.AT_LEAST}),
}


def _check_limit_by_answer(entry: TomlTable, said: Implication, question: Question, decision: Decision) -> None:
    if question.unit is None or decision.unit is None or as_unit(1, question.unit, decision.unit) is None:
        entry.fault(
            said.way.value,
            N_("“answer” stands for the number answered, so the question must be a number in the unit of “%(id)s”."),
            id=decision.id,
        )


def _check_decisions(entries: Sequence[TomlTable], decisions: Sequence[Decision]) -> None:
    earlier: dict[str, Decision] = {}
    for entry, decision in zip(entries, decisions, strict=True):
        if decision.is_vote:
            _check_options(entry, decision)
        elif decision.of_component:
            entry.fault("scope", N_("Only a vote can be settled for each component."))
        if decision.differs_from is not None:
            other = earlier.get(decision.differs_from)
            if other is None or not other.is_vote:
                sentence = N_("“%(id)s” is no vote that stands before this decision.")
                entry.fault("differs-from", sentence, id=decision.differs_from)
        earlier[decision.id] = decision


def _check_options(entry: TomlTable, decision: Decision) -> None:
    options = entry.tables("option")
    _unlike(options, [option.id for option in decision.options])
    if len(options) < LEAST_ANSWERS:
        entry.fault("option", N_("A vote needs at least %(least)s options."), least=LEAST_ANSWERS)
        return
    first = max(decision.options, key=lambda option: option.points)
    if first.reason is None:
        sentence = N_("“%(option)s” stands when no answer speaks, so it needs a “reason”.")
        options[decision.options.index(first)].fault("reason", sentence, option=first.id)


# --- template -----------------------------------------------------------------------------------------------------------


def _check_template(entry: TomlTable, questionnaire: Questionnaire) -> None:
    template = questionnaire.template
    chosen = questionnaire.decision_by_id.get(template.decision)
    if template.decision and (chosen is None or not chosen.is_vote or chosen.of_component):
        entry.fault("decision", N_("“%(id)s” is no vote of the whole service."), id=template.decision)
        return
    parameters = entry.table("parameters")
    for missing in sorted(set(PARAMETERS) - set(template.parameters)):
        parameters.fault(missing, N_("The parameter “%(name)s” is missing."), name=missing)
    for name in template.parameters:
        if name not in PARAMETERS:
            parameters.fault(name, N_("“%(key)s” is not a key that is known here."))
        for source in _sources(questionnaire, name):
            found = questionnaire.decision_by_id.get(source)
            if found is None or found.of_component:
                parameters.fault(name, N_("There is no decision “%(id)s” of the whole service."), id=source)
            elif name in UNIT_OF and found.unit is not UNIT_OF[name]:
                parameters.fault(name, N_("This parameter is a number in “%(unit)s”."), unit=UNIT_OF[name].value)
            elif name not in UNIT_OF and not found.is_vote:
                parameters.fault(name, N_("“%(id)s” is no vote, so it gives no option."), id=source)


def _sources(questionnaire: Questionnaire, parameter: str) -> Iterator[str]:
    """Give every decision that a parameter may come from."""
    written = questionnaire.template.parameters[parameter]
    chosen = questionnaire.decision_by_id.get(questionnaire.template.decision)
    if _CLOUD not in written or chosen is None:
        yield written
        return
    for option in chosen.options:
        yield written.replace(_CLOUD, option.id)


def _check_proof(entry: TomlTable, proof: Proof, questionnaire: Questionnaire, known: Known | None) -> None:
    if known is not None and proof.item and proof.item not in known.items:
        entry.fault("item", N_("There is no checklist item “%(id)s”."), id=proof.item)
    for decision in proof.decisions:
        found = questionnaire.decision_by_id.get(decision)
        if found is None or found.of_component:
            entry.fault("decisions", N_("There is no decision “%(id)s” of the whole service."), id=decision)
    if not (proof.decisions or proof.needs_template or proof.needs_components):
        entry.fault("decisions", N_("Say what must be settled: “decisions”, “template” or “components”."))
