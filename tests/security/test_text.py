"""What people type is text wherever it is shown: on every page, in mails, in PDF, in files for a table program."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.security.test_forms import send
from tests.support.crawl import crawl
from tests.support.forms import FoundForm
from tests.support.pages import Page
from tests.support.whole_app import Template, WholeApp
from tracker.core.db import db
from tracker.notifications.models import OutboxMail

HOSTILE = """x"><img src=x onerror=alert(1)>{{7*7}}'<script>alert(1)</script>"""
READERS = ("staff", "expert", "vendor_member", "auditor", "administrator")
ADDRESSES = {"url", "website", "place"}
ENDING = ("/remove", "/end", "/revoke", "/withdraw", "/deactivate", "/hold", "/end-sessions", "/end-others", "/roles")
"""What is not pressed, since it would take away what the rest is shown by."""
STORED_IN = {
    "organisation", "contact", "product", "customer", "item_comment", "coaching_session", "session_addendum",
    "action_item", "user_account", "evidence",
}  # fmt: skip


def fill(app: WholeApp, forms: list[FoundForm], text: str) -> None:
    """Send every form with the text in every field that takes text."""
    for form in forms:
        if form.has_text and not form.asks_for_password and not form.action.endswith(ENDING):
            send(app, form, form.values(lambda _field: text))


@pytest.fixture(scope="module")
def hostile_app(world_template: Template, forms: list[FoundForm]) -> Iterator[WholeApp]:
    """Give a world in which somebody has typed markup wherever it could be typed."""
    with world_template.copy() as made:
        fill(made, forms, HOSTILE)
        yield made


def tables_with(app: WholeApp, text: str) -> set[str]:
    """Name the tables in which the text is stored."""
    found = set()
    with app.app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session().execute(select(table)):
                if any(isinstance(value, str) and text in value for value in row):
                    found.add(table.name)
    return found


def test_the_forms_have_stored_it(hostile_app: WholeApp) -> None:
    assert STORED_IN - tables_with(hostile_app, HOSTILE) == set()


@pytest.mark.parametrize("reader", READERS)
def test_no_page_makes_anything_of_it(hostile_app: WholeApp, reader: str) -> None:
    active, shown = [], 0
    for found in crawl(hostile_app.app, hostile_app.browser(reader).browser.get, each=3):
        assert found.response.status_code < 500, found.path
        if found.is_page and "onerror" in found.text:
            shown += 1
            active += [found.path for _once in strange_parts(Page(found.response))]
    assert active == []
    assert shown > (5 if reader != "administrator" else 0)


def strange_parts(page: Page) -> Iterator[str]:
    """Give what stands in a page that none of our templates writes."""
    for element in page.tree.iter():
        for name, value in element.items():
            if name.startswith("on") or ("alert(1)" in value.partition(":")[2] and name in {"href", "src", "action"}):
                yield f"{element.tag} {name}"
    for tag, attribute in (("img", "src"), ("script", None)):
        for element in page.all(tag):
            if (attribute and element.get(attribute) == "x") or "alert(1)" in "".join(element.itertext()):
                yield tag


def test_a_text_is_no_template(hostile_app: WholeApp) -> None:
    with hostile_app.get("staff", f"/vendors/{hostile_app.world.a.ids['vendor_id']}") as response:
        text = response.get_data(as_text=True)
    assert "{{7*7}}" in text


def test_the_record_as_pdf_shows_it_as_it_was_typed(hostile_app: WholeApp) -> None:
    path = f"/coaching-sessions/{hostile_app.world.a.ids['session_id']}/record.pdf"
    with hostile_app.get("staff", path) as response:
        pages = PdfReader(io.BytesIO(response.get_data())).pages
    assert "onerror=alert(1)" in "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_mails_show_it_as_text_on_one_line_of_subject(hostile_app: WholeApp) -> None:
    with hostile_app.app.app_context():
        mails = db.session().scalars(select(OutboxMail)).all()
    assert any("onerror" in mail.html for mail in mails)
    for mail in mails:
        assert re.findall(r'<img (?!src="cid:ticket")', mail.html) == []  # our own picture of a ticket apart
        assert "<script" not in mail.html
        assert "\n" not in mail.subject + mail.recipient


LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example",
    " javascript:alert(1)",
    "vbscript:alert(1)",
    "file:///etc/passwd",
)


def test_only_addresses_of_the_web_become_links(own_app: WholeApp, forms: list[FoundForm]) -> None:
    asking = [form for form in forms if any(field.last in ADDRESSES for field in form.fields)]
    for link in LINKS:
        for form in asking:
            values = form.values()
            send(own_app, form, [(n, link if n.rpartition("-")[2] in ADDRESSES else value) for n, value in values])
    bad = [
        f"{element.get('href')} on {found.path}"
        for found in crawl(own_app.app, own_app.browser("staff").browser.get, each=3)
        if found.is_page and ("evil" in found.text or "script:" in found.text.lower() or "file:" in found.text)
        for element in Page(found.response).all("a")
        if is_bad(element.get("href", ""))
    ]
    assert len(asking) >= 4
    assert bad == []


def is_bad(href: str) -> bool:
    """Tell whether a link leads to anything but a page of the web."""
    start = href.strip().lower()
    return start.startswith(("javascript:", "data:", "vbscript:", "file:", "//"))


@pytest.mark.parametrize("sign", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1", "－1"])
def test_cells_of_files_for_tables_run_no_formulas(own_app: WholeApp, sign: str) -> None:
    with own_app.app.app_context():
        for name in ("organisation", "product", "coaching_session", "user_account"):
            table = db.metadata.tables[name]
            texts = {
                c.name: sign
                for c in table.columns
                if c.name in {"name_zh", "name_en", "place", "findings", "name", "profile"}
            }
            db.session().execute(table.update().values(**texts))
        db.session().commit()
    files = [rule.rule for rule in own_app.app.url_map.iter_rules() if rule.rule.endswith(".csv")]
    assert len(files) >= 3
    for path in files:
        with own_app.get("staff", path, query_string={"view": "all"}) as response:
            rows = list(csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff"))))
        assert len(rows) > 1, path
        cells = [cell for row in rows[1:] for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r", "＝")) or cell == sign] == [], (
            path
        )
