"""Secrets of the settings leave the product nowhere: no page, no log, no mail, no row."""

import json
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from tests.support.sweep import Answers
from tests.support.whole_app import SECRET, Template, WholeApp
from tracker.core.db import db

METRICS = "canary-metrics-4fd1c0"
SMTP = "canary-smtp-81b7aa"


@pytest.fixture(scope="module")
def guarded_app(world_template: Template) -> Iterator[WholeApp]:
    """Give the world with a secret in every setting that holds one."""
    smtp = f"smtp://user:{SMTP}@127.0.0.1:9"
    with world_template.copy(metrics_token=METRICS, smtp_url=smtp) as made:
        yield made


def test_no_answer_holds_the_secret_key(answers: Answers) -> None:
    assert [one.key for one in answers.all if SECRET.encode() in one.body or SECRET in str(one.headers)] == []


def test_no_row_holds_a_secret(whole_app: WholeApp) -> None:
    with whole_app.app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session().execute(select(table)):
                assert SECRET not in str(tuple(row)), table.name


@pytest.mark.parametrize("path", ["/admin/work", "/admin/outbox", "/metrics", "/readyz", "/healthz", "/nothing-here"])
def test_pages_of_the_running_hold_no_secret(guarded_app: WholeApp, path: str) -> None:
    with guarded_app.get("administrator", path) as response:
        body = response.get_data(as_text=True)
    assert [secret for secret in (SECRET, METRICS, SMTP) if secret in body] == []


def test_figures_need_the_token_where_one_is_set(guarded_app: WholeApp) -> None:
    client = guarded_app.app.test_client()
    tried = {
        name: client.get("/metrics", headers={"Authorization": f"Bearer {name}"}).status_code for name in ("x", METRICS)
    }
    assert (tried["x"] in {401, 403, 404}, tried[METRICS]) == (True, 200)


def test_logs_hold_no_secret_no_password_and_no_address_of_mail(
    own_app: WholeApp, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password = "canary-password-77\r\nX-Forged: 1"
    for path in ("/", "/nothing-here", "/search?q=canary-words", "/admin/people"):
        own_app.status("staff", path)
    own_app.post("anonymous", "/sign-in", {"email": "canary@people.example", "password": password})
    own_app.post("anonymous", "/forgotten-password", {"email": "canary@people.example"})
    own_app.get("anonymous", f"/invitations/{own_app.world.a.ids['invitation_token']}")
    written = "".join(capsys.readouterr()) + caplog.text
    assert "request" in written
    for secret in (
        SECRET,
        "canary-password",
        "canary@people",
        "canary-words",
        str(own_app.world.a.ids["invitation_token"]),
    ):
        assert secret not in written, secret


def test_every_line_of_the_log_is_one_record(own_app: WholeApp, capsys: pytest.CaptureFixture[str]) -> None:
    own_app.status("staff", "/search?q=a%0d%0a{%22event%22:%22forged%22}")
    own_app.get("staff", "/nothing\r\n-here", headers={"User-Agent": "x"})
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert lines
    assert all(json.loads(line)["event"] != "forged" for line in lines)
