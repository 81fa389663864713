"""Every playbook that ships is sound, complete in both languages, and shown without losing anything."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.core.markdown import headings, render, render_inline
from tracker.journey.playbook import STEPS, Playbook, parse_playbook
from tracker.journey.playbook_folder import check_playbooks, load_playbooks
from tracker.journey.rules import EvidenceKind, Party, Step, Use
from tracker.programmes.kinds import STEPS as RULEBOOK_STEPS
from tracker.programmes.rulebook_file import load_rulebooks

ROOT = Path(__file__).parents[3] / "playbooks"
PLAYBOOKS = load_playbooks(ROOT)
CHAPTERS = ["when", "who", "preparation", "work", "vendor-kinds", "checklist", "mistakes", "done", "reading"]

every_playbook = pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)


def texts(playbook: Playbook) -> Iterator[str]:
    """Give everything a reader sees, in zh-Hant."""
    yield from (playbook.title.zh_hant, playbook.summary.zh_hant, playbook.before.zh_hant, playbook.after.zh_hant)
    for item in playbook.items:
        yield from (item.text.zh_hant, item.help.zh_hant)


def test_check_playbooks_finds_nothing() -> None:
    assert [str(fault) for fault in check_playbooks(ROOT)] == []


def test_each_step_has_a_playbook() -> None:
    assert {playbook.step for playbook in PLAYBOOKS} == set(Step)


def test_the_steps_of_rulebooks_are_the_steps_of_the_journey() -> None:
    assert tuple(STEPS) == RULEBOOK_STEPS


@every_playbook
def test_a_playbook_has_every_chapter_in_both_languages(playbook: Playbook) -> None:
    for text in (playbook.source.zh_hant, playbook.source.en):
        body = text.split("+++\n", 2)[2]
        chapters = [heading.id for heading in headings(body) if heading.level == 2]

        assert [chapter for chapter in chapters if chapter in CHAPTERS] == CHAPTERS


@every_playbook
def test_both_languages_have_the_same_anchors(playbook: Playbook) -> None:
    zh, en = (headings(text.split("+++\n", 2)[2]) for text in (playbook.source.zh_hant, playbook.source.en))

    assert [heading.id for heading in zh] == [heading.id for heading in en]


@every_playbook
def test_both_languages_have_the_same_tables_code_and_callouts(playbook: Playbook) -> None:
    zh, en = (
        Counter(re.findall(r"<(table|tr|th|td|pre|li|dt|dd|div|h\d)\b", render(text)))
        for text in (
            playbook.before.zh_hant + "\n\n" + playbook.after.zh_hant,
            playbook.before.en + "\n\n" + playbook.after.en,
        )
    )

    assert zh == en


@every_playbook
def test_a_checklist_is_long_enough_to_matter_and_short_enough_to_be_done(playbook: Playbook) -> None:
    if playbook.use is Use.CHOSEN:
        assert 5 <= len(playbook.items) <= 8
    else:
        assert 8 <= len(playbook.items) <= 12
        assert any(item.gate for item in playbook.items)
        assert {item.who for item in playbook.items} >= {Party.VENDOR, Party.EXPERT}


@every_playbook
def test_a_chosen_playbook_leads_to_another_one_to_a_rule_and_to_a_term(playbook: Playbook) -> None:
    for text in (playbook.source.zh_hant, playbook.source.en):
        kinds = {kind for kind in ("rule:", "term:", ".md") if re.search(rf"\]\([^)]*{re.escape(kind)}", text)}

        assert playbook.use is Use.ALWAYS or kinds == {"rule:", "term:", ".md"}


@every_playbook
def test_each_item_says_what_a_good_proof_looks_like(playbook: Playbook) -> None:
    for item in playbook.items:
        assert "好的佐證：" in item.help.zh_hant, item.id
        assert "Good proof:" in item.help.en, item.id
        assert item.evidence is not EvidenceKind.NONE


@every_playbook
def test_items_are_due_within_the_usual_days_of_their_step(playbook: Playbook) -> None:
    for rulebook in (book for book in load_rulebooks(ROOT) if book.programme == "counselling"):
        usual = rulebook.count(f"journey.usual-days.{playbook.step.value}")

        assert max(item.days for item in playbook.items) <= usual


@every_playbook
def test_each_cloud_and_each_kind_of_vendor_is_spoken_of(playbook: Playbook) -> None:
    text = playbook.before.zh_hant

    for word in ("Azure", "AWS", "GCP", "軟體或產品", "客群或數據", "硬體或地端"):
        assert word in text
    assert text.count("Azure") >= max(text.count("AWS"), text.count("GCP")) - 2
    assert re.search(r"訂閱|月租|續約|方案", text)


@every_playbook
def test_zh_hant_is_written_as_in_taiwan(playbook: Playbook) -> None:
    foreign = re.compile(
        "登錄系統|文件夾|軟件|硬件|信息|默認|服務器|數據庫|賬|用戶|視頻|網絡|程序員|質量|優化器|緩存|接口|在線|內存|运|实|这"
    )
    for text in texts(playbook):
        words = (
            re.sub(r"`[^`]*`|```.*?```|〈[^〉]*〉|《[^》]*》", "", text, flags=re.DOTALL)
            .replace("全程在線", "")
            .replace("租用戶", "")
            .replace("用戶端", "")
        )

        assert foreign.findall(words) == []
        assert re.findall(r"[\u4e00-\u9fff][,;!?][\u4e00-\u9fff]", words) == [], "full-width punctuation"


@every_playbook
def test_nothing_of_a_playbook_is_lost_on_the_page(playbook: Playbook) -> None:
    for part in (playbook.before, playbook.after):
        for text in (part.zh_hant, part.en):
            html = render(text)

            assert "{:" not in html
            assert "!!!" not in html
            assert "\n|" not in html
            assert html.count("<pre ") == text.count("```") / 2
            assert html.count("<table>") == len(re.findall(r"^\|[-:| ]+\|$", text, re.MULTILINE))
    for item in playbook.items:
        for text in (item.text.zh_hant, item.text.en):
            assert "{:" not in render_inline(text)


@every_playbook
def test_a_stored_playbook_can_be_read_again(playbook: Playbook) -> None:
    again = parse_playbook(playbook.source.zh_hant, playbook.source.en)

    assert again == playbook
    assert again.content_hash == playbook.content_hash


def test_item_ids_are_unique_over_all_playbooks() -> None:
    ids = [item.id for playbook in PLAYBOOKS for item in playbook.items]

    assert len(ids) == len(set(ids))
