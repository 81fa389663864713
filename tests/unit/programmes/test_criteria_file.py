"""A criterion that names what is not there, or compares what cannot be compared, is refused with file, line and key."""

from pathlib import Path

import pytest

from tracker.core.content import Fault
from tracker.programmes.criteria import Measure, Must
from tracker.programmes.rulebook_file import check_rulebooks, load_rulebook

GOOD = """\
programme = "points"
roc_year = 111
version = 1
title = { zh-Hant = "點數", en = "Points" }
summary = { zh-Hant = "摘要", en = "Summary" }

[source.slides]
origin = "slides"
programme = { zh-Hant = "計畫", en = "Programme" }
section = { zh-Hant = "壹", en = "1" }

[[section]]
id = "who"
title = { zh-Hant = "對象", en = "Who" }

[[rule]]
id = "who.kind"
kind = "choice"
source = "slides"
test = { fact = "vendor.kind" }
text = { zh-Hant = "類別", en = "Kind" }
[[rule.option]]
id = "software"
text = { zh-Hant = "軟體", en = "Software" }
weight = 60
[[rule.option]]
id = "hardware"
text = { zh-Hant = "硬體", en = "Hardware" }
weight = 40

[[rule]]
id = "who.capital"
kind = "amount"
value = 1000000
unit = "TWD"
source = "slides"
test = { fact = "vendor.capital", must = "at-least", when = { fact = "vendor.kind", is = ["software"] } }
text = { zh-Hant = "資本額", en = "Capital" }

[[rule]]
id = "who.closes"
kind = "date"
open = true
source = "slides"
text = { zh-Hant = "截止", en = "Closes" }

[[rule]]
id = "who.applied-by"
kind = "date"
same-as = "who.closes"
source = "slides"
test = { fact = "vendor.applied-on", must = "on-or-before" }
text = { zh-Hant = "送件", en = "Applied" }

[[rule]]
id = "who.statement"
kind = "document"
value = 6
unit = "month"
source = "slides"
test = { fact = "vendor.statement", closing = "who.closes" }
text = { zh-Hant = "查覆單", en = "Statement" }

[[rule]]
id = "who.share"
kind = "share"
value = 50
unit = "percent"
source = "slides"
test = { facts = ["vendor.paid", "vendor.capital"], measure = "part-of-whole", must = "at-most" }
text = { zh-Hant = "比率", en = "Share" }

[[fact]]
id = "vendor.kind"
kind = "choice"
options-of = "who.kind"
text = { zh-Hant = "類別", en = "Kind" }

[[fact]]
id = "vendor.capital"
kind = "amount"
unit = "TWD"
text = { zh-Hant = "資本額", en = "Capital" }

[[fact]]
id = "vendor.applied-on"
kind = "date"
text = { zh-Hant = "送件日", en = "Applied on" }

[[fact]]
id = "vendor.statement"
kind = "document"
text = { zh-Hant = "查覆單", en = "Statement" }

[[fact]]
id = "vendor.paid"
kind = "amount"
unit = "TWD"
text = { zh-Hant = "已付", en = "Paid" }

[[criterion]]
id = "who.basic"
any = ["who.capital", "who.kind"]
when = { fact = "vendor.kind", is = ["hardware"] }
text = { zh-Hant = "基本", en = "Basic" }

[[criterion]]
id = "who.all"
all = ["who.basic", "who.statement"]
text = { zh-Hant = "全部", en = "All" }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "programmes/111").mkdir(parents=True)
    return tmp_path / "programmes/111/points.toml"


def fault_after(path: Path, old: str, new: str) -> Fault:
    """Change one place of the good rulebook and give the one fault that follows."""
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    faults = check_rulebooks(path.parents[2])
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_criteria_and_the_facts_they_ask_for_are_read(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    book = load_rulebook(path)

    test = book.rule("who.share").test
    assert test is not None
    assert (test.facts, test.measure, test.must) == (("vendor.paid", "vendor.capital"), Measure.SHARE, Must.AT_MOST)
    assert book.rule("who.closes").is_open
    assert book.holder_of(book.rule("who.applied-by")).id == "who.closes"
    assert [option.weight for option in book.options("who.kind")] == [60, 40]
    assert [criterion.needs_all for criterion in book.criteria] == [False, True]


LEAST = 'fact = "vendor.capital", must = "at-least"'
WHEN = 'is = ["software"]'


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        (LEAST, 'fact = "vendor.capitl", must = "at-least"', "rule.test.fact", "No [[fact]] is named “vendor.capitl”"),
        (LEAST, 'fact = "vendor.applied-on", must = "at-least"', "rule.test.fact", "cannot be compared"),
        (LEAST, 'fact = "vendor.capital"', "rule.test.must", "is missing"),
        (LEAST, 'fact = "vendor.capital", must = "one-of"', "rule.test.must", "not known"),
        (LEAST, LEAST + ', measure = "number-chosen"', "rule.test.fact", "cannot be compared"),
        (LEAST, LEAST + ', measure = "lower-of-last-and-average"', "rule.test.fact", "cannot be compared"),
        (LEAST, LEAST + ', measure = "median"', "rule.test.measure", "not known"),
        (LEAST, LEAST + ', closing = "who.closes"', "rule.test.closing", "not a key that is known"),
        ('fact = "vendor.statement", closing', 'closing', "rule.test.fact", "is missing"),
        (LEAST, LEAST + ', answer = "no"', "rule.test.answer", "not a key that is known"),
        (WHEN, 'is = ["consulting"]', "rule.test.when.is", "no answers to “vendor.kind”"),
        (WHEN, "is = []", "rule.test.when.is", "in which cases"),
        ('when = { fact = "vendor.kind", is = ["software"]', 'when = { fact = "vendor.sort", is = ["software"]', "rule.test.when.fact", "No [[fact]]"),
        (', closing = "who.closes"', "", "rule.test.closing", "which day it is counted from"),
        (', closing = "who.closes"', ', closing = "who.capital"', "rule.test.closing", "no rule and no fact with a date"),
        ('["vendor.paid", "vendor.capital"]', '["vendor.capital"]', "rule.test.fact", "cannot be compared"),
        ("open = true", "open = true\nvalue = 2022-08-20", "rule.value", "not given here as well"),
        ('same-as = "who.closes"', 'same-as = "who.capital"', "rule.same-as", "another kind or unit"),
        ('same-as = "who.closes"', 'same-as = "who.opens"', "rule.same-as", "no rule “who.opens”"),
        ('kind = "choice"\nsource', 'kind = "choice"\nopen = true\nsource', "rule.open", "not a key that is known"),
        ('weight = 40\n', "", "rule.option", "Either every option has a weight or none"),
        ('weight = 40\n', "weight = 140\n", "rule.option.weight", "from 0 to 100"),
        ('options-of = "who.kind"', 'options-of = "who.capital"', "fact.options-of", "no rule with options"),
        ('all = ["who.basic", "who.statement"]', "all = []", "criterion.all", "what it is made of"),
        ('["who.basic", "who.statement"]', '["who.basic", "who.closes"]', "criterion.id", "no criterion and no rule with a test"),
        ('any = ["who.capital", "who.kind"]', 'any = ["who.all"]', "criterion.id", "must stand before"),
        ('any = ["who.capital", "who.kind"]', 'any = ["who.basic"]', "criterion.id", "must stand before"),
        ('id = "who.all"', 'id = "who.share"', "criterion.id", "id of a rule already"),
        ('id = "who.all"', 'id = "whom.all"', "criterion.id", "no section"),
        ('id = "who.all"', 'id = "who.basic"', "criterion.id", "already used on line"),
        ('kind = "amount"\nunit = "TWD"\ntext = { zh-Hant = "已付"', 'kind = "amount"\nunit = "hour"\ntext = { zh-Hant = "已付"', "fact.unit", "not known"),
    ],
)  # fmt: skip
def test_each_fault_of_a_criterion_names_its_key(path: Path, old: str, new: str, key: str, words: str) -> None:
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    faults = check_rulebooks(path.parents[2])

    assert [fault for fault in faults if fault.key == key and words in str(fault.sentence)], list(map(str, faults))


def test_a_fact_that_nobody_asks_for_is_a_fault(path: Path) -> None:
    extra = '[[fact]]\nid = "vendor.age"\nkind = "count"\nunit = "year"\ntext = { zh-Hant = "年", en = "Age" }\n\n'

    fault = fault_after(path, "[[criterion]]", extra + "[[criterion]]")

    assert (fault.key, "No criterion asks" in str(fault.sentence)) == ("fact.id", True)


def test_a_fact_named_twice_is_a_fault_with_its_line(path: Path) -> None:
    again = '[[fact]]\nid = "vendor.paid"\nkind = "amount"\nunit = "TWD"\ntext = { zh-Hant = "已付", en = "Paid" }\n\n'

    fault = fault_after(path, "[[criterion]]", again + "[[criterion]]")

    assert "already used on line 96" in str(fault.sentence)


def test_a_fault_of_a_criterion_stands_at_its_line(path: Path) -> None:
    fault = fault_after(path, 'closing = "who.closes"', 'closing = "who.capital"')

    assert fault.line == GOOD[: GOOD.index("closing = ")].count("\n") + 1
