"""Whatever stands in an address, the answer is a page or a sentence, never a fault."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sweep import Answers
from tests.support.whole_app import WholeApp

NAMES = (
    "q", "after", "before", "sort", "view", "state", "step", "programme", "expert", "month", "reason", "unread", "lang",
    "next", "topic", "role", "gap", "kind", "vendor", "engagement", "organisation", "page", "day", "user", "who",
)  # fmt: skip
NASTY = (
    "' OR 1=1 --", "'; DROP TABLE vendor; --", '") UNION SELECT 1,2,3 --', "%", "_", "%%_\\", "\x00", "\\", "*", "NEAR(",
    '"', "9" * 40, "-1", "0", "２０", "2026-99", "9999-12", "0001-01", "{{7*7}}", "<script>", "A" * 5000, "🙂", "\u202e", "[]", "null",
)  # fmt: skip


def list_paths(answers: Answers) -> list[str]:
    """Give the addresses that hold no value of their own."""
    return sorted({one.path for one in answers.of("staff") if not one.rule.arguments and one.word == "ok"})


@pytest.mark.parametrize("value", NASTY)
def test_every_list_takes_every_nonsense(whole_app: WholeApp, answers: Answers, value: str) -> None:
    faults = []
    for path in list_paths(answers):
        with whole_app.get("staff", path, query_string=dict.fromkeys(NAMES, value)) as response:
            if response.status_code not in {200, 302, 303, 400, 404, 410, 422} and path != "/readyz":
                faults.append(f"{response.status_code} {path}")
    assert faults == []


def test_signs_of_search_patterns_are_plain_text(whole_app: WholeApp) -> None:
    for path in ("/vendors", "/engagements", "/coaching-sessions", "/search"):
        for pattern in ("%", "_", "Zebra%finch", "Z_brafinch"):
            with whole_app.get("staff", path, query_string={"q": pattern, "view": "all"}) as response:
                body = response.get_data(as_text=True)
            assert "Zebrafinch" not in body.replace(pattern, ""), f"{path}?q={pattern}"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_query_at_all_makes_a_page_stumble(whole_app: WholeApp, answers: Answers, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list_paths(answers)))
    query = data.draw(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=40)), max_size=4))
    with whole_app.get("staff", path, query_string=query) as response:
        assert response.status_code < 500 or path == "/readyz"


@pytest.mark.parametrize("number", ["0", "999999999", "2147483648", "9" * 25])
def test_ids_that_nothing_has_are_not_found(whole_app: WholeApp, number: str) -> None:
    paths = ["/vendors/{}", "/engagements/{}", "/items/{}", "/coaching-sessions/{}", "/evidence/{}", "/actions/{}"]
    assert {path: whole_app.status("staff", path.format(number)) for path in paths} == dict.fromkeys(paths, 404)
