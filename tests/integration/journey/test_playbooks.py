"""Publishing playbooks, and moving an engagement to a newer one."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import journey
from tests.factories.journey import PLAYBOOKS, Case
from tests.support.pages import PageClient
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core import search
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.search import DocumentKind
from tracker.journey import operations, queries
from tracker.journey.models import Item, PlaybookVersion
from tracker.journey.rules import ItemState, Step

ASSESS = "steps/assess/01-subscription-case"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the shipped playbooks that a test may change."""
    shutil.copytree(PLAYBOOKS, tmp_path / "playbooks")
    return tmp_path / "playbooks"


def edit(folder: Path, *changes: tuple[str, str], version: int | None = None) -> None:
    """Change both texts of the first playbook."""
    for language in ("zh-Hant", "en"):
        path = folder / f"{ASSESS}.{language}.md"
        text = path.read_text(encoding="utf-8")
        if version:
            text = text.replace("version = 1\n", f"version = {version}\n", 1)
        for old, new in changes:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def newer(case: Case, folder: Path) -> PlaybookVersion:
    """Publish a second version: one item reworded, one dropped, one new."""
    edit(
        folder,
        ("完成 24 個月現金流量表", "完成 36 個月現金流量表"),
        ("{: #baseline-measured", "{: #baseline-measured-anew"),
        version=2,
    )
    published = operations.publish_playbooks(folder, actor=SYSTEM)
    assert [version.number for version in published] == [2]
    return published[0]


def test_publishing_again_changes_nothing(db_session: object) -> None:
    journey.published()
    assert operations.publish_playbooks(PLAYBOOKS, actor=SYSTEM) == []


def test_the_same_version_with_another_text_is_refused(db_session: object, folder: Path) -> None:
    journey.published()
    edit(folder, ("## ", "## 新 "))

    with pytest.raises(Refused, match="higher version number"):
        operations.publish_playbooks(folder, actor=SYSTEM)


def test_only_the_newest_version_is_found(case: Case, newer: PlaybookVersion) -> None:
    found = search.matching_subjects(DocumentKind.PLAYBOOK, "現金流量")
    assert found is not None
    versions = session().scalars(found).all()
    assert newer.id in versions
    assert all(
        session().get_one(PlaybookVersion, key).playbook != newer.playbook or key == newer.id for key in versions
    )


def test_an_engagement_keeps_its_version_until_it_is_moved(case: Case, newer: PlaybookVersion) -> None:
    held = {version.playbook: version.number for version in queries.pinned_versions(case.engagement)}
    assert held[newer.playbook] == 1
    assert [(old.number if old else None, new.id) for old, new in queries.newer_versions(case.engagement)] == [
        (1, newer.id)
    ]


def test_moving_keeps_what_was_done_and_leaves_dropped_items_readable(case: Case, newer: PlaybookVersion) -> None:
    done, changed, dropped = case.item(".charging-model"), case.item(".cash-flow"), case.item(".baseline-measured")
    for item in (done, changed, dropped):
        journey.link(item, actor=case.vendor)
        operations.submit_item(item, actor=case.vendor)
        operations.verify_item(item, actor=case.expert)

    operations.move_playbook(case.engagement, operations.PlaybookMove(newer.id), actor=case.staff)

    assert {done.state, changed.state, dropped.state} == {ItemState.VERIFIED}
    assert (dropped.retired_at is not None, dropped.playbook_version_id != newer.id) == (True, True)
    assert queries.items_of(case.engagement.id)[-1].id == dropped.id
    added = case.item(".baseline-measured-anew")
    assert (added.state, added.due_on is not None) == (ItemState.OPEN, True)
    assert {item.playbook_version_id for item in case.items} == {newer.id}
    assert (case.engagement.items_done, case.engagement.items_total) == (2, len(case.items))
    assert queries.newer_versions(case.engagement) == []


def test_a_changed_item_is_done_again_where_that_is_asked(case: Case, newer: PlaybookVersion) -> None:
    changed = case.item(".cash-flow")
    journey.link(changed, actor=case.vendor)
    operations.submit_item(changed, actor=case.vendor)
    operations.verify_item(changed, actor=case.expert)

    with pytest.raises(Refused, match="Write the reason"):
        operations.move_playbook(
            case.engagement, operations.PlaybookMove(newer.id, frozenset({changed.key})), actor=case.staff
        )
    operations.move_playbook(
        case.engagement, operations.PlaybookMove(newer.id, frozenset({changed.key}), "改為 36 個月"), actor=case.staff
    )

    assert (changed.state, changed.reason, len(changed.proofs)) == (ItemState.RETURNED, "改為 36 個月", 1)


def test_playbooks_of_passed_steps_stay_as_they_were(case: Case, newer: PlaybookVersion) -> None:
    journey.advance(case.engagement, doer=case.vendor, verifier=case.expert, proposer=case.expert, decider=case.staff)

    assert queries.newer_versions(case.engagement) == []
    with pytest.raises(Refused, match="no newer version"):
        operations.move_playbook(case.engagement, operations.PlaybookMove(newer.id), actor=case.staff)


def test_a_proposed_gate_is_decided_before_its_playbook_changes(case: Case, newer: PlaybookVersion) -> None:
    operations.propose_gate(case.step(), "請看", actor=case.expert)

    with pytest.raises(Refused, match="Decide on it first"):
        operations.move_playbook(case.engagement, operations.PlaybookMove(newer.id), actor=case.staff)


def test_the_page_shows_item_by_item_what_changes_and_moves(
    case: Case, newer: PlaybookVersion, sign_in: Callable[[User], PageClient]
) -> None:
    changed = case.item(".cash-flow")
    journey.link(changed, actor=case.vendor)
    operations.submit_item(changed, actor=case.vendor)
    session().commit()
    client = sign_in(case.staff_user)

    assert f"/engagements/{case.engagement.id}/playbooks" in client.get(f"/engagements/{case.engagement.id}").links
    page = client.get(f"/engagements/{case.engagement.id}/playbooks/{newer.id}?lang=en")
    assert {"Changed 1", "Added 1", "Dropped 1"} <= set(page.texts("h2"))
    client.post(
        f"/engagements/{case.engagement.id}/playbooks/{newer.id}", {f"redo:{changed.key}": "redo", "reason": "請更新"}
    )

    states = dict(session().execute(select(Item.key, Item.state).where(Item.step == Step.ASSESS)).all())
    assert states[changed.key] is ItemState.RETURNED


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_every_playbook_can_be_read_in_both_languages(
    case: Case, sign_in: Callable[[User], PageClient], language: str
) -> None:
    client = sign_in(case.vendor_user)
    page = client.get(f"/playbooks?lang={language}")
    addresses = [link for link in page.links if link.startswith("/playbooks/")]
    assert len(addresses) == len(journey.published())
    for address in addresses:
        text = client.get(f"{address}?lang={language}")
        anchors = {element.get("id") for element in text.tree.iter()}
        assert {link[1:] for link in text.links if link.startswith("#")} <= anchors
