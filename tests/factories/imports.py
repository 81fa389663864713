"""Files to import, and imports at each step."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask import Flask
from sqlalchemy import select

from tracker.accounts.access import SYSTEM, Actor
from tracker.core.db import session, unit_of_work
from tracker.core.queue import Work
from tracker.imports import jobs, operations, queries
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.imports.rules import BatchState, Extent
from tracker.worker import Worker

HEADER = ("統一編號", "公司名稱", "業者類型", "聯絡人", "電子郵件", "產品名稱", "收費方式")


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """Write rows as a text file."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]], sheet: str = "名單") -> bytes:
    """Write rows as a workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def work_off(app: Flask) -> None:
    """Let a worker do everything that is due."""
    session().rollback()
    worker = Worker(app)
    while worker.work_once():
        pass
    session().rollback()
    session().expire_all()
    failed = session().scalars(select(Work.error).where(Work.error.is_not(None))).all()
    assert not failed, failed


def carry_out(batch: Batch, actor_id: int | None = None) -> None:
    """Do what is queued for an import, as the worker would."""
    payload = {"batch_id": batch.id, "actor_id": actor_id}
    if batch.state is BatchState.READING:
        read = jobs.prepare_reading(payload)
        with unit_of_work():
            jobs.record_reading(payload, read)
    elif batch.state is BatchState.CHECKING:
        found = jobs.prepare_check(payload)
        with unit_of_work():
            jobs.record_check(payload, found)


def begin(
    content: bytes,
    name: str = "vendors.csv",
    *,
    kind: str = "vendors",
    target_id: int | None = None,
    actor: Actor = SYSTEM,
) -> Batch:
    """Hand in a file."""
    with unit_of_work():
        return operations.begin_import(get_kind(kind), operations.NewImport(name, content, target_id), actor=actor)


def checked(app: Flask, content: bytes, **how: Any) -> Batch:
    """Hand in a file, take the columns as they were guessed, and make the dry run."""
    actor = how.get("actor", SYSTEM)
    batch = begin(content, **how)
    work_off(app)
    batch = again(batch)
    with unit_of_work():
        operations.choose_columns(batch, dict(batch.columns), version=None, actor=actor)
    work_off(app)
    return again(batch)


def applied(app: Flask, content: bytes, extent: Extent = Extent.VALID, **how: Any) -> Batch:
    """Import a file."""
    batch = checked(app, content, **how)
    with unit_of_work():
        operations.apply_import(batch, extent, version=None, actor=how.get("actor", SYSTEM))
    work_off(app)
    return again(batch)


def again(batch: Batch) -> Batch:
    """Read an import anew."""
    session().rollback()
    found = session().get(Batch, batch.id, populate_existing=True)
    assert found is not None
    return found


def ends(batch: Batch) -> list[tuple[int, str | None]]:
    """Give the line and the end of every row."""
    return [(row.line, row.outcome) for row in queries.first_rows(batch, 100_000)]
