"""Asking every route as everybody, with addresses filled from the world."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import Headers
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.factories.world import PEOPLE, Side
from tests.support.whole_app import WholeApp

METHODS = ("GET", "POST")
OWN_TICKET = ("ticket", "here_by_ticket", "change_ticket", "cancel_ticket", "accept_offer", "ticket_calendar")
OWN_PAST_TICKET = ("survey", "own_certificate", "own_certificate_file", "ticket_material")
BY_ENDPOINT = {
    "accounts.end_session": {"session_id": "web_session_id"},
    "assessments.detach": {"proof_id": "assessment_proof_id"},
    "coaching.edit": {"session_id": "draft_id"},
    "coaching.quota": {"user_id": "expert_id"},
    "coaching.read_feed": {"token": "feed_token"},
    "coaching.remove_file": {"session_id": "draft_id"},
    "coaching.reopen_action": {"action_id": "done_action_id"},
    "coaching.submit": {"session_id": "draft_id"},
    "events.attendance": {"session_id": "event_session_id"},
    "events.mark_absent": {"session_id": "event_session_id"},
    "events.ticket_at_door": {"code": "door_code"},
    "events.verify_certificate": {"code": "certificate_code"},
    "events.certificate_file": {"registration_id": "came_id"},
    "events.survey_results": {"event_id": "held_event_id"},
    **{f"events.{name}": {"token": "ticket_token"} for name in OWN_TICKET},
    **{f"events.{name}": {"token": "came_token"} for name in OWN_PAST_TICKET},
    "entry.accept": {"token": "invitation_token"},
    "notifications.unsubscribe": {"token": "unsubscribe_token"},
    "outreach.remove_proof": {"proof_id": "proof_of_exposure_id"},
    "people.end_session": {"session_id": "web_session_id"},
    "security.reset_password": {"token": "never_token"},
    "vendors.restore_contact": {"contact_id": "removed_contact_id"},
    "vendors.restore_customer": {"customer_id": "removed_customer_id"},
    "vendors.restore_product": {"product_id": "removed_product_id"},
}
"""Where a name in an address means another thing than usual."""
BY_LINK = frozenset(
    {
        "coaching.read_feed",
        "entry.accept",
        "events.verify_certificate",
        "notifications.unsubscribe",
        "security.reset_password",
        *(f"events.{name}" for name in (*OWN_TICKET, *OWN_PAST_TICKET)),
    }
)
"""Routes whose address is itself the right: whoever has it may use it."""


@dataclass(frozen=True)
class Answer:
    """What a route answered to somebody."""

    person: str
    method: str
    rule: Rule
    path: str
    status: int
    headers: Headers
    body: bytes

    @property
    def key(self) -> str:
        """Name the question."""
        return f"{self.method} {self.rule.rule}"

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def word(self) -> str:
        """Say what the answer means to the one who asked."""
        if self.status in {302, 303} and self.headers["Location"].partition("?")[0].endswith("/sign-in"):
            return "sign-in"
        if self.rule.endpoint == "health.ready" and self.status == 503:
            return "ok"
        known = {403: "forbidden", 404: "hidden", 401: "sign-in"}
        reached = {200, 299, 302, 303, 307, 409, 410, 422, 429}
        return known.get(self.status) or ("ok" if self.status in reached else str(self.status))

    @property
    def is_page(self) -> bool:
        """Tell whether it is one of our pages."""
        return self.headers.get("Content-Type", "").startswith("text/html")


@dataclass(frozen=True)
class Answers:
    """Every answer, and the fingerprints of all tables before and after the GETs."""

    all: tuple[Answer, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]

    def of(self, *people: str, method: str = "GET") -> list[Answer]:
        """Give what these people, or everybody, were answered."""
        return [one for one in self.all if one.method == method and (not people or one.person in people)]


def sweep(app: WholeApp) -> Answers:
    """Ask every route as everybody with the addresses of vendor A; what would change something stops at its commit."""
    values = values_of(app, app.world.a)
    for person in PEOPLE:
        app.token(person)
    before = app.rows()
    read = [ask(app, person, "GET", rule, values) for rule in routes(app, "GET") for person in PEOPLE]
    after = app.rows()
    with app.rehearsal():
        posted = [ask(app, person, "POST", rule, values) for rule in routes(app, "POST") for person in PEOPLE]
    return Answers((*read, *posted), before, after)


def routes(app: WholeApp, *methods: str) -> Iterator[Rule]:
    """Give every route that takes one of the methods, but the shipped files, in the order of their addresses."""
    for rule in sorted(app.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint != "static" and not (rule.methods or set()).isdisjoint(methods):
            yield rule


def values_of(app: WholeApp, side: Side) -> dict[str, int | str]:
    """Give the value of each name in an address, for a vendor's side of the world."""
    world = app.world
    return {
        "step": "assess",
        "page": "office",
        "never_token": "never-made",
        "expert_id": world.people[side.expert],
        "web_session_id": app.web_session_of(side.member),
        **world.ids,
        **side.ids,
    }


def address(app: WholeApp, rule: Rule, values: Mapping[str, int | str]) -> str:
    """Fill an address; a name without a value is an error that says what to do."""
    filled = {}
    for name in rule.arguments:
        key = meaning(rule, name)
        assert key in values, (
            f"{rule.rule} ({rule.endpoint}) holds <{name}>, for which the world has no value. "
            "Make one in tests/factories/world.py and put its id into `ids` under that name, or name it in BY_ENDPOINT."
        )
        filled[name] = values[key]
    return app.app.url_map.bind("localhost").build(rule.endpoint, filled)


def meaning(rule: Rule, name: str) -> str:
    """Give the world's name for a name in an address."""
    return BY_ENDPOINT.get(rule.endpoint, {}).get(name, name)


def ask(app: WholeApp, person: str, method: str, rule: Rule, values: Mapping[str, int | str]) -> Answer:
    """Ask as a person; a POST carries a good token and nothing else."""
    path = address(app, rule, values)
    response = app.get(person, path) if method == "GET" else app.post(person, path)
    return answered(person, method, rule, path, response)


def answered(person: str, method: str, rule: Rule, path: str, response: TestResponse) -> Answer:
    """Keep what was answered."""
    body = response.get_data()
    response.close()
    return Answer(person, method, rule, path, response.status_code, response.headers, body)
