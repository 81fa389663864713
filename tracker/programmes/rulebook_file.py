"""Rulebook files: TOML read whole, or refused with file, line and key of everything wrong."""

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeGuard, cast

from tracker.core.content import Bilingual, ContentFaults, Fault, TomlTable, as_date, read_toml
from tracker.core.text import N_, Message
from tracker.programmes.criteria_file import check_criteria, read_criterion, read_id, read_question, read_test
from tracker.programmes.kinds import (
    EVERYTHING,
    KINDS,
    PROGRAMMES,
    STEPS,
    UNITS,
    UNITS_OF,
    Origin,
    RuleKind,
    RuleValue,
    Unit,
)
from tracker.programmes.rulebook import Option, Rule, Rulebook, Section, Source


class RulebookFaults(ContentFaults):
    """A rulebook that cannot be used, with file, line and key of everything wrong in it."""


_ORIGINS = {origin.value: origin for origin in Origin}


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
        questions=tuple(read_question(entry, read_id(entry)) for entry in table.tables("fact")),
        criteria=tuple(read_criterion(entry, read_id(entry)) for entry in table.tables("criterion")),
    )
    check_criteria(table, rulebook)
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
    section = Section(id=read_id(entry), title=entry.bilingual("title"))
    entry.finish()
    return section


def _read_rules(table: TomlTable, sources: dict[str, Source], sections: Collection[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    known: dict[str, TomlTable] = {}
    entries = table.tables("rule")
    for entry in entries:
        rule = _read_rule(entry, sources)
        if rule.id in known:
            line = known[rule.id].line("id")
            entry.fault("id", N_("“%(id)s” is already used on line %(line)s."), id=rule.id, line=line)
        elif rule.id and rule.section not in sections:
            entry.fault("id", N_("“%(id)s” begins with no section of this rulebook."), id=rule.id)
        known.setdefault(rule.id, entry)
        rules.append(rule)
    for entry, rule in zip(entries, rules, strict=True):
        for key, named in (("requires", rule.requires), ("same-as", rule.same_as)):
            if named is not None and named not in known:
                entry.fault(key, N_("There is no rule “%(id)s” in this rulebook."), id=named)
    _note_unused(table, sources, {rule.source.id for rule in rules})
    values = {rule.id: rule.value for rule in rules}
    return tuple(replace(rule, value=values.get(rule.same_as)) if rule.same_as else rule for rule in rules)


def _note_unused(table: TomlTable, sources: Collection[str], used: Collection[str]) -> None:
    listing = table.table("source")
    for source_id in sources:
        if source_id not in used:
            listing.fault(source_id, N_("No rule names the source “%(id)s”."), id=source_id)


def _read_rule(entry: TomlTable, sources: dict[str, Source]) -> Rule:
    kind = KINDS.get(entry.one_of("kind", KINDS))
    if kind is None:
        entry.skip("value", "unit", "option", "open", "same-as", "test")
    options = _read_options(entry) if kind is RuleKind.CHOICE else ()
    rule = Rule(
        id=read_id(entry),
        kind=kind or RuleKind.DOCUMENT,
        text=entry.bilingual("text"),
        source=sources.get(entry.one_of("source", sources), _NO_SOURCE),
        value=_read_value(entry, kind) if kind else None,
        unit=_read_unit(entry, kind) if kind else None,
        options=options,
        gate=entry.one_of("gate", STEPS) if "gate" in entry.data else None,
        requires=entry.optional_text("requires"),
        is_open=kind is RuleKind.DATE and entry.flag("open", default=False),
        same_as=entry.optional_text("same-as") if kind else None,
        test=read_test(entry.table("test"), kind) if kind and "test" in entry.data else None,
    )
    if options and rule.value is not None and rule.value not in [option.id for option in options]:
        entry.fault("value", N_("“%(value)s” is none of the options."), value=rule.value)
    entry.finish()
    return rule


_NO_SOURCE = Source("", Origin.OFFICE, Bilingual("", ""), Bilingual("", ""))


def _read_value(entry: TomlTable, kind: RuleKind) -> RuleValue:
    """Read a value and hold it to what its kind allows."""
    value = entry.value("value")
    allowed, sentence = _VALUES[kind]
    if "same-as" in entry.data or (kind is RuleKind.DATE and entry.data.get("open") is True):
        if value is not None:
            entry.fault("value", N_("A day left open, or a value taken from another rule, is not given here as well."))
        return None
    if not allowed(value):
        entry.fault("value", sentence)
        return None
    return Decimal(value) if kind is RuleKind.SHARE and isinstance(value, int | Decimal) else cast("RuleValue", value)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_share(value: object) -> bool:
    return (_is_whole(value) or isinstance(value, Decimal)) and 0 <= value <= EVERYTHING


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
    return UNITS.get(entry.one_of("unit", [unit.value for unit in allowed]))


def _read_options(entry: TomlTable) -> tuple[Option, ...]:
    options: list[Option] = []
    for item in entry.tables("option"):
        detail = item.bilingual("detail") if "detail" in item.data else None
        option = Option(id=read_id(item), text=item.bilingual("text"), detail=detail, weight=_read_weight(item))
        item.finish()
        if option.id in [known.id for known in options]:
            item.fault("id", N_("The option “%(id)s” is listed twice."), id=option.id)
        options.append(option)
    if len({option.weight is None for option in options}) > 1:
        entry.fault("option", N_("Either every option has a weight or none has."))
    if not options:
        entry.fault("option", N_("A choice lists at least one option."))
    return tuple(options)


def _read_weight(item: TomlTable) -> Decimal | None:
    if "weight" not in item.data:
        return None
    value = item.value("weight")
    if not _is_share(value):
        item.fault("weight", N_("A share is a number from 0 to 100."))
        return None
    return Decimal(cast("int | Decimal", value))
