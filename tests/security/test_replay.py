"""What is vendor A's is closed to whoever has nothing to do with A: addresses, lists, counts, files, feeds and fields."""

import re
from collections.abc import Mapping

import pytest

from tests.factories.world import INTERNAL, World
from tests.support.crawl import crawl
from tests.support.pages import Page
from tests.support.sweep import BY_LINK, Answer, Answers, address, meaning, routes, values_of
from tests.support.whole_app import WholeApp
from tracker.coaching.models import ActionItem, CoachingSession
from tracker.core.db import db

FAREWELL = re.compile(r"您對[^<]*的輔導指派已結束")
"""The one sentence that an expert whose assignment has ended reads of it, since it says what has ended."""
OUTSIDERS = ("vendor_elsewhere", "expert_elsewhere", "former_member", "former_expert", "reviewer", "anonymous")
CLOSED = {"forbidden", "hidden", "sign-in"}
NOBODY = 999_999
LISTS = ("/vendors", "/engagements", "/coaching-sessions", "/coaching-sessions/coverage", "/search", "/inbox", "/board")
FILTERS = ("q", "vendor", "organisation", "engagement", "product", "programme", "expert", "user", "item", "session")


def marker_for(world: World, person: str) -> str:
    """Give the word that the person must not read; the vendor's record is the whole office's, its engagements are not."""
    return world.a.case_marker if person == "staff_elsewhere" else world.a.marker


def without_farewell(text: str) -> str:
    """Take the one sentence out that tells an expert which assignment has ended."""
    return FAREWELL.sub("", text)


def is_of_a(answer: Answer, world: World) -> bool:
    """Tell whether the address names something of A."""
    return any(meaning(answer.rule, name) in {*world.a.ids, "web_session_id"} for name in answer.rule.arguments)


@pytest.mark.parametrize("person", OUTSIDERS)
def test_no_address_of_a_opens(whole_app: WholeApp, answers: Answers, person: str) -> None:
    asked = [one for method in ("GET", "POST") for one in answers.of(person, method=method)]
    open_ones = [
        one.key
        for one in asked
        if is_of_a(one, whole_app.world) and one.rule.endpoint not in BY_LINK and one.word not in CLOSED
    ]
    assert open_ones == []


@pytest.mark.parametrize("person", [*OUTSIDERS, "staff_elsewhere"])
def test_no_answer_holds_a_word_of_a(whole_app: WholeApp, answers: Answers, person: str) -> None:
    marker = marker_for(whole_app.world, person)
    asked = [one for method in ("GET", "POST") for one in answers.of(person, method=method)]
    leaks = [one.key for one in asked if marker in without_farewell(one.text) and one.rule.endpoint not in BY_LINK]
    assert leaks == []


@pytest.mark.parametrize(
    "person", ["vendor_elsewhere", "expert_elsewhere", "former_member", "former_expert", "staff_elsewhere"]
)
def test_nothing_that_links_lead_to_holds_a_word_of_a(whole_app: WholeApp, person: str) -> None:
    marker = marker_for(whole_app.world, person)
    leaks = [
        found.path
        for found in crawl(whole_app.app, whole_app.browser(person).browser.get, each=2)
        if marker in without_farewell(found.text)
    ]
    assert leaks == []


@pytest.mark.parametrize("person", ["vendor_member", "vendor_elsewhere"])
def test_a_vendors_members_read_nothing_that_is_not_for_them(answers: Answers, person: str) -> None:
    leaks = [one.key for method in ("GET", "POST") for one in answers.of(person, method=method) if INTERNAL in one.text]
    assert leaks == []


def test_the_markers_are_there_for_those_who_may_read_them(whole_app: WholeApp, answers: Answers) -> None:
    world = whole_app.world
    read_by = {
        person: {one.rule.endpoint for one in answers.of(person) if marker in one.text}
        for person, marker in (("staff", INTERNAL), ("expert", INTERNAL), ("vendor_member", world.a.case_marker))
    }
    assert {"journey.item", "coaching.show"} <= read_by["staff"] & read_by["expert"]
    assert {"journey.item", "coaching.show", "coaching.file", "coaching.read_feed"} <= read_by["vendor_member"]


@pytest.mark.parametrize("name", ["internal_evidence_id", "draft_evidence_id"])
def test_a_file_that_is_not_for_the_vendor_is_hidden_from_it(whole_app: WholeApp, name: str) -> None:
    path = f"/evidence/{whole_app.world.a.ids[name]}"
    seen = {person: whole_app.status(person, path) for person in ("vendor_member", "expert", "staff")}
    assert seen == {"vendor_member": 404, "expert": 200, "staff": 200}


@pytest.mark.parametrize("name", ["evidence_id", "internal_evidence_id", "file_evidence_id", "draft_evidence_id"])
def test_files_of_an_engagement_are_closed_to_the_rest(whole_app: WholeApp, name: str) -> None:
    path = f"/evidence/{whole_app.world.a.ids[name]}"
    seen = {person: whole_app.status(person, path) for person in (*OUTSIDERS, "staff_elsewhere")}
    assert set(seen.values()) <= {302, 404}


def test_a_draft_is_hidden_from_the_vendor_in_every_form(whole_app: WholeApp) -> None:
    draft = whole_app.world.a.ids["draft_id"]
    paths = [f"/coaching-sessions/{draft}", f"/coaching-sessions/{draft}/record.pdf"]
    assert [whole_app.status("vendor_member", path) for path in paths] == [404, 404]


