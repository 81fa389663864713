"""Rulebooks: the facts of one programme in one ROC year, read from its TOML file."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, TypeGuard, cast

from tracker.core.content import Bilingual, ContentFaults, Fault, TomlTable, as_date, read_toml
from tracker.core.text import N_, Labelled, Message

RuleValue: TypeAlias = bool | int | Decimal | date | str | None


class RuleKind(Labelled):
    """What sort of fact a rule states."""

    YES_NO = "yes-no", N_("Yes or no")
    AMOUNT = "amount", N_("Amount")
    SHARE = "share", N_("Share")
    COUNT = "count", N_("Number")
    DATE = "date", N_("Date")
    DOCUMENT = "document", N_("Document")
    CHOICE = "choice", N_("Choice")


class Unit(Labelled):
    """What the value of a rule is counted in."""

    TWD = "TWD", N_("NT$")
    PERCENT = "percent", N_("percent")
    WORKING_DAY = "working-day", N_("working days")
    MONTH = "month", N_("months")
    YEAR = "year", N_("years")
    HOUR = "hour", N_("hours")
    STEP = "step", N_("steps")
    PERSON = "person", N_("people")
    COMPANY = "company", N_("companies")
    SERVICE = "service", N_("services")
    POINT = "point", N_("points")


class Origin(Labelled):
    """Where a fact was taken from."""

    SLIDES = "slides", N_("Programme slides")
    OFFICE = "office", N_("Office setting")
    SAMPLE = "sample", N_("Sample, not announced")


@dataclass(frozen=True)
class Source:
    """The place a rule can be checked against."""

    id: str
    origin: Origin
    programme: Bilingual
    section: Bilingual


@dataclass(frozen=True)
class Section:
    """A chapter of a rulebook, as its page shows it."""

    id: str
    title: Bilingual


@dataclass(frozen=True)
class Option:
    """One of the answers or entries that a choice lists."""

    id: str
    text: Bilingual
    detail: Bilingual | None = None


@dataclass(frozen=True)
class Rule:
    """One fact of a programme."""

    id: str
    kind: RuleKind
    text: Bilingual
    source: Source
    value: RuleValue = None
    unit: Unit | None = None
    options: tuple[Option, ...] = ()
    gate: str | None = None
    """The step whose gate this rule holds back until it is met."""
    requires: str | None = None
    """The rule whose fact a gate checks."""

    @property
    def section(self) -> str:
        """Name the section, which is the first part of the id."""
        return self.id.partition(".")[0]

    def option(self, option_id: str) -> Option:
        """Give one option of a choice."""
        return next(option for option in self.options if option.id == option_id)


@dataclass(frozen=True)
class Rulebook:
    """All facts of one programme in one ROC year."""

    programme: str
    roc_year: int
    version: int
    title: Bilingual
    summary: Bilingual
    sample: bool
    """Whether the file only shows how a year is written, and binds nobody."""
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule:
        """Give a rule by id; a KeyError tells that the programme has no such rule."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def find_rule(self, rule_id: str) -> Rule | None:
        """Give a rule by id, or nothing."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def rules_of(self, section: str) -> tuple[Rule, ...]:
        """List the rules of a section in the order of the file."""
        return tuple(rule for rule in self.rules if rule.section == section)

    def gate_rules(self, step: str) -> tuple[Rule, ...]:
        """List the rules that hold back the gate of a step."""
        return tuple(rule for rule in self.rules if rule.gate == step)

    def amount(self, rule_id: str) -> int:
        """Give an amount in whole NT$."""
        return self._number(rule_id, RuleKind.AMOUNT)

    def count(self, rule_id: str) -> int:
        """Give a number."""
        return self._number(rule_id, RuleKind.COUNT)

    def share(self, rule_id: str) -> Decimal:
        """Give a share in percent."""
        value = self._value(rule_id, RuleKind.SHARE)
        return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)

    def holds(self, rule_id: str) -> bool:
        """Tell whether a yes-or-no rule says yes."""
        return self._value(rule_id, RuleKind.YES_NO) is True

    def day(self, rule_id: str) -> date:
        """Give a date."""
        value = self._value(rule_id, RuleKind.DATE)
        if not isinstance(value, date):
            raise TypeError(rule_id)
        return value

    def options(self, rule_id: str) -> tuple[Option, ...]:
        """List the options of a choice."""
        self._value(rule_id, RuleKind.CHOICE)
        return self.rule(rule_id).options

    def _number(self, rule_id: str, kind: RuleKind) -> int:
        value = self._value(rule_id, kind)
        return value if isinstance(value, int) else 0

    def _value(self, rule_id: str, kind: RuleKind) -> RuleValue:
        rule = self.rule(rule_id)
        if rule.kind is not kind:
            raise TypeError(f"{rule_id} is a {rule.kind}, not a {kind}")
        return rule.value


class RulebookFaults(ContentFaults):
    """A rulebook that cannot be used, with file, line and key of everything wrong in it."""


STEPS = ("assess", "migrate", "test", "optimise")
PROGRAMMES = ("counselling", "thematic-rd", "points")
UNITS_OF: dict[RuleKind, frozenset[Unit]] = {
    RuleKind.YES_NO: frozenset(),
    RuleKind.AMOUNT: frozenset({Unit.TWD, Unit.POINT}),
    RuleKind.SHARE: frozenset({Unit.PERCENT}),
    RuleKind.COUNT: frozenset(Unit) - {Unit.TWD, Unit.PERCENT},
    RuleKind.DATE: frozenset(),
    RuleKind.DOCUMENT: frozenset({Unit.MONTH, Unit.YEAR}),
    RuleKind.CHOICE: frozenset(),
}
"""What each kind may be counted in; an empty set means that it has no unit."""

_KINDS = {kind.value: kind for kind in RuleKind}
_UNITS = {unit.value: unit for unit in Unit}
_ORIGINS = {origin.value: origin for origin in Origin}
_ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*")


def load_rulebook(path: Path) -> Rulebook:
    """Read a rulebook, or raise RulebookFaults that name file, line and key."""
    rulebook, faults = _read_file(path, str(path))
    if faults or rulebook is None:
        raise RulebookFaults(faults)
    return rulebook


def check_rulebooks(root: Path) -> list[Fault]:
    """List everything wrong in the rulebooks of a playbooks folder, with files named from that folder."""
    return [fault for path in rulebook_paths(root) for fault in _read_file(path, _name(path, root))[1]]


def load_rulebooks(root: Path) -> tuple[Rulebook, ...]:
    """Read every rulebook under `programmes/<roc year>/`, oldest year first."""
    rulebooks: list[Rulebook] = []
    faults: list[Fault] = []
    for path in rulebook_paths(root):
        rulebook, found = _read_file(path, _name(path, root))
        faults += found
        if rulebook:
            rulebooks.append(rulebook)
    if faults:
        raise RulebookFaults(faults)
    return tuple(rulebooks)


def rulebook_paths(root: Path) -> list[Path]:
    """List the rulebook files of a playbooks folder by year and name."""
    return sorted(root.glob("programmes/*/*.toml"), key=lambda path: (path.parent.name.zfill(4), path.name))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _read_file(path: Path, file: str) -> tuple[Rulebook | None, list[Fault]]:
    """Read one file and hold it to its place: `<roc year>/<programme>.toml`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else error.strerror
        return None, [Fault(file, 1, Message(N_("The file cannot be read: %(reason)s."), {"reason": reason}))]
    try:
        table = read_toml(text, file)
    except ContentFaults as error:
        return None, list(error.faults)
    rulebook = _read(table)
    if rulebook.roc_year and path.parent.name != str(rulebook.roc_year):
        table.fault("roc_year", N_("The file stands in the folder of year %(folder)s."), folder=path.parent.name)
    if rulebook.programme in PROGRAMMES and path.stem != rulebook.programme:
        table.fault("programme", N_("The file is named for the programme “%(name)s”."), name=path.stem)
    return rulebook, sorted(table.faults, key=lambda fault: fault.line)


