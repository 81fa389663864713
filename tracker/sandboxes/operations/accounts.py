"""Accounts of clouds: their credentials go in sealed and never come out by a page; keys are changed by sealing anew."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, update

from tracker.accounts.access import SYSTEM, Actor
from tracker.core import audit, clock
from tracker.core.db import session, table_of
from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.sandboxes import vault
from tracker.sandboxes.models import CloudAccount, Sandbox, SandboxExport, SandboxPlan

CLOUDS = ("aws", "azure", "gcp")
ROTATED_AT_ONCE = 100


def keep_account(cloud: str, identity: str, name: str, credentials: Mapping[str, str], *, actor: Actor) -> CloudAccount:
    """Keep an account, or new credentials of one: environment variables of its provider, or how to assume a role by OIDC."""
    if cloud not in CLOUDS or not identity.strip() or not credentials:
        raise Refused(N_("Name the cloud (aws, azure or gcp), the account's number, and at least one credential."))
    work = session()
    found = select(CloudAccount).where(CloudAccount.cloud == cloud, CloudAccount.identity == identity.strip())
    account = work.scalars(found).one_or_none()
    if account is None:
        account = CloudAccount(cloud=cloud, identity=identity.strip(), name=name, credentials="")
        work.add(account)
        work.flush()
    account.name, account.active, account.rotated_at = name, True, clock.now()
    account.credentials = vault.seal_text(json.dumps(dict(credentials)), f"account/{account.id}")
    work.flush()
    audit.record("cloud_account.kept", account, actor=actor, cloud=cloud, identity=identity, names=sorted(credentials))
    return account


def close_account(account: CloudAccount, *, actor: Actor) -> None:
    """Let nothing be built in an account any more, nor anything be removed in it by the schedule."""
    account.active = False
    audit.record("cloud_account.closed", account, actor=actor, identity=account.identity)


def rotate_keys() -> Iterator[int]:
    """Seal everything anew by the newest key, some rows at a time; yields how many rows each step has done.

    The caller commits each step; it may be stopped and begun again, since what the newest key has sealed is passed over.
    """
    for table, column, about, is_text in _sealed():
        last = 0
        while True:
            keys = [table.c.id, column, *about.values()]
            rows = (
                session()
                .execute(select(*keys).where(table.c.id > last).order_by(table.c.id).limit(ROTATED_AT_ONCE))
                .all()
            )
            if not rows:
                break
            done = sum(
                _seal_anew(table, column, row, dict(zip(about, row[2:], strict=True)), is_text=is_text) for row in rows
            )
            last = rows[-1][0]
            yield done
    audit.record("vault.rotated", None, actor=SYSTEM, key=vault.current().newest)


def _sealed() -> Iterator[tuple[Any, Any, dict[str, Any], bool]]:
    """Give every column that holds something sealed, with what its seals are about."""
    account, sandbox, plan, export = (table_of(one) for one in (CloudAccount, Sandbox, SandboxPlan, SandboxExport))
    of_plan = select(sandbox.c.code).where(sandbox.c.id == plan.c.sandbox_id).scalar_subquery()
    of_export = select(sandbox.c.code).where(sandbox.c.id == export.c.sandbox_id).scalar_subquery()
    yield account, account.c.credentials, {"account/{id}": account.c.id}, True
    yield sandbox, sandbox.c.passphrase, {"{id}/stack": sandbox.c.code}, True
    yield sandbox, sandbox.c.secret_outputs, {"{id}/outputs": sandbox.c.code}, True
    yield plan, plan.c.plan_file, {"{id}/plan": of_plan}, False
    yield export, export.c.content, {"{id}/state": of_export}, False


def _seal_anew(table: Any, column: Any, row: Any, about: Mapping[str, Any], *, is_text: bool) -> int:
    sealed = row[1]
    if not sealed:
        return 0
    pattern, value = next(iter(about.items()))
    fresh = vault.sealed_anew(sealed, pattern.format(id=value), is_text=is_text)
    if fresh is None:
        return 0
    session().execute(update(table).where(table.c.id == row[0], column == sealed).values({column: fresh}))
    return 1