def test_the_feed_of_a_former_member_is_empty_of_a(whole_app: WholeApp) -> None:
    feed = whole_app.get("anonymous", f"/calendar/{whole_app.world.ids['former_feed_token']}.ics")
    assert whole_app.world.a.marker not in feed.get_data(as_text=True)


@pytest.mark.parametrize("person", ["vendor_elsewhere", "expert_elsewhere", "staff_elsewhere"])
def test_filters_tell_nothing_of_a(whole_app: WholeApp, person: str) -> None:
    telling = []
    for path in LISTS:
        if whole_app.status(person, path) != 200:
            continue
        for name in FILTERS:
            for value, control in probes(whole_app.world, name, person):
                if shown(whole_app, person, path, name, value) != shown(whole_app, person, path, name, control):
                    telling.append(f"{path}?{name}={value}")
    assert telling == []


def probes(world: World, name: str, person: str) -> list[tuple[str, str]]:
    """Give values of A for a filter, each with one that nothing has."""
    if name == "q":
        return [(marker_for(world, person), "Nowhereword"[: len(marker_for(world, person))])]
    ids: Mapping[str, int | str] = world.ids | world.a.ids | {"expert_id": world.people["expert"]}
    shared = {"programme", "vendor", "organisation", "product"} if person == "staff_elsewhere" else {"programme"}
    value = ids.get(f"{name}_id")
    return [(str(value), str(NOBODY))] if value and name not in shared else []


def shown(app: WholeApp, person: str, path: str, name: str, value: str) -> str:
    """Give what a list says when it is filtered, without the typed value itself."""
    page = Page(app.get(person, f"{path}?{name}={value}"))
    main = next(element for element in page.tree.iter() if element.get("id") == "main")
    text = " ".join(" ".join(main.itertext()).split())
    return re.sub(re.escape(value), "…", text) if name == "q" else text


SESSION = {
    "step": "assess",
    "topics": [],
    "hours": "2",
    "mode": "online",
    "findings": "現況",
    "recommendations": "建議",
}


def test_ids_of_a_in_the_fields_of_a_form_are_refused_and_nothing_is_stored(whole_app: WholeApp) -> None:
    world = whole_app.world
    ours, theirs = world.b.ids, world.a
    before = whole_app.rows()
    draft = f"/coaching-sessions/{ours['draft_id']}/edit"
    action = f"/coaching-sessions/{ours['session_id']}/actions/new"
    fields: dict[str, list[tuple[str, object]]] = {
        draft: [
            ("items", theirs.ids["item_id"]),
            ("people", f"u{world.people['vendor_member']}"),
            ("actions-0-assignee", world.people["vendor_member"]),
        ],
        action: [("assignee", world.people["vendor_member"])],
    }
    stored = []
    for path, wrong in fields.items():
        for name, value in wrong:
            filled = Page(whole_app.get("expert_elsewhere", path)).fields(path)
            if path == action:
                filled |= {"text": "做一件事", "due": "2026-12-01"}
            answer = whole_app.post("expert_elsewhere", path, {**filled, name: str(value)})
            if answer.status_code not in {200, 422, 404}:
                stored.append(f"{path}: {name}={value} was answered with {answer.status_code}")
    assert stored == []
    assert whole_app.rows() == before


def test_a_session_stays_its_experts_and_takes_no_action_of_another(own_app: WholeApp) -> None:
    world = own_app.world
    path = f"/coaching-sessions/{world.b.ids['draft_id']}/edit"
    filled = Page(own_app.get("expert_elsewhere", path)).fields(path)
    wrong = {"expert": str(world.people["expert"]), "actions-0-action_id": str(world.a.ids["action_id"])}
    own_app.post("expert_elsewhere", path, {**filled, **wrong})
    with own_app.app.app_context():
        draft = db.session().get_one(CoachingSession, world.b.ids["draft_id"])
        action = db.session().get_one(ActionItem, world.a.ids["action_id"])
        assert draft.expert_id == world.people["expert_elsewhere"]
        assert (action.session_id, world.a.marker in action.text) == (world.a.ids["session_id"], True)


def test_parts_of_a_are_not_reached_by_way_of_something_of_b(whole_app: WholeApp) -> None:
    world = whole_app.world
    before = whole_app.rows()
    paths = (
        f"/items/{world.b.ids['item_id']}/evidence/{world.a.ids['proof_id']}/remove",
        f"/coaching-sessions/{world.b.ids['draft_id']}/files/{world.a.ids['file_id']}/remove",
    )
    answers = [whole_app.post("expert_elsewhere", path).status_code for path in paths]
    assert set(answers) <= {404, 422}
    assert whole_app.rows() == before


def test_the_same_addresses_of_b_are_open_to_bs_own_people(whole_app: WholeApp) -> None:
    values = values_of(whole_app, whole_app.world.b)
    paths = ["vendors.show", "journey.show", "journey.item", "coaching.show", "evidence.download"]
    rules = {rule.endpoint: rule for rule in routes(whole_app, "GET")}
    opened = {name: whole_app.status("vendor_elsewhere", address(whole_app, rules[name], values)) for name in paths}
    assert set(opened.values()) == {200}
