"""`make bench`: the product's pages beside the bare application's with the same rows and size, in one run.

Prints for each page requests per second, the 50th and 95th percentile in ms at 1 and 8 clients on both, the ratio, the
queries, and start time and memory of the web role. Needs `wrk` (Debian package). The database is made once per scale and
kept in var/bench/.
"""

import argparse
import http.cookiejar
import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import html5lib
from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import event

from benchmarks.generate import FIELDS, fill
from benchmarks.servers import ROOT, Server, bare, product
from tests.support.postgres import postgres
from tracker.accounts.models import User
from tracker.app import create_app
from tracker.core import clock, schema
from tracker.core.db import db, unit_of_work
from tracker.core.settings import Settings

PASSWORD = "benchmark only, never a real account"  # noqa: S105 - a throw-away database on this machine
EMAIL = "load1@people.example"
CSV_LIMIT = 2.0


@dataclass(frozen=True)
class Page:
    """A page of the product and its counterpart."""

    name: str
    ours: tuple[str, ...]
    limit: tuple[str, ...]
    body: str | None = None
    """What is posted, to both."""


@dataclass(frozen=True)
class Figure:
    """What one load measured."""

    rps: float
    p50: float
    p95: float
    bad: int


def settings_for(url: str, folder: Path) -> dict[str, str]:
    """Give the environment of the product under load."""
    return {
        "CLOUDSTEPS_DATA_DIR": str(folder),
        "CLOUDSTEPS_DATABASE_URL": url,
        "CLOUDSTEPS_SECRET_KEY": "benchmark only, on this machine, thrown away",
        "CLOUDSTEPS_LOG_TERMINAL": "false",
        "CLOUDSTEPS_AGENCY_PASSWORDS": "0",
    }


def prepare(settings: Settings, scale: float, mark: Path) -> None:
    """Migrate and fill the database once."""
    schema.migrate(settings)  # also a database that an older version has filled
    if mark.exists():
        return
    app = create_app(settings)
    with app.app_context():
        began = time.perf_counter()
        made = fill(db.engine, scale)
        say(
            ", ".join(f"{number:,} {name}" for name, number in made.items())
            + f" in {time.perf_counter() - began:.0f} s"
        )
        set_password(app)
    mark.touch()


def set_password(app: Flask) -> None:
    """Let the office member of the load sign in."""
    with unit_of_work() as work, app.test_request_context():
        user = work.query(User).filter_by(email=EMAIL).one()
        user.password, user.password_changed_at = hash_password(PASSWORD), clock.now()


