"""The demo's imports: a list of vendors that was imported, and one whose doubtful rows wait for the office."""

import csv
import io
from collections.abc import Sequence

from tracker.accounts.access import Actor
from tracker.core.db import session, unit_of_work
from tracker.core.ubn import demo_ubns
from tracker.imports import jobs, operations
from tracker.imports.kinds import get_kind
from tracker.imports.models import Batch
from tracker.imports.rules import Extent

HEADER = ("統一編號", "公司名稱", "業者類型", "聯絡人", "職稱", "電子郵件", "產品名稱", "收費方式")
SPARE = 1990
"""Where the demo's numbers are that no vendor of it has."""
Rows = Sequence[Sequence[str]]


def import_lists(vendors: Sequence[tuple[str, str]], *, actor: Actor) -> None:
    """Hand in both lists, of vendors given by UBN and name, and take them as far as the demo shows them."""
    spare = demo_ubns(2000)[SPARE:]
    done = [
        (ubn, name, "", f"交流會窗口{number}", "專員", f"exchange{number}@vendors.example", "", "")
        for number, (ubn, name) in enumerate(vendors[:4], start=1)
    ]
    batch = _check(done, "交流會名冊.csv", actor)
    with unit_of_work():
        operations.apply_import(batch, Extent.ALL, version=None, actor=actor, by_worker=False)
    jobs.apply(_payload(batch, actor))
    session().rollback()
    doubtful = [
        (spare[0], _other_form(vendors[0][1]), "軟體", "沈怡君", "經理", "yichun@showcase.example", "", ""),
        (spare[0], _other_form(vendors[0][1]), "軟體", "許功蓋", "工程師", "hsu@showcase.example", "", ""),
        ("", f"{vendors[1][1]}高雄分公司", "", "羅美玲", "專員", "", "", ""),
        (spare[1], "晨光示範數據有限公司", "客群", "范志強", "總經理", "fan@morning.example", "晨光會員雲", "訂閱"),
        ("12345678", "錯號示範有限公司", "軟體", "彭小姐", "", "", "", ""),
    ]
    _check(doubtful, "成果展報名業者.csv", actor)


def _other_form(name: str) -> str:
    return name.replace("股份有限公司", "").replace("有限公司", "") + "有限公司"


def _check(rows: Rows, name: str, actor: Actor) -> Batch:
    buffer = io.StringIO()
    csv.writer(buffer).writerows((HEADER, *rows))
    details = operations.NewImport(name, buffer.getvalue().encode("utf-8-sig"))
    with unit_of_work():
        batch = operations.begin_import(get_kind("vendors"), details, actor=actor, by_worker=False)
    read = jobs.prepare_reading(_payload(batch, actor))
    with unit_of_work():
        jobs.record_reading(_payload(batch, actor), read)
        operations.choose_columns(batch, dict(batch.columns), version=None, actor=actor, by_worker=False)
    checked = jobs.prepare_check(_payload(batch, actor))
    with unit_of_work():
        jobs.record_check(_payload(batch, actor), checked)
    return batch


def _payload(batch: Batch, actor: Actor) -> dict[str, int | None]:
    return {"batch_id": batch.id, "actor_id": actor.user_id}