def _read(table: TomlTable) -> Rulebook:
    sources = _read_sources(table)
    sections = tuple(_read_section(entry) for entry in table.tables("section"))
    rulebook = Rulebook(
        programme=table.one_of("programme", PROGRAMMES),
        roc_year=table.positive("roc_year"),
        version=table.positive("version"),
        title=table.bilingual("title"),
        summary=table.bilingual("summary"),
        sample=table.flag("sample", default=False),
        sections=sections,
        sources=tuple(sources.values()),
        rules=_read_rules(table, sources, {section.id for section in sections}),
    )
    table.finish()
    return rulebook


def _read_sources(table: TomlTable) -> dict[str, Source]:
    listing = table.table("source")
    sources = {}
    for source_id in listing.data:
        entry = listing.table(source_id)
        origin = entry.one_of("origin", _ORIGINS)
        sources[source_id] = Source(
            id=source_id,
            origin=_ORIGINS.get(origin, Origin.OFFICE),
            programme=entry.bilingual("programme"),
            section=entry.bilingual("section"),
        )
        entry.finish()
    return sources


def _read_section(entry: TomlTable) -> Section:
    section = Section(id=_read_id(entry), title=entry.bilingual("title"))
    entry.finish()
    return section


def _read_rules(table: TomlTable, sources: dict[str, Source], sections: Collection[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    known: dict[str, int] = {}
    entries = table.tables("rule")
    for entry in entries:
        rule = _read_rule(entry, sources)
        if rule.id in known:
            entry.fault("id", N_("“%(id)s” is already used on line %(line)s."), id=rule.id, line=known[rule.id])
        elif rule.id and rule.section not in sections:
            entry.fault("id", N_("“%(id)s” begins with no section of this rulebook."), id=rule.id)
        known.setdefault(rule.id, entry.line("id"))
        rules.append(rule)
    for entry, rule in zip(entries, rules, strict=True):
        if rule.requires is not None and rule.requires not in known:
            entry.fault("requires", N_("There is no rule “%(id)s” in this rulebook."), id=rule.requires)
    _note_unused(table, sources, {rule.source.id for rule in rules})
    return tuple(rules)


def _note_unused(table: TomlTable, sources: Collection[str], used: Collection[str]) -> None:
    listing = table.table("source")
    for source_id in sources:
        if source_id not in used:
            listing.fault(source_id, N_("No rule names the source “%(id)s”."), id=source_id)


def _read_rule(entry: TomlTable, sources: dict[str, Source]) -> Rule:
    kind = _KINDS.get(entry.one_of("kind", _KINDS))
    if kind is None:
        entry.skip("value", "unit", "option")
    options = _read_options(entry) if kind is RuleKind.CHOICE else ()
    rule = Rule(
        id=_read_id(entry),
        kind=kind or RuleKind.DOCUMENT,
        text=entry.bilingual("text"),
        source=sources.get(entry.one_of("source", sources), _NO_SOURCE),
        value=_read_value(entry, kind) if kind else None,
        unit=_read_unit(entry, kind) if kind else None,
        options=options,
        gate=entry.one_of("gate", STEPS) if "gate" in entry.data else None,
        requires=entry.optional_text("requires"),
    )
    if options and rule.value is not None and rule.value not in [option.id for option in options]:
        entry.fault("value", N_("“%(value)s” is none of the options."), value=rule.value)
    entry.finish()
    return rule


_NO_SOURCE = Source("", Origin.OFFICE, Bilingual("", ""), Bilingual("", ""))


def _read_id(entry: TomlTable) -> str:
    value = entry.text("id")
    if value.strip() and not _ID.fullmatch(value):
        entry.fault("id", N_("“%(id)s” is no id: use small letters, digits and hyphens."), id=value)
    return value


def _read_value(entry: TomlTable, kind: RuleKind) -> RuleValue:
    """Read a value and hold it to what its kind allows."""
    value = entry.value("value")
    allowed, sentence = _VALUES[kind]
    if not allowed(value):
        entry.fault("value", sentence)
        return None
    return Decimal(value) if kind is RuleKind.SHARE and isinstance(value, int | Decimal) else cast("RuleValue", value)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_share(value: object) -> bool:
    return (_is_whole(value) or isinstance(value, Decimal)) and 0 <= value <= EVERYTHING


EVERYTHING = 100
"""Percent of the whole."""

_VALUES: dict[RuleKind, tuple[Callable[[object], bool], str]] = {
    RuleKind.YES_NO: (lambda value: isinstance(value, bool), N_("A yes-or-no rule has the value true or false.")),
    RuleKind.AMOUNT: (lambda value: _is_whole(value) and value >= 0, N_("An amount is a whole number, zero or more.")),
    RuleKind.COUNT: (lambda value: _is_whole(value) and value >= 0, N_("A number is whole, zero or more.")),
    RuleKind.SHARE: (_is_share, N_("A share is a number from 0 to 100.")),
    RuleKind.DATE: (
        lambda value: as_date(value) is not None,
        N_("A date is written like 2022-08-20, without quotation marks."),
    ),
    RuleKind.DOCUMENT: (
        lambda value: value is None or (_is_whole(value) and value > 0),
        N_("The age of a document is a whole number above zero."),
    ),
    RuleKind.CHOICE: (
        lambda value: value is None or isinstance(value, str),
        N_("The value of a choice is the id of one of its options."),
    ),
}


def _read_unit(entry: TomlTable, kind: RuleKind) -> Unit | None:
    allowed = UNITS_OF[kind]
    optional = kind is RuleKind.DOCUMENT and "value" not in entry.data
    if "unit" not in entry.data and (optional or not allowed):
        return None
    if not allowed:
        entry.skip("unit")
        entry.fault("unit", N_("A rule of the kind “%(kind)s” has no unit."), kind=kind.value)
        return None
    return _UNITS.get(entry.one_of("unit", [unit.value for unit in allowed]))


def _read_options(entry: TomlTable) -> tuple[Option, ...]:
    options: list[Option] = []
    for item in entry.tables("option"):
        detail = item.bilingual("detail") if "detail" in item.data else None
        option = Option(id=_read_id(item), text=item.bilingual("text"), detail=detail)
        item.finish()
        if option.id in [known.id for known in options]:
            item.fault("id", N_("The option “%(id)s” is listed twice."), id=option.id)
        options.append(option)
    if not options:
        entry.fault("option", N_("A choice lists at least one option."))
    return tuple(options)
