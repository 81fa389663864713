"""The limit: the smallest Flask application that shows and stores the same rows in pages of the same size, and nothing else.

No sign-in, permission, check, language, menu or refusal: what the product does beyond this is what its ratio pays for. Its SQL is
written by hand and its template is compiled once. It stores what a saved session must leave behind on any design: the session and
who took part, its two audit records in the chain, its search document and the key against a second sending, in one transaction, with
the names that these hold read from the database.
Run by gunicorn like the product; `BENCH_DATABASE` names the database and `BENCH_SIZES` the bytes each page is filled up to.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from sqlalchemy import Connection, create_engine

from benchmarks import limit_sql as sql
from tracker.core import db  # noqa: F401 - its events set SQLite up as the product does
from tracker.core.bigrams import fold, grams_of_folded, query_grams

engine = create_engine(os.environ["BENCH_DATABASE"], pool_size=8)
SIZES: dict[str, int] = json.loads(os.environ.get("BENCH_SIZES", "{}"))
SQLITE = engine.dialect.name == "sqlite"
PAGE = """<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>{{ title }}</title><h1>{{ title }}</h1>
{% for table in tables %}<table>{% for row in table %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table>{% endfor %}"""

app = Flask(__name__)
template = app.jinja_env.from_string(PAGE)
SESSIONS = 3 * sql.SPAN
"""Where the documents of sessions begin in the search index."""
of_engine = sql.statements(sqlite=SQLITE)


def page(name: str, *tables: object) -> str:
    """Show the tables, filled up to the size of the product's page."""
    html = template.render(title=name, tables=tables)
    missing = SIZES.get(name, 0) - len(html.encode())
    return f"{html}<!--{'.' * missing}-->" if missing > 0 else html


def wanted(query: str, kind: int) -> str:
    """Write the query for the index of this database."""
    found = query_grams(query)
    return found.for_fts5() if SQLITE else f"({found.for_tsquery()}) & '#{kind}'"


@app.get("/alive")
def alive() -> str:
    """Say that it answers."""
    return "ok"


@app.get("/list")
def show_list() -> str:
    """Show fifty engagements whose names hold the words, and how many there are."""
    values = {"wanted": wanted(request.args["q"], 2)}
    with engine.connect() as connection:
        rows = connection.execute(of_engine["list"], values).all()
        total = connection.execute(of_engine["list_count"], values).all()
    return page("list", rows, total)


@app.get("/search")
def search() -> str:
    """Show the newest documents of each kind that hold the words."""
    tables = []
    with engine.connect() as connection:
        for kind in (1, 2, 3, 4):
            rows = connection.execute(of_engine[f"search_{kind}"], {"wanted": wanted(request.args["q"], kind)}).all()
            tables.append([(row.title, row.body[:120]) for row in rows])
    return page("search", *tables)


@app.get("/engagement/<int:key>")
def engagement(key: int) -> str:
    """Show an engagement with all rows of the product's page: steps, items, experts, panels and history."""
    with engine.connect() as connection:
        tables = [connection.execute(part, {"key": key}).all() for part in sql.ENGAGEMENT]
    return page("engagement", *tables)


@app.get("/event/<int:key>")
def event(key: int) -> str:
    """Show an event with its sessions, questions and consent text."""
    with engine.connect() as connection:
        tables = [connection.execute(part, {"key": key}).all() for part in sql.EVENT]
    return page("event", *tables)


@app.get("/home")
def home() -> str:
    """Show what waits, who is stuck, what is due and late, what changed, and how many are in each step."""
    with engine.connect() as connection:
        tables = [connection.execute(part).all() for part in sql.HOME]
    return page("home", *tables)


@app.post("/engagements/<int:key>/save")
def save(key: int) -> str:
    """Store a session with all that it leaves behind, in one transaction."""
    form = request.form
    now = datetime.now(UTC)
    texts = {"findings": form["findings"], "recommendations": form["recommendations"]}
    ids = [int(person[1:]) for person in form.getlist("people")]
    with engine.connect().execution_options(cloudsteps_writer=True) as connection, connection.begin():
        case = connection.execute(sql.OF_SESSION, {"key": key}).one()
        of_case = {"engagement": key, "organisation": case.organisation_id, "programme": case.programme_id}
        values = {**of_case, "now": now.replace(tzinfo=None) if SQLITE else now, "key": form["client_key"]}
        stored = {**values, **texts, "expert": case.expert_id, "step": case.step}
        session = connection.execute(sql.SESSION, stored).scalar_one()
        for person in connection.execute(sql.PEOPLE, {"ids": ids}).all():
            connection.execute(sql.PARTICIPANT, {"session": session, "user": person.id, "name": person.name})
        names = (case.name_zh, case.name_en, case.product_zh, case.product_en)
        title = " · ".join((case.name_zh, case.product_zh, form["day"]))
        index(connection, {**of_case, "session": session}, title, "\n".join((*texts.values(), *names, form["day"])))
        write_audit(connection, session, case.expert_id, values)
        connection.execute(sql.SUBMISSION, {"key": f"limit:{form['once']}", "session": session, "now": values["now"]})
    return "ok"


def index(connection: Connection, ids: Mapping[str, int], title: str, body: str) -> None:
    """Let the session be found."""
    folded = fold(f"{title}\n{body}")
    document = {**ids, "key": SESSIONS + ids["session"], "title": title, "body": body, "folded": folded}
    found = grams_of_folded(folded)
    connection.execute(sql.DOCUMENT, document)
    stored = " ".join(sorted(found)) if SQLITE else sorted({*found, "#3"})
    connection.execute(of_engine["grams"], {"key": document["key"], "grams": stored})


def write_audit(connection: Connection, session: int, expert: int, values: Mapping[str, Any]) -> None:
    """Append two records to the chain."""
    head = connection.execute(of_engine["head"]).one()
    sequence, previous = head.sequence, head.hash
    for action in ("session.logged", "session.submitted"):
        sequence += 1
        details = json.dumps({"hours": "2", "expert": expert})
        facts = {**values, "sequence": sequence, "action": action, "session": session, "details": details}
        digest = hashlib.sha256(f"{previous}{facts}".encode()).hexdigest()
        connection.execute(sql.AUDIT, {**facts, "previous": previous, "hash": digest})
        previous = digest
    connection.execute(sql.HEAD, {"sequence": sequence, "hash": previous})