class Browser:
    """Signs in and reads pages, to get the cookie, the sizes and the form."""

    def __init__(self, address: str) -> None:
        """Open a browser on an address."""
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> str:
        """Read a page."""
        with self.opener.open(self.address + path, timeout=120) as answer:
            return str(answer.read().decode())

    def post(self, path: str, values: dict[str, str]) -> str:
        """Send a form."""
        data = urllib.parse.urlencode(values).encode()
        with self.opener.open(self.address + path, data=data, timeout=60) as answer:
            return str(answer.read().decode())

    def form(self, path: str) -> list[tuple[str, str]]:
        """Give the fields of the main form on a page, as it opens."""
        tree = html5lib.parse(self.get(path), namespaceHTMLElements=False)
        forms = [
            form
            for form in tree.iter("form")
            if form.get("method", "").lower() == "post" and form.get("action") != "/sign-out"
        ]
        return field_values(max(forms, key=lambda form: len(list(form.iter()))))

    def sign_in(self) -> None:
        """Sign in as the office member of the load."""
        fields = dict(self.form("/sign-in"))
        self.post("/sign-in", {**fields, "email": EMAIL, "password": PASSWORD})

    @property
    def cookie(self) -> str:
        """Give the cookies as a header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


def field_values(form: object) -> list[tuple[str, str]]:
    """Give what a browser would send."""
    values: list[tuple[str, str]] = []
    for element in form.iter():  # type: ignore[attr-defined]  # an ElementTree element
        name, kind = element.get("name"), element.get("type")
        if (
            not name
            or kind in {"submit", "file", "button"}
            or (kind in {"checkbox", "radio"} and element.get("checked") is None)
        ):
            continue
        if element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            values += [(name, option.get("value", "")) for option in chosen]
        elif element.tag == "textarea":
            values.append((name, "".join(element.itertext())))
        elif element.tag == "input":
            values.append((name, element.get("value", "on" if kind == "checkbox" else "")))
    return values


def pages(browser: Browser, engagements: int, chance: random.Random) -> list[Page]:
    """Give what is compared."""
    words = [urllib.parse.quote(word) for word in FIELDS[:10]]
    keys = [chance.randrange(1, engagements + 1) for _ in range(50)]
    listed = re.search(r'href="/engagements/(\d+)"', browser.get("/engagements?state=active"))
    case = listed[1] if listed else "1"
    new_session = f"/engagements/{case}/coaching-sessions/new"
    session_form = browser.form(new_session)
    texts = {"findings": "現場確認租戶隔離與備份演練。" * 12, "recommendations": "下次會議前完成成本試算。" * 10}
    filled = [
        (name, "__KEY__" if name in {"once", "client_key"} else texts.get(name, value)) for name, value in session_form
    ]
    filled.append(("submit", "1"))
    body = urllib.parse.urlencode(filled)
    return [
        Page("list", tuple(f"/engagements?q={w}" for w in words), tuple(f"/list?q={w}" for w in words)),
        Page("search", tuple(f"/search?q={w}" for w in words), tuple(f"/search?q={w}" for w in words)),
        Page("engagement", tuple(f"/engagements/{key}" for key in keys), tuple(f"/engagement/{key}" for key in keys)),
        Page("home", ("/",), ("/home",)),
        Page("save", (new_session,), (f"/engagements/{case}/save",), body),
    ]


def measure(
    address: str, paths: Sequence[str], *, clients: int, seconds: float, cookie: str = "", body: str | None = None
) -> Figure:
    """Load an address with wrk for some seconds."""
    environment = {
        **os.environ,
        "BENCH_PATHS": "\n".join(paths),
        "BENCH_COOKIE": cookie,
        "BENCH_SEED": str(random.randrange(10**6)),
    }
    if body is not None:
        environment["BENCH_BODY"] = body
    command = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{seconds:g}s",
        "--timeout",
        "30s",
        "-s",
        str(ROOT / "benchmarks" / "load.lua"),
        address,
    ]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = json.loads(answer.rsplit("JSON ", 1)[1])
    return Figure(found["rps"], found["p50"], found["p95"], found["bad"])


def count_queries(settings: Settings, asked: list[Page]) -> dict[str, int]:
    """Count the statements of each page in this process, the second time it is asked."""
    app = create_app(settings)
    counted: dict[str, int] = {}
    statements: list[str] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: statements.append(statement)
        )
    client = app.test_client()
    with app.app_context():
        uniquifier = db.session.query(User.fs_uniquifier).filter_by(email=EMAIL).scalar()
    with client.session_transaction() as stored:
        stored["_user_id"], stored["_fresh"] = uniquifier, True
    for page in asked:
        if page.body is None:
            client.get(page.ours[0])
            statements.clear()
            client.get(page.ours[0])
            counted[page.name] = len([s for s in statements if not s.startswith(("BEGIN", "COMMIT"))])
    return counted


def compare(url: str, folder: Path, asked_for: argparse.Namespace) -> bool:
    """Measure one database; tell whether every page kept its query limit and answered without errors."""
    scale, seconds = asked_for.scale, asked_for.seconds
    environment = settings_for(url, folder)
    settings = Settings(**{name.removeprefix("CLOUDSTEPS_").lower(): value for name, value in environment.items()})  # type: ignore[arg-type]
    prepare(settings, scale, folder / f"filled-{scale:g}")
    with ExitStack() as stack:
        ours = stack.enter_context(product(environment))
        browser = Browser(ours.address)
        browser.sign_in()
        named = asked_for.pages.split(",")
        asked = [page for page in pages(browser, int(10_000 * scale), random.Random(3)) if page.name in named]
        sizes = {page.name: len(browser.get(page.ours[0]).encode()) for page in asked if page.body is None}
        limits = {"BENCH_DATABASE": settings.database_url, "BENCH_SIZES": json.dumps(sizes)}
        theirs = stack.enter_context(bare(limits))
        idle = ours.resident_mebibytes()
        good = show(asked, ours, theirs, browser, sizes, count_queries(settings, asked), seconds)
        show_csv(browser)
        say(f"start to first answer: product {ours.start_seconds:.2f} s, bare {theirs.start_seconds:.2f} s")
        say(f"resident MiB per web process: idle {mebibytes(idle)}, after load {mebibytes(ours.resident_mebibytes())}")
    return good


def mebibytes(values: list[float]) -> str:
    """Write memory figures."""
    return ", ".join(f"{value:.0f}" for value in values)


def show(
    asked: list[Page],
    ours: Server,
    limit: Server,
    browser: Browser,
    sizes: dict[str, int],
    queries: dict[str, int],
    seconds: float,
) -> bool:
    """Measure and print each page."""
    say(
        f"{'page':<11}{'KiB':>6}{'queries':>8}{'clients':>8}   {'product rps  p50   p95':<26}{'bare rps   p50   p95':<26}{'ratio':>6}  errors"
    )
    good = True
    for page in asked:
        for clients in (1, 8):
            mine = measure(
                ours.address, page.ours, clients=clients, seconds=seconds, cookie=browser.cookie, body=page.body
            )
            theirs = measure(limit.address, page.limit, clients=clients, seconds=seconds, body=page.body)
            say(
                f"{page.name:<11}{sizes.get(page.name, 0) / 1024:>6.0f}{queries.get(page.name, 0) or '':>8}{clients:>8}   "
                f"{mine.rps:>8.0f}{mine.p50:>7.1f}{mine.p95:>7.1f}    {theirs.rps:>8.0f}{theirs.p50:>7.1f}{theirs.p95:>7.1f}    "
                f"{mine.rps / theirs.rps:>5.2f}  {mine.bad}+{theirs.bad}"
            )
            good = good and mine.bad == 0
    return good


def show_csv(browser: Browser) -> None:
    """Time the export of every engagement."""
    began = time.perf_counter()
    rows = browser.get("/engagements.csv").count("\n") - 1
    say(f"CSV of {rows:,} rows: {time.perf_counter() - began:.2f} s")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def main() -> int:
    """Compare on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description="Compare the product's pages with bare ones.")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--pages", default="list,search,engagement,home,save", help="which pages, with commas")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    asked = parser.parse_args()
    good = True
    if asked.database != "postgresql":
        folder = ROOT / "var" / "bench" / f"sqlite-{asked.scale:g}"
        folder.mkdir(parents=True, exist_ok=True)
        say(f"== SQLite, scale {asked.scale:g} ==")
        good = compare(f"sqlite:///{folder / 'bench.sqlite'}", folder, asked)
    if asked.database != "sqlite":
        with postgres(durable=True) as server:
            folder = ROOT / "var" / "bench" / f"postgresql-{os.getpid()}"
            folder.mkdir(parents=True, exist_ok=True)
            say(f"== PostgreSQL, scale {asked.scale:g} ==")
            good = compare(server.url, folder, asked) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
