"""The pages of an import, from the file to its undoing, as the office walks through them."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import imports, people, vendors
from tests.factories.imports import HEADER, as_csv, as_xlsx, work_off
from tests.support.pages import Page, PageClient
from tests.support.queries import counted
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.accounts.rules import Role
from tracker.core.db import session, unit_of_work
from tracker.imports import operations
from tracker.imports.models import Batch, ImportRow
from tracker.imports.reading.reader import read_file
from tracker.imports.rules import BatchState, Outcome
from tracker.vendors.models import Organisation

MOST_QUERIES = 12
UBN = vendors.UBNS[1410]
ROWS = (
    HEADER,
    (UBN, "新創資訊有限公司", "軟體", "陳一", "one@new.example", "排班系統", "訂閱"),
    (vendors.UBNS[1411], "台灣雲階科技有限公司", "軟體", "", "", "", ""),
    ("12345678", "=錯號", "軟體", "", "", "", ""),
)


@pytest.fixture
def office(staff: User, sign_in: Callable[[User], PageClient]) -> PageClient:
    session().commit()
    with unit_of_work():
        vendors.vendor("臺灣雲階科技股份有限公司")
    return sign_in(staff)


def only_batch() -> Batch:
    session().rollback()
    session().expire_all()
    return session().scalars(select(Batch)).one()


def hand_in(client: PageClient, content: bytes, name: str = "名單.csv") -> Page:
    return client.post("/imports/new/vendors", {"file": (io.BytesIO(content), name)})


def send(client: PageClient, path: str, **values: str) -> Page:
    return client.post(path, values)


def test_the_office_imports_a_file_from_upload_to_undoing(app: Flask, office: PageClient) -> None:
    assert "還沒有匯入過" in office.get("/imports").text
    hand_in(office, as_csv(ROWS))
    batch = only_batch()
    path = f"/imports/{batch.id}"
    assert "讀取中" in office.get(path).text
    work_off(app)
    assert "UTF-8" in office.get(path).text
    send(office, f"{path}/columns")
    work_off(app)
    checked = office.get(path)
    assert "待決定" in checked.text
    waiting = session().scalars(select(ImportRow).where(ImportRow.outcome == Outcome.WAITING)).one()
    send(office, f"/imports/rows/{waiting.id}", choice="out")
    send(office, f"{path}/apply")
    work_off(app)
    assert only_batch().state is BatchState.APPLIED
    assert session().scalars(select(Organisation.name_zh).where(Organisation.ubn == UBN)).all() == ["新創資訊有限公司"]
    listed = office.get(f"{path}/rows?outcome=refused")
    assert "12345678" in listed.text
    send(office, f"{path}/undo")
    work_off(app)

    assert "已復原" in office.get(path).text
    assert session().scalars(select(Organisation).where(Organisation.ubn == UBN)).one_or_none() is None


def test_the_rejected_rows_come_back_as_a_file_that_can_be_handed_in_again(app: Flask, office: PageClient) -> None:
    batch = imports.checked(app, as_csv(ROWS))
    columns = dict(batch.columns)

    content = office.fetch(f"/imports/{batch.id}/rejected.csv").get_data()

    grid = read_file(content)
    assert grid.lines[0].cells[:2] == ["統一編號", "公司名稱"]
    assert [line.cells[1] for line in grid.lines[1:]] == ["台灣雲階科技有限公司", "=錯號"]
    assert [line.cells[7] for line in grid.lines[1:]] == ["3", "4"]
    assert "公式" in grid.lines[2].cells[9]
    second = imports.checked(app, content, name="rejected.csv")
    assert second.columns == columns


@pytest.mark.parametrize("lang", ["zh-Hant", "en"])
def test_the_template_can_be_filled_in_and_imported(app: Flask, office: PageClient, lang: str) -> None:
    template = office.fetch(f"/imports/templates/vendors.xlsx?lang={lang}").get_data()
    names = read_file(template, sheet=0).lines[0].cells
    filled = dict.fromkeys(names, "") | {names[0]: UBN, names[1]: "新創資訊有限公司", names[3]: "software"}

    batch = imports.checked(app, as_xlsx((names, list(filled.values()))), name="filled.xlsx")

    assert batch.columns == {"ubn": 0, "name_zh": 1, "kind": 3}
    assert imports.ends(batch) == [(2, Outcome.NEW)]


def test_a_wrong_encoding_is_shown_and_corrected(app: Flask, office: PageClient) -> None:
    content = as_csv((HEADER, (UBN, "碁峰資訊有限公司", "軟體", "堃一", "", "", "")), "big5hkscs")
    batch = imports.begin(content)
    work_off(app)
    path = f"/imports/{batch.id}"
    assert "HKSCS" in office.get(path).text
    send(office, f"{path}/reading", encoding="cp950")
    work_off(app)
    wrong = office.get(path).text
    send(office, f"{path}/columns")
    work_off(app)
    refused = session().scalars(select(ImportRow)).one()
    assert "無法讀取" in wrong
    assert refused.outcome is Outcome.REFUSED
    send(office, f"{path}/reading", encoding="")
    work_off(app)

    assert session().scalars(select(ImportRow)).one().cells[3] == "堃一"


def test_a_column_that_is_needed_must_be_named(app: Flask, office: PageClient) -> None:
    batch = imports.begin(as_csv(ROWS))
    work_off(app)

    page = send(office, f"/imports/{batch.id}/columns", name_zh="")

    assert page.status == 200
    assert "請指出" in page.text
    assert only_batch().state is BatchState.READ


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空的"),
        (as_csv([[f"c{n}" for n in range(300)]]), "300"),
        (b"%PDF-1.7 table", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"PK\x03\x04broken", "損壞"),
        (as_csv((HEADER, ("a", 'b"', "", "", "", "", ""))).replace(b'""', b'"'), "引號"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_in_a_sentence(
    app: Flask, office: PageClient, content: bytes, sentence: str
) -> None:
    page = hand_in(office, content)
    if content:
        work_off(app)
        page = office.get(f"/imports/{only_batch().id}")

    assert sentence in page.text


def test_a_step_that_does_not_follow_is_refused(app: Flask, office: PageClient) -> None:
    batch = imports.begin(as_csv(ROWS))
    work_off(app)
    path = f"/imports/{batch.id}"

    office.fetch(f"{path}/undo", status=404)
    office.fetch(f"{path}/apply", status=404)
    send(office, f"{path}/discard")
    assert only_batch().state is BatchState.DISCARDED
    office.fetch(f"{path}/columns", status=404)


def test_two_people_do_not_take_the_same_step_twice(app: Flask, office: PageClient) -> None:
    batch = imports.begin(as_csv(ROWS))
    work_off(app)
    path = f"/imports/{batch.id}"
    opened = office.get(f"{path}/columns").fields()
    with unit_of_work():
        operations.choose_columns(only_batch(), dict(only_batch().columns), version=None, actor=SYSTEM)

    office.fetch(f"{path}/columns", status=404)
    office.send(f"{path}/columns", opened, status=409)


def test_a_file_that_was_imported_before_is_told(app: Flask, office: PageClient) -> None:
    first = imports.applied(app, as_csv(ROWS))

    second = imports.begin(as_csv(ROWS))
    work_off(app)

    assert f"/imports/{first.id}" in office.get(f"/imports/{second.id}").links


def test_pages_stay_within_their_queries_however_many_rows_there_are(app: Flask, office: PageClient) -> None:
    many = [(UBN, f"公司{n}", "", f"人{n}", "", "", "") for n in range(300)]
    batch = imports.checked(app, as_csv((*ROWS, *many)))
    row = session().scalars(select(ImportRow).where(ImportRow.outcome == Outcome.WAITING)).one()
    paths = ("", "/rows", "/columns", "/reading", "/apply")

    for path in (*(f"/imports/{batch.id}{one}" for one in paths), "/imports", f"/imports/rows/{row.id}"):
        assert counted(lambda path=path: office.get(path)) <= MOST_QUERIES, path  # type: ignore[misc]  # bound at once


@pytest.mark.parametrize("role", [Role.VENDOR, Role.EXPERT, Role.AUDITOR])
def test_nobody_but_the_office_imports_vendors(
    app: Flask, db_session: object, sign_in: Callable[[User], PageClient], role: Role
) -> None:
    batch = imports.checked(app, as_csv(ROWS))
    with unit_of_work():
        somebody = people.person(role)
    client = sign_in(somebody)

    client.fetch("/imports", status=403)
    client.fetch("/imports/new/vendors", status=403)
    client.fetch(f"/imports/{batch.id}", status=404)
    client.fetch(f"/imports/{batch.id}/rejected.csv", status=404)
