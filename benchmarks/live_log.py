"""How late a line of a live log reaches thirty watchers, and what other pages take meanwhile.

A writer commits a line every fifth of a second, as a worker does; each watcher notes when it sees which. Watchers that find no room
for a stream ask every second, as the page does.
"""

import argparse
import json
import statistics
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

from flask_security.utils import hash_password
from sqlalchemy import select

from benchmarks.run import PASSWORD, Browser, prepare, say, settings_for
from benchmarks.servers import ROOT, product
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.core import clock
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.journey.models import Engagement
from tracker.sandboxes.models import Sandbox, SandboxEvent, SandboxOperation
from tracker.sandboxes.rules.states import EventKind, OperationKind, OperationState, SandboxState

PEOPLE = 8
EVERY_SECONDS = 0.2
ASK_SECONDS = 1.0
LATEST_P95 = 1.0
PAGES_P95 = 0.5


class Watcher(threading.Thread):
    """One open live page."""

    def __init__(self, address: str, cookie: str, operation_id: int) -> None:
        """Watch an operation as a person who has signed in."""
        super().__init__(daemon=True)
        self.base, self.cookie = f"{address}/sandboxes/operations/{operation_id}", cookie
        self.delays: list[float] = []
        self.streamed = 0
        self.after = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Listen, or ask where there is no room."""
        while not self.done.is_set():
            try:
                self._listen()
            except urllib.error.HTTPError as error:
                error.close()
                self._ask()
            except OSError:
                time.sleep(ASK_SECONDS)

    def _open(self, path: str) -> urllib.request.Request:
        address = f"{self.base}/{path}?after={self.after}"
        return urllib.request.Request(address, headers={"Cookie": self.cookie})  # noqa: S310 - loopback

    def _listen(self) -> None:
        with urllib.request.urlopen(self._open("events"), timeout=90) as answer:  # noqa: S310 - loopback
            event = ""
            for raw in answer:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == "line":
                    self.streamed += 1
                    self._note(json.loads(line.removeprefix("data: ")))
                if self.done.is_set():
                    return

    def _ask(self) -> None:
        with urllib.request.urlopen(self._open("news"), timeout=30) as answer:  # noqa: S310 - loopback
            for line in json.load(answer)["lines"]:
                self._note(line)
        self.done.wait(ASK_SECONDS)

    def _note(self, line: dict[str, str]) -> None:
        self.after = int(line["id"])
        self.delays.append(time.time() - float(line["text"]))


def make_operation(settings: Settings) -> int:
    """Write an operation that runs, and let some people sign in."""
    app = create_app(settings)
    with app.app_context():
        with unit_of_work() as work, app.test_request_context():
            password = hash_password(PASSWORD)
            for user in work.scalars(select(User).order_by(User.id).limit(PEOPLE)):
                user.password, user.password_changed_at = password, clock.now()
                if not work.scalar(
                    select(RoleGrant.id).where(RoleGrant.user_id == user.id, RoleGrant.role == Role.AUDITOR)
                ):
                    work.add(RoleGrant(user_id=user.id, role=Role.AUDITOR))
            case = work.scalars(select(Engagement).order_by(Engagement.id).limit(1)).one()
            made = Sandbox(
                engagement_id=case.id,
                organisation_id=case.organisation_id,
                programme_id=case.programme_id,
                title="量測",
                purpose="量測",
                template="aws_saas",
                cloud="aws",
                mode="sandbox",
                parameters={},
                monthly_budget=1,
                lifetime_hours=1,
                state=SandboxState.DEPLOYING,
            )
            work.add(made)
            work.flush()
            operation = SandboxOperation(
                sandbox_id=made.id, kind=OperationKind.UP, state=OperationState.RUNNING, cloud="practice"
            )
            operation.started_at = clock.now()
            work.add(operation)
            work.flush()
            operation_id = operation.id
        db.engine.dispose()
    return operation_id


def write_lines(settings: Settings, operation_id: int, seconds: float) -> int:
    """Commit a line every fifth of a second; its text is the moment before the commit."""
    app, written, ends = create_app(settings), 0, time.monotonic() + seconds
    with app.app_context():
        while time.monotonic() < ends:
            with unit_of_work():
                session().add(
                    SandboxEvent(
                        operation_id=operation_id, at=datetime.now(UTC), kind=EventKind.LOG, text=str(time.time())
                    )
                )
            written += 1
            time.sleep(EVERY_SECONDS)
        db.engine.dispose()
    return written


def read_pages(browser: Browser, seconds: list[float], done: threading.Event) -> None:
    """Read a plain page again and again, as somebody else at work."""
    while not done.wait(0.5):
        began = time.perf_counter()
        browser.get("/engagements")
        seconds.append(time.perf_counter() - began)


def p95(values: list[float]) -> float:
    """Give what nineteen of twenty stay below."""
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


def main() -> int:
    """Measure; 1 where it is later than it may be."""
    parser = argparse.ArgumentParser(description="Measure how late a live log is.")
    parser.add_argument("--watchers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    folder = ROOT / "var" / "bench" / "live"
    folder.mkdir(parents=True, exist_ok=True)
    environment = settings_for(f"sqlite:///{folder / 'bench.sqlite'}", folder)
    settings = Settings(
        data_dir=folder,
        database_url=environment["CLOUDSTEPS_DATABASE_URL"],
        secret_key=environment["CLOUDSTEPS_SECRET_KEY"],
        agency_passwords=False,
    )
    prepare(settings, 0.1, folder / "filled")
    operation_id = make_operation(settings)
    with product(environment) as server:
        browsers = []
        for number in range(1, PEOPLE + 1):
            browser = Browser(server.address)
            fields = dict(browser.form("/sign-in"))
            browser.post("/sign-in", {**fields, "email": f"load{number}@people.example", "password": PASSWORD})
            browsers.append(browser)
        watchers = [
            Watcher(server.address, browsers[number % PEOPLE].cookie, operation_id) for number in range(asked.watchers)
        ]
        for watcher in watchers:
            watcher.start()
        pages: list[float] = []
        done = threading.Event()
        threading.Thread(target=read_pages, args=(browsers[0], pages, done), daemon=True).start()
        time.sleep(3)
        written = write_lines(settings, operation_id, asked.seconds)
        time.sleep(2)
        done.set()
        for watcher in watchers:
            watcher.done.set()
        for watcher in watchers:
            watcher.join(15)  # a quiet stream says every ten seconds that it is still there
        delays = [delay for watcher in watchers for delay in watcher.delays]
        streaming = sum(1 for watcher in watchers if watcher.streamed)
        seen = len(delays) / max(1, written * asked.watchers)
        say(f"{asked.watchers} watchers ({streaming} by a stream), {written} lines, {seen:.1%} seen")
        say(f"delay: median {statistics.median(delays):.2f} s, p95 {p95(delays):.2f} s (limit {LATEST_P95:.0f} s)")
        say(f"another page meanwhile: median {statistics.median(pages) * 1000:.0f} ms, p95 {p95(pages) * 1000:.0f} ms")
    return 0 if p95(delays) < LATEST_P95 and p95(pages) < PAGES_P95 and seen == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
