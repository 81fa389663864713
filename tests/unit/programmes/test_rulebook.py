"""A rulebook is read whole or refused with file, line and key."""

from decimal import Decimal
from pathlib import Path

import pytest

from tracker.core.content import Fault
from tracker.programmes.kinds import UNITS_OF, Origin, RuleKind, Unit
from tracker.programmes.rulebook_file import RulebookFaults, check_rulebooks, load_rulebook, load_rulebooks

GOOD = """\
programme = "counselling"
roc_year = 111
version = 1
title = { zh-Hant = "輔導", en = "Counselling" }
summary = { zh-Hant = "摘要", en = "Summary" }

[source.slides]
origin = "slides"
programme = { zh-Hant = "計畫", en = "Programme" }
section = { zh-Hant = "壹", en = "1" }

[[section]]
id = "poc"
title = { zh-Hant = "概念驗證", en = "Proof of concept" }

[[rule]]
id = "poc.self-funding"
kind = "amount"
value = 100000
unit = "TWD"
source = "slides"
text = { zh-Hant = "自籌款", en = "Self-funding" }

[[rule]]
id = "poc.gate"
kind = "yes-no"
value = true
gate = "optimise"
requires = "poc.self-funding"
source = "slides"
text = { zh-Hant = "關卡", en = "Gate" }

[[rule]]
id = "poc.share"
kind = "share"
value = 33.5
unit = "percent"
source = "slides"
text = { zh-Hant = "比率", en = "Share" }

[[rule]]
id = "poc.cloud"
kind = "choice"
value = "azure"
source = "slides"
text = { zh-Hant = "雲", en = "Cloud" }
[[rule.option]]
id = "azure"
text = { zh-Hant = "甲", en = "A" }

[[rule]]
id = "poc.statement"
kind = "document"
value = 6
unit = "month"
source = "slides"
text = { zh-Hant = "查覆單", en = "Statement" }

[[rule]]
id = "poc.closes"
kind = "date"
value = 2022-08-20
source = "slides"
text = { zh-Hant = "截止", en = "Closes" }
"""

