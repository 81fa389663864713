"""20,000 rows of attendance from the file to the records, on both databases: aim under 20 seconds on two cores.

The file is a workbook as somebody would make it by hand; half of the people are registered, two thirds come from 600 known vendors
(by UBN, name with another legal form, or mail domain). Reading happens in the child process, as in the product.
"""

import argparse
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
from flask import Flask
from sqlalchemy import func, select

from tests.support.postgres import postgres
from tracker.accounts.access import SYSTEM
from tracker.app import create_app
from tracker.core import clock, memory, schema
from tracker.core.db import db, session, unit_of_work
from tracker.core.settings import Settings
from tracker.core.tasks import Payload
from tracker.core.ubn import demo_ubns
from tracker.events import operations as events
from tracker.events.models import Attendance
from tracker.events.operations import EventDetails, PersonDetails, SessionDetails
from tracker.events.operations.bulk import Coming, bring_people
from tracker.events.rules.events import EventKind, EventState, Mode, Span
from tracker.imports import jobs, operations, queries
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.imports.rules import Extent
from tracker.programmes import operations as programmes
from tracker.vendors import operations as vendors
from tracker.vendors.rules import VendorKind

AIM_SECONDS = 20
VENDORS = 600
BEGINS = datetime(2026, 11, 20, 9, 30, tzinfo=clock.TAIPEI)


def main() -> int:
    """Measure both databases; 1 where one of them misses the aim."""
    parser = argparse.ArgumentParser(description="Time the import of attendance.")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), help="both where left out")
    asked = parser.parse_args()
    memory.settle()  # as the worker does
    good = True
    for name in ("sqlite", "postgres"):
        if asked.database in (None, name):
            with application(name) as app, app.app_context():
                good = measure(name, asked.rows) and good
    return 0 if good else 1


@contextmanager
def application(name: str) -> Iterator[Flask]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'bench.sqlite'}"
        if name == "postgres":
            url = stack.enter_context(postgres(durable=True)).url
        settings = Settings(data_dir=folder, database_url=url, secret_key="x" * 32, log_level="ERROR")
        schema.migrate(settings)
        app = create_app(settings)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def measure(name: str, amount: int) -> bool:
    target = world(amount // 2)
    content, people = workbook(amount)
    with unit_of_work():
        batch = operations.begin_import(
            get_kind("attendance"), operations.NewImport("list.xlsx", content, target), actor=SYSTEM
        )
    payload = {"batch_id": batch.id, "actor_id": None}
    seconds: dict[str, float] = {}
    spent: dict[str, float] = {}

    def timed(step: str, work: Callable[[], None]) -> None:
        begun, used = time.monotonic(), processor()
        work()
        session().rollback()
        seconds[step], spent[step] = time.monotonic() - begun, processor() - used

    timed("read", lambda: read(payload))
    with unit_of_work():
        operations.choose_columns(again(batch.id), dict(again(batch.id).columns), version=None, actor=SYSTEM)
    timed("dry run", lambda: check(payload))
    counts = queries.counts_of(again(batch.id))
    with unit_of_work():
        operations.apply_import(again(batch.id), Extent.VALID, version=None, actor=SYSTEM)
    timed("apply", lambda: jobs.apply(payload))
    whole = sum(seconds.values())
    steps = "   ".join(f"{step} {one:5.2f} s ({spent[step]:.2f} of the processor)" for step, one in seconds.items())
    ends = ", ".join(f"{outcome.value} {count:,}" for outcome, count in counts.items())
    print(f"{name:<8} {amount:,} rows   {steps}   whole {whole:5.2f} s   {amount / whole:,.0f} rows/s   ({ends})")
    there = session().scalar(select(func.count(Attendance.id)))
    sound = sum(counts.values()) == amount and there == people
    if not sound:
        print(f"{name}: {amount:,} rows of {people:,} people, but {there} attendances")
    return sound and whole < AIM_SECONDS


def processor() -> float:
    """Give the seconds of processor time of this process and of the children that it has waited for."""
    return sum(os.times()[:4])


def again(batch_id: int) -> Batch:
    return session().get_one(Batch, batch_id)


def read(payload: Payload) -> None:
    found = jobs.prepare_reading(payload)
    with unit_of_work():
        jobs.record_reading(payload, found)


def check(payload: Payload) -> None:
    found = jobs.prepare_check(payload)
    with unit_of_work():
        jobs.record_check(payload, found)


def world(registered: int) -> int:
    """Write vendors, an event and the people who are registered; give its session."""
    ubns = demo_ubns(VENDORS)
    with clock.at(BEGINS - timedelta(days=30)), unit_of_work():
        programme = programmes.open_programme("counselling", 115, actor=SYSTEM)
        details = [
            vendors.VendorDetails(
                vendor_name(number), VendorKind.SOFTWARE, ubn=ubn, website=f"https://www.vendor{number}.example"
            )
            for number, ubn in enumerate(ubns)
        ]
        vendors.bring_in([vendors.Bringing(None, one) for one in details], actor=SYSTEM)
        event = events.add_event(
            EventDetails(
                programme_id=programme.id,
                kind=EventKind.WORKSHOP,
                name_zh="雲端架構工作坊",
                mode=Mode.ONLINE,
                sessions=(SessionDetails(Span(BEGINS, BEGINS + timedelta(hours=3))),),
                consent_zh="個資告知事項",
                consent_en="Notice on personal data",
            ),
            actor=SYSTEM,
        )
        events.move_event(event, EventState.OPEN, actor=SYSTEM)
        key, one = event.id, event.sessions[0].id
    for begin in range(0, registered, 500):
        people = [
            Coming(PersonDetails(f"學員{number}", f"person{number}@people.example"), is_new=True)
            for number in range(begin, min(begin + 500, registered))
        ]
        with unit_of_work():
            bring_people(key, people, actor=SYSTEM)
        session().expunge_all()
    return one


def vendor_name(number: int) -> str:
    return f"示範{'甲乙丙丁戊己庚辛壬癸'[number % 10]}雲{number}科技股份有限公司"


def workbook(amount: int) -> tuple[bytes, int]:
    """Write the list, in which every fiftieth row is of somebody who came back; give it with how many people it names."""
    draw, people = random.Random(1), set[int]()
    ubns = demo_ubns(VENDORS)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, moment = book.add_worksheet("名單"), book.add_format({"num_format": "yyyy/m/d hh:mm:ss"})
    sheet.write_row(0, 0, ("姓名", "電子郵件", "公司", "統一編號", "電話", "職稱", "簽到時間", "簽退時間"))
    for row in range(1, amount + 1):
        number = row - 1 if row % 50 else draw.randrange(row)
        people.add(number)
        vendor = draw.randrange(VENDORS)
        company = vendor_name(vendor).replace("股份有限公司", draw.choice(("有限公司", "", "公司")))
        known = row % 3 and number == row - 1
        cells = (
            f"學員{number}",
            f"person{number}@people.example",
            company if known else "",
            ubns[vendor] if known and row % 2 else "",
            f"09{number:08}",
            "工程師",
        )
        sheet.write_row(row, 0, cells)
        arrived = (BEGINS + timedelta(seconds=draw.randrange(1200))).replace(tzinfo=None)
        sheet.write_datetime(row, 6, arrived, moment)
        sheet.write_datetime(row, 7, (BEGINS + timedelta(hours=3)).replace(tzinfo=None), moment)
    book.close()
    return buffer.getvalue(), len(people)


if __name__ == "__main__":
    sys.exit(main())
