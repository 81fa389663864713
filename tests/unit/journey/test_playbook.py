"""A playbook is read from two files, and every way to write it wrongly is told with file and line."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.content import Bilingual, Fault
from tracker.journey.playbook import (
    Playbook,
    PlaybookFaults,
    PlaybookItem,
    compare,
    parse_playbook,
)
from tracker.journey.playbook_folder import check_playbooks, load_playbooks
from tracker.journey.rules import Deed, EvidenceKind, Party, Step, Use
from tracker.vendors.rules import VendorKind

ZH = """\
+++
id = "first-look"
step = "assess"
title = "初步評估"
version = 2
audience = ["vendor", "expert"]
vendor_kinds = ["hardware"]
summary = "先看清楚。"
retired = ["old-one"]
+++

## 何時使用 {: #when }

開案時使用。見 [清單](#charging-model)、[英文原文](https://example.org/a)，不是 `[連結](nowhere.md)`。

```text
- [ ] 程式碼裡的不算 {: #not-an-item }
## 也不是標題
[不是連結](nowhere.md)
```

## 檢核清單 {: #checklist }

逐項完成：

- [ ] 選定**收費模式** {: #charging-model who=vendor evidence=document gate days=10 }
  附試算表。

  - 三種候選
  - 三家客戶

- [ ] 專家訪談 {: #interview who=expert evidence=none days=5 }

## 怎樣算完成 {: #done }

有人簽名。
"""
EN = """\
+++
id = "first-look"
version = 2
title = "First look"
summary = "See clearly first."
+++

## When to use it {: #when }

When an engagement opens. See [the list](#charging-model).

```text
- [ ] code does not count {: #not-an-item }
```

## Checklist {: #checklist }

- [ ] Choose **how to charge** {: #charging-model }
  Attach the sheet.
- [ ] Talk with the expert {: #interview }

## How to know it is done {: #done }

Somebody signed.
"""
RULES = """\
programme = "counselling"
roc_year = 111
version = 1
title = { zh-Hant = "輔導", en = "Counselling" }
summary = { zh-Hant = "輔導。", en = "Counselling." }

[source.office-1]
origin = "office"
programme = { zh-Hant = "輔導", en = "Counselling" }
section = { zh-Hant = "辦公室", en = "Office" }

[[section]]
id = "poc"
title = { zh-Hant = "試用", en = "Trial" }

[[rule]]
id = "poc.days"
kind = "count"
value = 30
unit = "day"
source = "office-1"
text = { zh-Hant = "試用天數", en = "Days of trial" }
"""
SAMPLE = RULES.replace("= 111", "= 112\nsample = true").replace('"poc.days"', '"poc.sample"')
KNOWN = """\
[first-look]
old-one = 1
charging-model = 1
interview = 2
"""
PLACE = "steps/assess/01-first-look"
ZH_FILE, EN_FILE = f"{PLACE}.zh-Hant.md", f"{PLACE}.en.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    for name, text in ((ZH_FILE, ZH), (EN_FILE, EN), ("known-items.toml", KNOWN), ("../outside.en.md", EN)):
        write(folder, name, text)
    write(folder, "programmes/111/counselling.toml", RULES)
    write(folder, "programmes/112/counselling.toml", SAMPLE)
    return folder


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def only_fault(root: Path) -> Fault:
    faults = check_playbooks(root)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def item(key: str, **changes: object) -> PlaybookItem:
    """Make an item of the playbook «first-look»."""
    made = PlaybookItem(
        f"first-look.{key}",
        key,
        Bilingual("甲", "A"),
        Bilingual("", ""),
        Party.VENDOR,
        EvidenceKind.LINK,
        gate=False,
        days=3,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests below name fields of the item


def playbook(*items: PlaybookItem, version: int = 1) -> Playbook:
    """Make a playbook of which only the items matter."""
    return replace(parse_playbook(ZH, EN), items=items, version=version)


# ---------------------------------------------------------------- reading


def test_a_playbook_holds_both_languages_together() -> None:
    book = parse_playbook(ZH, EN)

    assert (book.id, book.step, book.version) == ("first-look", Step.ASSESS, 2)
    assert book.title == Bilingual("初步評估", "First look")
    assert book.summary.of("en") == "See clearly first."
    assert book.audience == (Party.VENDOR, Party.EXPERT)
    assert book.vendor_kinds == (VendorKind.HARDWARE,)
    assert book.retired == ("old-one",)


def test_items_carry_who_evidence_gate_and_days_from_the_original() -> None:
    charging, interview = parse_playbook(ZH, EN).items

    assert charging.id == "first-look.charging-model"
    assert charging.text == Bilingual("選定**收費模式**", "Choose **how to charge**")
    assert charging.help == Bilingual("附試算表。\n\n- 三種候選\n- 三家客戶", "Attach the sheet.")
    assert (charging.who, charging.evidence, charging.gate, charging.days) == (
        Party.VENDOR,
        EvidenceKind.DOCUMENT,
        True,
        10,
    )
    assert (interview.who, interview.evidence, interview.gate, interview.days) == (
        Party.EXPERT,
        EvidenceKind.NONE,
        False,
        5,
    )


def test_a_playbook_is_for_every_engagement_unless_it_says_chosen() -> None:
    chosen = ZH.replace('step = "assess"', 'step = "assess"\nuse = "chosen"')

    assert parse_playbook(ZH, EN).use is Use.ALWAYS
    assert parse_playbook(chosen, EN).use is Use.CHOSEN


def test_an_item_may_name_what_fulfils_it_by_itself() -> None:
    charging, interview = parse_playbook(ZH.replace("days=5", "days=5 by=drill"), EN).items

    assert (charging.by, interview.by) == (None, Deed.DRILL)


def test_the_text_before_and_after_the_checklist_is_kept_apart() -> None:
    book = parse_playbook(ZH, EN)

    assert book.before.zh_hant.startswith("## 何時使用")
    assert book.before.zh_hant.endswith("逐項完成：")
    assert "{: #not-an-item }" in book.before.zh_hant
    assert book.after.en == "## How to know it is done {: #done }\n\nSomebody signed."


def test_an_item_can_be_asked_for_by_its_id() -> None:
    book = parse_playbook(ZH, EN)

    assert book.item("first-look.interview").key == "interview"
    with pytest.raises(KeyError):
        book.item("first-look.nothing")


def test_a_link_to_another_playbook_tells_its_path_and_anchor() -> None:
    book = parse_playbook(ZH, EN)

    assert book.leads_to("../migrate/03-cut-over.en.md#runbook") == ("steps/migrate/03-cut-over", "runbook")
    assert book.leads_to("02-second.zh-Hant.md") == ("steps/assess/02-second", "")
    assert [
        book.leads_to(address) for address in ("https://example.org/a.en.md", "../../programmes/111/x.toml", "#when")
    ] == [None] * 3


def test_a_playbook_is_for_the_kinds_it_names_and_for_all_when_it_names_none() -> None:
    book = parse_playbook(ZH, EN)

    assert book.is_for("hardware")
    assert not book.is_for("software")
    assert replace(book, vendor_kinds=()).is_for("software")


def test_the_stored_source_gives_the_same_playbook_again() -> None:
    book = parse_playbook(ZH, EN)

    assert parse_playbook(book.source.zh_hant, book.source.en) == book


def test_the_hash_follows_the_words_and_not_what_editors_change_unseen() -> None:
    book = parse_playbook(ZH, EN)

    assert parse_playbook(ZH.replace("\n", "  \r\n"), "\ufeff" + EN).content_hash == book.content_hash
    assert parse_playbook(ZH.replace("附試算表", "附上試算表"), EN).content_hash != book.content_hash
    assert parse_playbook(ZH, EN.replace("Attach", "Add")).content_hash != book.content_hash


def test_playbooks_come_in_the_order_of_steps_and_files(root: Path) -> None:
    for step, number, name in (
        ("test", "02", "b"),
        ("assess", "02", "c"),
        ("optimise", "01", "d"),
        ("migrate", "01", "e"),
    ):
        for language, text in (("zh-Hant", ZH), ("en", EN)):
            other = text.replace('"first-look"', f'"{name}"').replace('"assess"', f'"{step}"')
            write(root, f"steps/{step}/{number}-{name}.{language}.md", other)

    assert [book.id for book in load_playbooks(root)] == ["first-look", "c", "e", "b", "d"]
    assert load_playbooks(root)[0].path == PLACE


def test_a_broken_playbook_is_not_read(root: Path) -> None:
    change(root, ZH_FILE, "days=10", "days=ten")

    with pytest.raises(PlaybookFaults) as caught:
        load_playbooks(root)

    assert str(caught.value).startswith(f"{ZH_FILE}:26: The days of the item “charging-model”")


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_makes_the_parser_fail_in_another_way(zh: str, en: str) -> None:
    with pytest.raises(PlaybookFaults):
        parse_playbook(zh, en)


@given(st.integers(0, ZH.count("\n")), st.text("ab#-[]{}:=+ \n`\"'", max_size=20))
def test_a_damaged_line_is_read_or_refused_with_a_line_of_the_file(number: int, damage: str) -> None:
    rows = ZH.split("\n")
    rows[number] = damage
    text = "\n".join(rows)

    try:
        parse_playbook(text, EN, zh_file="zh", en_file="en")
    except PlaybookFaults as error:
        for fault in error.faults:
            assert 1 <= fault.line <= (text if fault.file == "zh" else EN).count("\n") + 1


# ---------------------------------------------------------------- checking


def test_a_sound_folder_has_no_fault(root: Path) -> None:
    assert check_playbooks(root) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        (ZH_FILE, "+++\nid", "id", 1, "between two lines “+++”"),
        (ZH_FILE, "version = 2", "version = two", 5, "not valid TOML"),
        (EN_FILE, 'title = "First look"', 'title = "First look', 4, "not valid TOML"),
        (ZH_FILE, 'title = "初步評估"\n', "", 1, "“title” is missing"),
        (ZH_FILE, 'title = "初步評估"', 'title = ""', 4, "“title” is empty"),
        (EN_FILE, 'summary = "See clearly first."', "summary = 1", 5, "“summary” must be a text"),
        (ZH_FILE, 'step = "assess"', 'step = "asses"', 3, "“asses” is not known for “step”"),
        (ZH_FILE, 'step = "assess"', 'step = "migrate"', 3, "folder of another step"),
        (ZH_FILE, '"vendor", "expert"', '"vendor", "teacher"', 6, "“teacher” is not known for “audience”"),
        (ZH_FILE, '["vendor", "expert"]', "[]", 6, "names nobody"),
        (ZH_FILE, '["hardware"]', '["hard"]', 7, "“hard” is not known for “vendor_kinds”"),
        (ZH_FILE, '["hardware"]', '"hardware"', 7, "must be a list of texts"),
        (ZH_FILE, "version = 2", "version = -2", 5, "greater than zero"),
        (ZH_FILE, 'summary = "先看清楚。"', 'summary = "先看清楚。"\nauthor = "甲"', 9, "“author” is not a key"),
        (EN_FILE, "version = 2", "version = 1", 3, "at version 2; translate"),
        (EN_FILE, 'id = "first-look"', 'id = "look"', 2, "has the id “first-look”"),
        (ZH_FILE, "who=vendor", "who=customer", 26, "“customer” is not known for “who”"),
        (ZH_FILE, " who=vendor", "", 26, "does not say who="),
        (ZH_FILE, "evidence=document", "evidence=photo", 26, "“photo” is not known for “evidence”"),
        (ZH_FILE, " evidence=none", "", 32, "does not say evidence="),
        (ZH_FILE, "days=5", "days=0", 32, "must be a whole number above zero"),
        (ZH_FILE, "days=5", "days=-3", 32, "must be a whole number above zero"),
        (ZH_FILE, "days=5", "days=1.5", 32, "must be a whole number above zero"),
        (ZH_FILE, "days=5", "days=５", 32, "must be a whole number above zero"),
        (ZH_FILE, " days=5", "", 32, "must be a whole number above zero"),
        (ZH_FILE, "days=5", "days=5 by=magic", 32, "“magic” is not known for “by”"),
        (ZH_FILE, "days=5", "days=5 by", 32, "“by” is not understood"),
        (EN_FILE, "{: #interview }", "{: #interview by=drill }", 20, "zh-Hant file only"),
        (ZH_FILE, 'retired = ["old-one"]', 'retired = ["old-one"]\nuse = "sometimes"', 10, "“sometimes” is not known for “use”"),
        (ZH_FILE, 'retired = ["old-one"]', 'retired = ["old-one"]\nuse = ""', 10, "“use” is empty"),
        (EN_FILE, "version = 2", 'version = 2\nuse = "chosen"', 4, "“use” is not a key"),
        (EN_FILE, "(#charging-model)", "(rule:counselling/poc.gone)", 10, "names no rule"),
        (EN_FILE, "(#charging-model)", "(rule:counselling/poc.sample)", 10, "names no rule"),
        (EN_FILE, "(#charging-model)", "(rule:lost-programme/poc.days)", 10, "names no rule"),
        (EN_FILE, "(#charging-model)", "(rule:counselling)", 10, "names no rule"),
        (EN_FILE, "(#charging-model)", "(template:ibm_saas)", 10, "names no template"),
        (EN_FILE, "(#charging-model)", "(term:wombat)", 10, "names no term of the glossary"),
        (ZH_FILE, "(https://example.org/a)", "(term:wombat)", 14, "names no term of the glossary"),
        (ZH_FILE, "gate days=10", "gates days=10", 26, "“gates” is not understood"),
        (ZH_FILE, "gate days=10", "gate=yes days=10", 26, "“gate=yes” is not understood"),
        (ZH_FILE, "days=5", "days=5 days=6", 32, "“days=6” is not understood"),
        (EN_FILE, "{: #interview }", "{: #interview who=expert }", 20, "zh-Hant file only"),
        (EN_FILE, "See [the list](#charging-model)", "See [the list](#charging)", 10, "no such heading or item"),
        (EN_FILE, "(#charging-model)", "(01-gone.en.md)", 10, "which is not there"),
        (EN_FILE, "(#charging-model)", "(../../../outside.en.md)", 10, "which is not there"),
        (EN_FILE, "(#charging-model)", "(/playbooks/steps)", 10, "which is not there"),
        (EN_FILE, "(#charging-model)", "(01-first-look.en.md#gone)", 10, "no such heading or item"),
        (EN_FILE, "(#charging-model)", "(01-first-look.zh-Hant.md#when)", 10, "into the other language"),
        (EN_FILE, "(#charging-model)", "(javascript:alert)", 10, "kind that is not shown"),
        (EN_FILE, "## How to know it is done {: #done }", "## Done {: #interview }", 20, "anchor of a heading too"),
        ("known-items.toml", "interview = 2", "interview = 3", 4, "only at version 2"),
        ("known-items.toml", "interview = 2", 'interview = "2"', 4, "must be a whole number"),
        ("known-items.toml", "interview = 2", "interview = 2\ngone = 1", 5, "“gone” was published and vanished"),
        ("known-items.toml", "[first-look]", "[lost-look]\na = 1\n[first-look]", 1, "“lost-look” was published and is gone"),
        ("known-items.toml", "[first-look]", "[first-look", 1, "not valid TOML"),
    ],
)  # fmt: skip
def test_each_fault_names_file_and_line(root: Path, file: str, old: str, new: str, line: int, words: str) -> None:
    change(root, file, old, new)

    fault = next(each for each in check_playbooks(root) if words in str(each.sentence))

    assert (fault.file, fault.line) == (file, line)
    assert "%(" not in str(fault.sentence)


@pytest.mark.parametrize("address", ["rule:counselling/poc.days", "template:azure_saas", "template:backup", "term:rto"])
def test_rules_templates_and_terms_are_linked_by_their_ids(root: Path, address: str) -> None:
    change(root, EN_FILE, "(#charging-model)", f"({address})")

    assert check_playbooks(root) == []


def test_links_to_a_rulebook_with_faults_wait_until_it_is_mended(root: Path) -> None:
    write(root, "programmes/111/counselling.toml", "[[rule")
    change(root, EN_FILE, "(#charging-model)", "(rule:counselling/poc.days)")

    assert check_playbooks(root) == []


def test_an_item_in_one_language_only_is_told_where_it_stands(root: Path) -> None:
    change(root, EN_FILE, "- [ ] Talk with the expert {: #interview }\n", "")

    fault = only_fault(root)

    assert (fault.file, fault.line) == (ZH_FILE, 32)
    assert str(fault.sentence) == "The item “interview” stands in this language only; 01-first-look.en.md lacks it."


def test_an_item_id_used_twice_names_the_first_line(root: Path) -> None:
    change(root, ZH_FILE, "#interview", "#charging-model")
    change(root, EN_FILE, "#interview", "#charging-model")

    faults = [fault for fault in check_playbooks(root) if "already used" in str(fault)]

    assert [(fault.file, fault.line) for fault in faults] == [(EN_FILE, 20), (ZH_FILE, 32)]
    assert "line 26" in str(faults[1].sentence)


def test_a_playbook_id_used_twice_names_the_other_file(root: Path) -> None:
    write(root, "steps/assess/02-second.zh-Hant.md", ZH)
    write(root, "steps/assess/02-second.en.md", EN)

    fault = only_fault(root)

    assert (fault.file, fault.line) == ("steps/assess/02-second.zh-Hant.md", 2)
    assert ZH_FILE in str(fault.sentence)


def test_a_missing_translation_is_told(root: Path) -> None:
    (root / EN_FILE).unlink()
    write(root, "known-items.toml", "")

    fault = only_fault(root)

    assert (fault.file, fault.line) == (ZH_FILE, 1)
    assert str(fault.sentence) == "The translation 01-first-look.en.md is missing."


def test_a_translation_without_its_original_is_told(root: Path) -> None:
    (root / ZH_FILE).unlink()
    write(root, "known-items.toml", "")

    assert str(only_fault(root)) == f"{EN_FILE}:1: The translation 01-first-look.zh-Hant.md is missing."


def test_an_item_that_vanished_is_told_until_it_is_retired(root: Path) -> None:
    change(root, ZH_FILE, "- [ ] 專家訪談 {: #interview who=expert evidence=none days=5 }\n", "")
    change(root, EN_FILE, "- [ ] Talk with the expert {: #interview }\n", "")

    assert (only_fault(root).file, only_fault(root).line) == ("known-items.toml", 4)

    change(root, ZH_FILE, '["old-one"]', '["old-one", "interview"]')

    assert check_playbooks(root) == []


def test_a_retired_item_must_not_come_back(root: Path) -> None:
    change(root, ZH_FILE, '["old-one"]', '["old-one", "interview"]')

    assert (only_fault(root).file, only_fault(root).line) == (ZH_FILE, 32)


def test_a_retired_item_was_once_published(root: Path) -> None:
    change(root, ZH_FILE, '["old-one"]', '["old-one", "never-was"]')

    assert (only_fault(root).file, only_fault(root).line) == (ZH_FILE, 9)


def test_a_new_item_must_be_listed_as_published(root: Path) -> None:
    change(root, "known-items.toml", "interview = 2\n", "")

    assert str(only_fault(root)) == f"{ZH_FILE}:32: The item “interview” is not listed in known-items.toml."


def test_the_list_of_published_items_must_be_there(root: Path) -> None:
    (root / "known-items.toml").unlink()

    assert str(only_fault(root)) == "known-items.toml:1: The list of published items is missing."


@pytest.mark.parametrize(
    "name", ["steps/assess/first.en.md", "steps/assess/01-x.fr.md", "steps/01-x.en.md", "steps/assess/01-X.en.md"]
)
def test_a_file_that_stands_in_no_place_of_a_playbook_is_told(root: Path, name: str) -> None:
    write(root, name, EN)

    assert (only_fault(root).file, only_fault(root).line) == (name, 1)


def test_a_file_in_another_encoding_is_told(root: Path) -> None:
    (root / EN_FILE).write_bytes(EN.encode() + "評估".encode("big5"))

    assert f"{EN_FILE}:1: The file is not written in UTF-8." in [str(fault) for fault in check_playbooks(root)]


def test_items_stand_in_one_list(root: Path) -> None:
    for file in (ZH_FILE, EN_FILE):
        text = (root / file).read_text(encoding="utf-8")
        row = next(row for row in text.split("\n") if "#interview" in row)
        write(root, file, text.replace(row + "\n", "") + row + "\n")

    assert [(fault.file, fault.line) for fault in check_playbooks(root)] == [(EN_FILE, 24), (ZH_FILE, 36)]


@pytest.mark.parametrize(
    "row",
    [
        "- [x] 專家訪談 {: #interview who=expert evidence=none days=5 }",
        "- [ ] 專家訪談",
        "- [ ] {: #interview who=expert evidence=none days=5 }",
        "* [ ] 專家訪談 {: #interview who=expert evidence=none days=5 }",
        "- [ ] 專家訪談 {: #interview who=expert evidence=none days=5",
    ],
)
def test_an_item_that_is_written_otherwise_is_told(root: Path, row: str) -> None:
    change(root, ZH_FILE, "- [ ] 專家訪談 {: #interview who=expert evidence=none days=5 }", row)

    assert f"{ZH_FILE}:32: An item is written “- [ ] text {{: #id … }}” on one line, and is not ticked." in [
        str(fault) for fault in check_playbooks(root)
    ]


def test_items_stand_in_the_same_order_in_both_languages(root: Path) -> None:
    change(root, EN_FILE, "#charging-model }\n", "#held }\n")
    change(root, EN_FILE, "#interview }", "#charging-model }")
    change(root, EN_FILE, "#held }", "#interview }")

    assert (only_fault(root).file, only_fault(root).line) == (EN_FILE, 18)


def test_headings_are_alike_in_both_languages(root: Path) -> None:
    change(root, EN_FILE, "## How to know", "### How to know")

    assert str(only_fault(root)) == f"{EN_FILE}:7: The headings differ from those of the zh-Hant file."


def test_headings_go_down_one_level_at_a_time(root: Path) -> None:
    for file in (ZH_FILE, EN_FILE):
        text = (root / file).read_text(encoding="utf-8")
        write(root, file, text.replace("## ", "### ", 1).replace("{: #done }", "{: #done }\n\n# Again"))

    assert [(fault.file, fault.line) for fault in check_playbooks(root)] == [
        (EN_FILE, 8),
        (EN_FILE, 24),
        (ZH_FILE, 12),
        (ZH_FILE, 36),
    ]


def test_a_playbook_without_items_is_told() -> None:
    with pytest.raises(PlaybookFaults, match="The checklist has no item"):
        parse_playbook(ZH[: ZH.index("- [ ] 選定")], EN[: EN.index("- [ ] Choose")])


# ---------------------------------------------------------------- comparing


def test_a_newer_version_is_told_item_by_item() -> None:
    old = playbook(item("a"), item("b"), item("c"))
    new = playbook(item("d"), item("c", days=9, gate=True), item("a"), version=2)

    changes = compare(old, new)

    assert [each.key for each in changes.added] == ["d"]
    assert [each.key for each in changes.removed] == ["b"]
    assert [each.key for each in changes.kept] == ["a"]
    assert [(each.old.days, each.new.days, each.fields) for each in changes.changed] == [(3, 9, ("gate", "days"))]


def test_a_change_of_words_in_either_language_is_a_change() -> None:
    old = playbook(item("a"), item("b"))
    new = playbook(item("a", text=Bilingual("甲", "Better")), item("b", help=Bilingual("乙", "")))

    assert [each.fields for each in compare(old, new).changed] == [("text",), ("help",)]


lists_of_items = st.lists(
    st.builds(item, st.sampled_from("abcdef"), days=st.integers(1, 3)), unique_by=lambda each: each.key, max_size=6
)


@given(lists_of_items, lists_of_items)
def test_every_item_of_both_versions_is_accounted_for_once(old: list[PlaybookItem], new: list[PlaybookItem]) -> None:
    changes = compare(playbook(*old), playbook(*new))

    both = [each.new for each in changes.changed] + list(changes.kept)
    assert sorted(each.id for each in [*changes.added, *both]) == sorted(each.id for each in new)
    assert sorted(each.id for each in [*changes.removed, *both]) == sorted(each.id for each in old)
    assert compare(playbook(*new), playbook(*old)).added == changes.removed
