"""What is sealed opens for its own place only, under keys that can be changed, and is read by no page."""

import json

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.factories import stacks
from tracker.accounts.access import SYSTEM
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.core.settings import Settings
from tracker.sandboxes import vault
from tracker.sandboxes.models import CloudAccount, Sandbox
from tracker.sandboxes.operations import accounts

pytestmark = pytest.mark.usefixtures("db_session")
CANARY = "canary-of-the-cloud-credential"


def test_what_was_sealed_for_one_place_does_not_open_in_another() -> None:
    sealed = vault.seal_text("geheim", "sb1/outputs")

    assert vault.open_text(sealed, "sb1/outputs") == "geheim"
    with pytest.raises(Refused):
        vault.open_text(sealed, "sb2/outputs")


def test_credentials_are_stored_sealed_and_stay_out_of_the_trail() -> None:
    with unit_of_work():
        made = accounts.keep_account("aws", "123456789012", "測試帳號", {"AWS_SECRET_ACCESS_KEY": CANARY}, actor=SYSTEM)
    stored = session().scalar(select(CloudAccount.credentials).where(CloudAccount.id == made.id)) or ""
    trail = session().scalars(text("SELECT details FROM audit_record")).all()

    assert CANARY not in stored
    assert CANARY not in str(trail)
    assert json.loads(vault.open_text(stored, f"account/{made.id}")) == {"AWS_SECRET_ACCESS_KEY": CANARY}


def test_keys_are_changed_by_sealing_anew_and_the_old_one_is_not_needed_after_that(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        account = accounts.keep_account("gcp", "project", "測試", {"GOOGLE_CREDENTIALS": CANARY}, actor=SYSTEM)
        made = stacks.sandbox()
        made.secret_outputs = vault.seal_text("{}", f"{made.code}/outputs")
    old: Settings = app.config["SETTINGS"]
    new = old.model_copy(update={"vault_key": "another key which is long enough too", "vault_old_keys": old.vault_key})
    monkeypatch.setitem(app.config, "SETTINGS", new)

    assert rotate() == 2
    assert rotate() == 0
    monkeypatch.setitem(app.config, "SETTINGS", new.model_copy(update={"vault_old_keys": ""}))
    sealed = session().scalar(select(CloudAccount.credentials).where(CloudAccount.id == account.id)) or ""
    outputs = session().scalar(select(Sandbox.secret_outputs).where(Sandbox.id == made.id)) or ""
    assert CANARY in vault.open_text(sealed, f"account/{account.id}")
    assert vault.open_text(outputs, f"{made.code}/outputs") == "{}"


def rotate() -> int:
    steps, done = accounts.rotate_keys(), 0
    while True:
        with unit_of_work():
            step = next(steps, None)
        if step is None:
            return done
        done += step


def test_without_a_key_nothing_secret_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"vault_key": ""}))

    with pytest.raises(Refused, match="CLOUDSTEPS_VAULT_KEY"):
        vault.seal_text("geheim", "x")
