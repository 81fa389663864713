"""Vendors with contacts and products come in from a file, and go again."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import imports, vendors
from tests.factories.imports import HEADER, again, as_csv, as_xlsx, ends, work_off
from tracker.accounts.access import SYSTEM
from tracker.core import audit
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.search import SearchDocument
from tracker.imports import messages, operations, queries
from tracker.imports.kinds import Decision
from tracker.imports.models import Batch, ImportRow
from tracker.imports.rules import BatchState, Confidence, Extent, Outcome
from tracker.vendors import operations as vendor_operations
from tracker.vendors.models import Contact, Organisation, Product
from tracker.vendors.queries import contacts_of

pytestmark = pytest.mark.usefixtures("db_session")

NEW_UBN, OTHER_UBN = vendors.UBNS[1400], vendors.UBNS[1401]
KNOWN_UBN = vendors.UBNS[1402]


@pytest.fixture
def known() -> Organisation:
    with unit_of_work():
        made = vendors.vendor("臺灣雲階科技股份有限公司", ubn=KNOWN_UBN, name_en="")
        vendors.contact(made, "王小明", email="ming@example.com")
    return made


def row(*cells: str) -> tuple[str, ...]:
    return (*cells, *[""] * (len(HEADER) - len(cells)))


FILE = (
    HEADER,
    row(NEW_UBN, "新創資訊有限公司", "軟體", "陳一", "one@new.example", "排班系統", "訂閱"),
    row(NEW_UBN, "新創資訊", "", "陳二", "two@new.example"),
    row(KNOWN_UBN, "台灣雲階科技", "", "林三", "three@example.com", "報表系統", "專案"),
    row("", "台灣雲階科技公司", "", "王小明", "ming@example.com"),
    row(OTHER_UBN, "台灣雲階科技有限公司", "硬體"),
    row("12345678", "錯號有限公司", "軟體"),
    row("", "無人知曉公司", "軟體"),
)


def rows_of(batch: Batch) -> list[ImportRow]:
    return list(queries.first_rows(batch, 1000))


def said(one: ImportRow) -> str:
    return " ".join(str(message) for message in messages.all_from(one.reasons))


def count(model: type[Organisation] | type[Contact] | type[Product]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


def test_every_row_ends_as_matched_new_waiting_or_refused_with_its_reason(app: Flask, known: Organisation) -> None:
    batch = imports.checked(app, as_csv(FILE))

    assert batch.state is BatchState.CHECKED
    assert ends(batch) == [
        (2, Outcome.NEW),
        (3, Outcome.MATCHED),
        (4, Outcome.MATCHED),
        (5, Outcome.MATCHED),
        (6, Outcome.WAITING),
        (7, Outcome.REFUSED),
        (8, Outcome.REFUSED),
    ]
    found = rows_of(batch)
    assert "The same vendor as in row 2" in said(found[1])
    assert (found[2].subject_id, found[2].confidence) == (known.id, Confidence.CERTAIN)
    assert "Same UBN" in said(found[2])
    assert "Known mail address" in said(found[3])
    assert "12345678" in said(found[5])
    assert "needs its UBN" in said(found[6])
    assert count(Organisation) == 1


def test_sound_rows_are_imported_and_nothing_that_is_known_is_doubled(app: Flask, known: Organisation) -> None:
    batch = imports.applied(app, as_csv(FILE))

    made = session().scalars(select(Organisation).where(Organisation.ubn == NEW_UBN)).one()
    assert batch.state is BatchState.APPLIED
    assert [(one.name, one.is_main) for one in made.contacts] == [("陳一", True), ("陳二", False)]
    assert [one.name_zh for one in made.products] == ["排班系統"]
    assert [one.name for one in known.contacts] == ["王小明", "林三"]
    assert count(Organisation) == 2
    assert session().scalar(select(SearchDocument.title).where(SearchDocument.title == "新創資訊有限公司"))
    assert list(audit.verify(session())) == []


def test_the_same_file_twice_adds_nothing(app: Flask, known: Organisation) -> None:
    imports.applied(app, as_csv(FILE))

    second = imports.applied(app, as_xlsx(FILE), name="vendors.xlsx")

    assert (count(Organisation), count(Contact), count(Product)) == (2, 4, 2)
    assert [outcome for _line, outcome in ends(second)][:2] == [Outcome.MATCHED, Outcome.MATCHED]


def test_all_or_nothing_is_nothing_while_a_row_waits_or_is_refused(app: Flask, known: Organisation) -> None:
    batch = imports.checked(app, as_csv(FILE))

    with pytest.raises(Refused, match="1 rows wait and 2 are refused"), unit_of_work():
        operations.apply_import(batch, Extent.ALL, version=None, actor=SYSTEM)

    assert imports.applied(app, as_csv(FILE[:4]), Extent.ALL).state is BatchState.APPLIED


def test_all_or_nothing_leaves_nothing_when_the_records_have_changed_since_the_dry_run(
    app: Flask, known: Organisation
) -> None:
    batch = imports.checked(app, as_csv((HEADER, FILE[1], row("", "台灣雲階科技", "", "林三", "three@example.com"))))
    with unit_of_work():
        operations.apply_import(batch, Extent.ALL, version=None, actor=SYSTEM)
        session().delete(session().scalars(select(Contact)).one())
        session().flush()
        session().delete(session().get(Organisation, known.id))
    work_off(app)

    assert again(batch).state is BatchState.CHECKED
    assert "Nothing was imported" in str(messages.from_plain(again(batch).problem))
    assert ends(batch) == [(2, Outcome.NEW), (3, Outcome.REFUSED)]
    assert count(Organisation) == 0


def test_a_decision_is_kept_and_imported(app: Flask, known: Organisation) -> None:
    batch = imports.checked(
        app, as_csv((*FILE, row(OTHER_UBN, "台灣雲階科技有限公司", "硬體", "第二", "x@other.example")))
    )
    waiting = [one for one in rows_of(batch) if one.outcome is Outcome.WAITING]
    with unit_of_work():
        decided = operations.decide_row(waiting[0], Decision(known.id), for_alike=True, actor=SYSTEM)
        operations.apply_import(batch, Extent.VALID, version=None, actor=SYSTEM)
    work_off(app)

    assert (len(waiting), decided) == (2, 2)
    assert [one.name for one in session().get_one(Organisation, known.id).contacts] == ["王小明", "林三", "第二"]
    assert count(Organisation) == 2


def test_a_doubtful_row_may_be_a_new_vendor_or_be_left_out(app: Flask, known: Organisation) -> None:
    batch = imports.checked(app, as_csv(FILE))
    waiting = next(one for one in rows_of(batch) if one.outcome is Outcome.WAITING)
    with unit_of_work():
        operations.decide_row(waiting, Decision(leave_out=True), for_alike=False, actor=SYSTEM)
    out = (waiting.outcome, said(waiting), len(waiting.offers))
    with unit_of_work():
        operations.decide_row(waiting, Decision(), for_alike=False, actor=SYSTEM)

    assert out == (Outcome.REFUSED, "Left out by a person.", 1)
    assert waiting.outcome is Outcome.NEW
    with pytest.raises(Refused, match="offered"), unit_of_work():
        operations.decide_row(waiting, Decision(999), for_alike=False, actor=SYSTEM)


def test_undoing_takes_back_what_was_added_and_keeps_what_was_used_since(app: Flask, known: Organisation) -> None:
    batch = imports.applied(app, as_csv((*FILE, row(OTHER_UBN, "別家有限公司", "硬體"))))
    kept = session().scalars(select(Organisation).where(Organisation.ubn == OTHER_UBN)).one()
    with unit_of_work():
        vendors.customer(kept)
        operations.undo_import(batch, version=None, actor=SYSTEM)
    work_off(app)

    assert again(batch).state is BatchState.UNDONE
    assert queries.count_kept(batch) == 1
    assert set(session().scalars(select(Organisation.ubn))) == {KNOWN_UBN, OTHER_UBN}
    assert [one.name for one in contacts_of(known.id)] == ["王小明"]
    assert not session().scalar(select(SearchDocument.id).where(SearchDocument.title == "新創資訊有限公司"))
    assert list(audit.verify(session())) == []


def test_what_is_empty_is_filled_in_and_emptied_again_unless_it_was_changed(app: Flask, known: Organisation) -> None:
    header = ("統編", "公司名稱", "英文名稱", "資本額", "設立日期", "網址")
    content = as_xlsx((header, (int(KNOWN_UBN), "台灣雲階科技", "Cloudsteps", 5000000, "104/3/1", "www.example.com")))
    batch = imports.applied(app, content, name="vendors.xlsx")
    filled = session().get_one(Organisation, known.id, populate_existing=True)
    assert (filled.name_en, filled.capital, filled.website) == ("Cloudsteps", 5000000, "https://www.example.com")
    with unit_of_work():
        changed = vendor_operations.VendorDetails(
            filled.name_zh, filled.kind, name_en="Cloudsteps Inc.", capital=5000000
        )
        vendor_operations.change_vendor(filled, changed, actor=SYSTEM)
        operations.undo_import(batch, version=None, actor=SYSTEM)
    work_off(app)

    after = session().get_one(Organisation, known.id, populate_existing=True)
    assert (after.name_en, after.capital, after.established_on) == ("Cloudsteps Inc.", None, None)


def test_columns_that_a_person_chose_are_found_again(app: Flask) -> None:
    odd = (("號碼", "行號", "種類"), (NEW_UBN, "新創資訊有限公司", "軟體"))
    first = imports.begin(as_csv(odd))
    work_off(app)
    guessed = dict(again(first).columns)
    with unit_of_work():
        operations.choose_columns(again(first), {"ubn": 0, "name_zh": 1, "kind": 2}, version=None, actor=SYSTEM)
    work_off(app)
    second = imports.begin(as_csv((*odd, (OTHER_UBN, "別家有限公司", "硬體"))))
    work_off(app)

    assert guessed == {}
    assert again(second).columns == {"ubn": 0, "name_zh": 1, "kind": 2}
