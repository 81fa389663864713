"""Machines are told whether the product lives, is ready, and how it does."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tests.support.pages import PageClient
from tracker.core import heartbeats, schema
from tracker.core.db import db, session, unit_of_work


@pytest.fixture(autouse=True)
def _inside(db_session: object) -> None:
    """Run every test inside the app."""


@pytest.fixture
def stamped(app: Flask, db_session: object) -> Iterator[None]:
    """Let the database say that it stands at the newest revision."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": schema.newest()})
    yield
    session().rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def beat() -> None:
    with unit_of_work() as work:
        heartbeats.beat(work, "worker", "test:1")


def test_it_is_alive_without_any_database(client: PageClient) -> None:
    assert client.get("/healthz").text == "ok\n"


def test_it_is_ready_with_database_migrations_and_a_worker(stamped: None, client: PageClient) -> None:
    beat()

    assert client.get("/readyz").response.get_json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "worker": "ok"},
    }


def test_it_is_not_ready_without_a_worker_and_says_so(stamped: None, client: PageClient) -> None:
    checks = client.get("/readyz", status=503).response.get_json()["checks"]

    assert checks["worker"] == "No worker has been alive for a minute."
    assert checks["database"] == "ok"


def test_it_is_not_ready_on_a_database_of_another_revision(stamped: None, client: PageClient) -> None:
    beat()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    assert "cloudsteps migrate" in client.get("/readyz", status=503).response.get_json()["checks"]["migrations"]


def test_figures_are_for_this_machine(client: PageClient) -> None:
    figures = client.get("/metrics").text

    assert "cloudsteps_http_requests_total" in figures
    assert 'cloudsteps_work{state="queued"} 0.0' in figures


@pytest.mark.parametrize(
    "how", [{"environ_overrides": {"REMOTE_ADDR": "10.1.2.3"}}, {"headers": {"X-Forwarded-For": "127.0.0.1"}}]
)
def test_figures_are_not_for_others(client: PageClient, how: dict[str, object]) -> None:
    client.get("/metrics", status=404, **how)


def test_figures_are_for_whoever_has_the_token(app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["SETTINGS"], "metrics_token", "let-me-in")

    client.get("/metrics", status=404)
    client.get("/metrics", status=404, headers={"Authorization": "Bearer wrong"})
    client.get("/metrics", headers={"Authorization": "Bearer let-me-in"})


def test_the_log_tells_who_asked_for_what_and_nothing_of_its_content(
    app: Flask, client: PageClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/search?q=SECRETWORD", headers={"User-Agent": "SECRETAGENT"})
    client.browser.post("/sign-in", data={"email": "SECRETMAIL@a.example", "password": "SECRETPASSWORD"})

    said = capsys.readouterr()
    assert '"event": "request"' in said.out + said.err
    assert "SECRET" not in said.out + said.err
    assert os.environ.get("CLOUDSTEPS_SECRET_KEY", "for tests only") not in said.out
