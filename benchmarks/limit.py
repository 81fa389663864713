"""The limit: the smallest Flask application that shows the same rows in pages of the same size, without anything else.

No sign-in, permission, language, menu, audit chain or form: what the product does beyond this is what its ratio pays for.
Run by gunicorn like the product; `BENCH_DATABASE` names the database and `BENCH_SIZES` the bytes each page is filled up to.
"""

import json
import os
from datetime import UTC, datetime

from flask import Flask, render_template_string, request
from sqlalchemy import create_engine, text

from tracker.core import db  # noqa: F401 - its events set SQLite up as the product does
from tracker.core.bigrams import query_grams

engine = create_engine(os.environ["BENCH_DATABASE"], pool_size=8)
SIZES: dict[str, int] = json.loads(os.environ.get("BENCH_SIZES", "{}"))
SQLITE = engine.dialect.name == "sqlite"
SPAN = 10**12
MATCH = "search_gram MATCH :wanted" if SQLITE else "grams @@ CAST(:wanted AS tsquery)"
PAGE = """<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>{{ title }}</title><h1>{{ title }}</h1>
{% for table in tables %}<table>{% for row in table %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table>{% endfor %}"""
LIST = """SELECT e.id, o.name_zh, o.ubn, p.name_zh, e.state, e.step, e.due_on, e.items_done, e.items_total
FROM engagement e JOIN organisation o ON o.id = e.organisation_id JOIN product p ON p.id = e.product_id"""
DOCUMENTS = "SELECT d.title, d.body FROM search_gram JOIN search_document d ON d.id = search_gram.rowid"

app = Flask(__name__)


def page(name: str, *tables: object) -> str:
    """Show the tables, filled up to the size of the product's page."""
    html = render_template_string(PAGE, title=name, tables=tables)
    missing = SIZES.get(name, 0) - len(html.encode())
    return f"{html}<!--{'.' * missing}-->" if missing > 0 else html


def wanted(query: str, kind: int) -> str:
    """Write the query for the index of this database."""
    grams = query_grams(query)
    return grams.for_fts5() if SQLITE else f"({grams.for_tsquery()}) & '#{kind}'"


@app.get("/list")
def show_list() -> str:
    """Show fifty engagements whose names hold the words."""
    ids = f"SELECT rowid - {2 * SPAN} FROM search_gram WHERE {MATCH} AND rowid > {2 * SPAN} AND rowid < {3 * SPAN} ORDER BY rowid DESC LIMIT 51"  # noqa: S608 - numbers only
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"{LIST} WHERE e.id IN ({ids}) ORDER BY e.id DESC"), {"wanted": wanted(request.args["q"], 2)}
        ).all()
    return page("list", rows)


@app.get("/search")
def search() -> str:
    """Show the newest documents of each kind that hold the words."""
    tables = []
    with engine.connect() as connection:
        for kind in (1, 2, 3, 4):
            span = f"search_gram.rowid > {kind * SPAN} AND search_gram.rowid < {(kind + 1) * SPAN}"
            found = f"{DOCUMENTS} WHERE {MATCH} AND {span} ORDER BY search_gram.rowid DESC LIMIT 21"
            rows = connection.execute(text(found), {"wanted": wanted(request.args["q"], kind)}).all()
            tables.append([(row.title, row.body[:120]) for row in rows])
    return page("search", *tables)


@app.get("/engagement/<int:key>")
def engagement(key: int) -> str:
    """Show an engagement with its steps, items, sessions and history."""
    parts = (
        f"{LIST} WHERE e.id = :key",
        "SELECT step, state, started_on, due_on FROM step_progress WHERE engagement_id = :key",
        "SELECT key, state, who, due_on FROM item WHERE engagement_id = :key",
        "SELECT starts_at, hours, findings FROM coaching_session WHERE engagement_id = :key ORDER BY starts_at DESC LIMIT 5",
        "SELECT at, action, actor_id FROM audit_record WHERE engagement_id = :key ORDER BY id DESC LIMIT 20",
    )
    with engine.connect() as connection:
        tables = [connection.execute(text(part), {"key": key}).all() for part in parts]
    return page("engagement", *tables)


@app.get("/home")
def home() -> str:
    """Show what is due and who is stuck."""
    with engine.connect() as connection:
        due = connection.execute(text(f"{LIST} WHERE e.state = 'active' ORDER BY e.due_on, e.id LIMIT 10")).all()
        stuck = connection.execute(text(f"{LIST} WHERE e.state = 'active' ORDER BY e.step_since, e.id LIMIT 10")).all()
    return page("home", due, stuck)


SAVE = """INSERT INTO coaching_session (engagement_id, organisation_id, programme_id, expert_id, client_key, step, state, starts_at, hours, mode, place, findings,
recommendations, internal_note, version, created_at, changed_at)
VALUES (:engagement, 1, 1, 2, :key, 'assess', 'submitted', :now, 2, 'online', '', :findings, :recommendations, '', 1, :now, :now)"""
LOG = (
    """INSERT INTO submission (key, subject_type, subject_id, created_at) VALUES (:key, 'coaching_session', 1, :now)"""
)


@app.post("/save")
def save() -> str:
    """Store a session and a log row in one transaction."""
    now = datetime.now(UTC)
    values = {
        "engagement": int(request.form["engagement"]),
        "key": request.form["key"],
        "now": now.replace(tzinfo=None) if SQLITE else now,
    }
    texts = {"findings": request.form["findings"], "recommendations": request.form["recommendations"]}
    with engine.connect().execution_options(cloudsteps_writer=True) as connection, connection.begin():
        connection.execute(text(SAVE), {**values, **texts})
        connection.execute(text(LOG), {"key": f"limit:{values['key']}", "now": values["now"]})
    return "ok"