UNUSED_SOURCE = """\
[source.unused]
origin = "office"
programme = { zh-Hant = "計畫", en = "Programme" }
section = { zh-Hant = "設定", en = "Setting" }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "programmes/111").mkdir(parents=True)
    write(tmp_path, GOOD)
    return tmp_path


def write(root: Path, text: str, name: str = "111/counselling.toml") -> Path:
    path = root / "programmes" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def fault_after(root: Path, old: str, new: str) -> Fault:
    """Change one place of the good rulebook and give the one fault that follows."""
    assert GOOD.count(old) >= 1
    write(root, GOOD.replace(old, new, 1))
    faults = check_rulebooks(root)
    assert len(faults) == 1, [str(fault) for fault in faults]
    with pytest.raises(RulebookFaults):
        load_rulebooks(root)
    return faults[0]


def test_a_rulebook_gives_typed_facts(root: Path) -> None:
    book = load_rulebook(root / "programmes/111/counselling.toml")

    assert (book.programme, book.roc_year, book.sample) == ("counselling", 111, False)
    assert book.amount("poc.self-funding") == 100_000
    assert book.share("poc.share") == Decimal("33.5")
    assert book.holds("poc.gate")
    assert book.day("poc.closes").isoformat() == "2022-08-20"
    assert [option.id for option in book.options("poc.cloud")] == ["azure"]
    assert book.rule("poc.cloud").option("azure").text.en == "A"
    assert (book.rule("poc.statement").value, book.rule("poc.statement").unit) == (6, Unit.MONTH)
    assert book.rule("poc.share").source.origin is Origin.SLIDES
    assert [rule.id for rule in book.gate_rules("optimise")] == ["poc.gate"]
    assert book.gate_rules("test") == ()
    assert len(book.rules_of("poc")) == 6


def test_asking_for_a_rule_that_is_not_there_or_of_another_kind_is_an_error(root: Path) -> None:
    book = load_rulebook(root / "programmes/111/counselling.toml")

    assert book.find_rule("poc.nothing") is None
    with pytest.raises(KeyError):
        book.amount("poc.nothing")
    with pytest.raises(TypeError):
        book.count("poc.self-funding")
    with pytest.raises(TypeError):
        book.day("poc.self-funding")


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ("roc_year = 111\n", "", 1, "roc_year", "is missing"),
        ("version = 1", "version = 0", 3, "version", "greater than zero"),
        ("version = 1", "version = true", 3, "version", "whole number"),
        ('programme = "counselling"', 'programme = "coaching"', 1, "programme", "not known"),
        ('zh-Hant = "輔導", ', "", 4, "title.zh-Hant", "is missing"),
        ('en = "Counselling"', 'en = " "', 4, "title.en", "is empty"),
        ('zh-Hant = "自籌款"', 'zh-Hant = ""', 22, "rule.text.zh-Hant", "is empty"),
        ('origin = "slides"', 'origin = "rumour"', 8, "source.slides.origin", "not known"),
        ('kind = "amount"', 'kind = "sum"', 18, "rule.kind", "not known"),
        ("value = 100000", 'value = "100,000"', 19, "rule.value", "whole number, zero or more"),
        ("value = 100000", "value = -1", 19, "rule.value", "whole number, zero or more"),
        ("value = 100000\n", "", 16, "rule.value", "whole number, zero or more"),
        ("value = true", 'value = "yes"', 27, "rule.value", "true or false"),
        ("value = 33.5", "value = 100.01", 36, "rule.value", "from 0 to 100"),
        ("value = 2022-08-20", 'value = "111/8/20"', 62, "rule.value", "2022-08-20"),
        ("value = 6", "value = 0", 54, "rule.value", "above zero"),
        ('value = "azure"', 'value = "aws"', 44, "rule.value", "none of the options"),
        ('value = "azure"', "value = 1", 44, "rule.value", "id of one of its options"),
        ('unit = "TWD"', 'unit = "percent"', 20, "rule.unit", "not known"),
        ('unit = "TWD"\n', "", 16, "rule.unit", "is missing"),
        ("value = true", 'value = true\nunit = "hour"', 28, "rule.unit", "has no unit"),
        ('gate = "optimise"', 'gate = "finish"', 28, "rule.gate", "not known"),
        ('requires = "poc.self-funding"', 'requires = "poc.gone"', 29, "rule.requires", "no rule “poc.gone”"),
        ('source = "slides"\ntext = { zh-Hant = "關卡"', 'source = "memory"\ntext = { zh-Hant = "關卡"', 30, "rule.source", "not known"),
        ('id = "poc.gate"', 'id = "poc.self-funding"', 25, "rule.id", "already used on line 17"),
        ('id = "poc.gate"', 'id = "poc.Gate"', 25, "rule.id", "is no id"),
        ('id = "poc.gate"', 'id = "gates.gate"', 25, "rule.id", "no section"),
        ("value = true", "value = true\nvlaue = 1", 28, "rule.vlaue", "not a key that is known"),
        ("[[rule.option]]\nid = \"azure\"\ntext = { zh-Hant = \"甲\", en = \"A\" }\n", "option = []\n", 47, "rule.option", "at least one option"),
        ("roc_year = 111", "roc_year = 112", 2, "roc_year", "folder of year 111"),
        ('programme = "counselling"', 'programme = "points"', 1, "programme", "named for the programme"),
        ("[[section]]", UNUSED_SOURCE + "\n[[section]]", 12, "source.unused", "No rule names"),
    ],
)  # fmt: skip
def test_each_fault_names_file_line_and_key(root: Path, old: str, new: str, line: int, key: str, words: str) -> None:
    fault = fault_after(root, old, new)

    assert fault.file == "programmes/111/counselling.toml"
    assert (fault.line, fault.key) == (line, key)
    assert words in str(fault.sentence)


def test_an_option_listed_twice_is_refused(root: Path) -> None:
    option = '[[rule.option]]\nid = "azure"\ntext = { zh-Hant = "甲", en = "A" }\n'

    fault = fault_after(root, option, option + option)

    assert (fault.line, fault.key) == (51, "rule.option.id")


def test_broken_toml_is_refused_with_its_line(root: Path) -> None:
    write(root, GOOD.replace("value = 100000", "value = 100 000"))

    [fault] = check_rulebooks(root)

    assert fault.line == 19
    assert "not valid TOML" in str(fault)


def test_a_file_that_is_no_text_is_refused(root: Path) -> None:
    path = root / "programmes/111/counselling.toml"
    path.write_bytes("輔導".encode("big5"))

    with pytest.raises(RulebookFaults, match="cannot be read"):
        load_rulebook(path)


def test_a_missing_file_is_refused(root: Path) -> None:
    with pytest.raises(RulebookFaults, match="cannot be read"):
        load_rulebook(root / "programmes/112/counselling.toml")


def test_all_faults_are_told_at_once_in_the_order_of_lines(root: Path) -> None:
    text = GOOD.replace("version = 1", "version = 0").replace("100000", "-5").replace('"optimise"', '"x"')
    write(root, text.replace('origin = "slides"', 'origin = "rumour"'))

    assert [fault.line for fault in check_rulebooks(root)] == [3, 8, 19, 28]


def test_rulebooks_come_oldest_year_first(root: Path) -> None:
    write(root, GOOD.replace("roc_year = 111", "roc_year = 99"), "99/counselling.toml")

    assert [book.roc_year for book in load_rulebooks(root)] == [99, 111]


def test_every_kind_says_what_it_is_counted_in() -> None:
    assert set(UNITS_OF) == set(RuleKind)
