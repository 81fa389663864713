"""`make bench`, events: twenty phones that check people in at once, and the public page beside the bare limit's.

A phone scans somebody about every second and waits for its answer, as at a busy door; what is timed is each answer. The public page is
compared as the other pages are, with a page of the same size that shows an event and its sessions.
"""

import argparse
import itertools
import json
import random
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_security.utils import hash_password

from benchmarks.run import EMAIL, PASSWORD, Browser, measure, say, settings_for
from benchmarks.servers import Server, bare, product
from tests.support.postgres import postgres
from tracker.accounts import operations as accounts
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.core import clock, schema
from tracker.core.db import session, unit_of_work
from tracker.core.settings import Settings
from tracker.events import operations
from tracker.events.models import Event, Registration
from tracker.events.operations import EventDetails, PersonDetails, SessionDetails
from tracker.events.rules.events import EventKind, EventState, Span
from tracker.programmes import operations as programmes

DEVICES, EACH, PAUSE = 20, 20, 1.0
P95_AIM_MS = 150.0


def prepare(settings: Settings) -> tuple[int, list[str]]:
    """Make an event that runs now, with a ticket for every scan; give its id and the codes."""
    schema.migrate(settings)
    app = create_app(settings)
    with app.app_context():
        with unit_of_work():
            event = add_event(app)
        with unit_of_work():
            for number in range(DEVICES * EACH):
                person = PersonDetails(f"來賓{number}", f"guest{number}@bench.example", company="示範來賓有限公司")
                operations.register(event, person, actor=SYSTEM)
        codes = list(session().query(Registration.door_code).order_by(Registration.id))
        return event.id, [row[0] for row in codes]


def add_event(app: Flask) -> Event:
    """Add the office member who checks in, the programme year and the event."""
    programme = programmes.open_programme("counselling", 115, actor=SYSTEM)
    user: User = accounts.add_user(accounts.NewUser(EMAIL, "示範專員", frozenset({Role.STAFF})), actor=SYSTEM)
    with app.test_request_context():
        user.password, user.password_changed_at = hash_password(PASSWORD), clock.now()
    session().flush()
    programmes.add_member(programme.id, user.id, SYSTEM)
    begins = clock.now() + timedelta(hours=1)
    details = EventDetails(
        programme.id,
        EventKind.SUMMIT,
        "示範產業高峰會",
        (SessionDetails(Span(begins, begins + timedelta(hours=6))),),
        summary_zh="由領域專家帶領，準備一項自家產品到場實作。" * 20,
    )
    event = operations.add_event(details, actor=SYSTEM)
    operations.move_event(event, EventState.OPEN, actor=SYSTEM)
    return event


def scan(server: Server, event_id: int, codes: list[str], *, pause: float) -> tuple[list[float], int]:
    """Let every phone check its share in; give the milliseconds of each answer, and how many people were counted."""
    times: list[float] = []
    counted = itertools.count()
    path = f"/events/{event_id}/check-in"
    browsers = [Browser(server.address) for _ in range(DEVICES)]
    for browser in browsers:  # one after the other, since sign-ins at the same moment are what the throttle is for
        browser.sign_in()

    def phone(number: int) -> None:
        browser, chance = browsers[number], random.Random(number)
        token = dict(browser.form(path))["csrf_token"]
        for code in codes[number::DEVICES]:
            time.sleep(chance.uniform(0, 2 * pause))
            values = {"csrf_token": token, "way": "qr", "code": code, "nonce": f"bench-{code}-{number:04d}", "age": "0"}
            began = time.perf_counter()
            answer = json.loads(browser.post(f"{path}/send", values))
            times.append((time.perf_counter() - began) * 1000)
            if answer["outcome"] == "arrived":
                next(counted)

    phones = [threading.Thread(target=phone, args=(number,)) for number in range(DEVICES)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    return sorted(times), next(counted)


def compare(url: str, folder: Path, seconds: float) -> bool:
    """Measure one database; tell whether everybody was counted once and the 95th percentile is within the aim."""
    environment = settings_for(url, folder)
    settings = Settings(**{name.removeprefix("CLOUDSTEPS_").lower(): value for name, value in environment.items()})  # type: ignore[arg-type]
    event_id, codes = prepare(settings)
    with product(environment) as ours:
        path = f"/events/{event_id}/register"
        size = len(Browser(ours.address).get(path).encode())
        with bare({"BENCH_DATABASE": settings.database_url, "BENCH_SIZES": json.dumps({"event": size})}) as limit:
            for clients in (1, 8):
                mine = measure(ours.address, (path,), clients=clients, seconds=seconds)
                theirs = measure(limit.address, (f"/event/{event_id}",), clients=clients, seconds=seconds)
                say(
                    f"public page, {size / 1024:.0f} KiB, {clients} clients: product {mine.rps:.0f} rps p95 {mine.p95:.1f} ms,"
                    f" bare {theirs.rps:.0f} rps p95 {theirs.p95:.1f} ms, ratio {mine.rps / theirs.rps:.2f}"
                )
        times, counted = scan(ours, event_id, codes, pause=PAUSE)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    say(
        f"check-in, {DEVICES} phones, {len(times)} scans: p50 {p50:.0f} ms, p95 {p95:.0f} ms (aim {P95_AIM_MS:.0f}), {counted} counted"
    )
    return counted == len(codes) and p95 <= P95_AIM_MS


def main() -> int:
    """Measure on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        if asked.database != "postgresql":
            say("== Events on SQLite ==")
            good = compare(f"sqlite:///{name}/events.sqlite", Path(name), asked.seconds)
    with tempfile.TemporaryDirectory() as name:
        if asked.database != "sqlite":
            with postgres(durable=True) as server:
                say("== Events on PostgreSQL ==")
                good = compare(server.url, Path(name), asked.seconds) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
