"""A vendor, and an expert, cannot see, guess, stream or cancel what belongs to another's engagement."""

from collections.abc import Callable

import pytest

from tests.factories import sandboxes
from tests.factories.journey import Case
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.rules.states import CancelStage, SandboxState

SignIn = Callable[[User], PageClient]


@pytest.fixture
def theirs(other_case: Case) -> Sandbox:
    """Give a running sandbox of the other vendor, with a queued destroy of a second one."""
    made = sandboxes.running(
        other_case.engagement, actor=other_case.vendor, second=other_case.staff, title="別家的沙箱"
    )
    session().commit()
    return made


def test_another_vendor_is_answered_as_if_there_were_nothing(case: Case, theirs: Sandbox, sign_in: SignIn) -> None:
    operation, plan = sandboxes.operation_of(theirs), sandboxes.plan_of(theirs)
    here, there = f"/sandboxes/{theirs.id}", f"/sandboxes/operations/{operation.id}"
    for user in (case.vendor_user, case.expert_user):
        client = sign_in(user)
        for path in (here, f"{here}/drift", f"{here}/destroy", f"{here}/extend", f"{here}/change", there):
            client.get(path, status=404)
        for path in (f"{there}/events", f"{there}/news", f"{there}/log.txt", f"/sandboxes/plans/{plan.id}"):
            assert client.browser.get(path).status_code == 404
        assert "別家的沙箱" not in client.get("/sandboxes").text
        assert "別家的沙箱" not in client.get(f"/sandboxes?engagement={theirs.engagement_id}").text
        assert "別家的沙箱" not in client.get(f"/sandboxes/destroy-many?id={theirs.id}").text
        assert "別家的沙箱" not in client.get("/search?q=別家的沙箱").text.replace('value="別家的沙箱"', "").replace(
            "「別家的沙箱」", ""
        )


def test_another_vendor_cannot_act(case: Case, theirs: Sandbox, sign_in: SignIn) -> None:
    operation = sandboxes.begin(_destroying(theirs, case))
    session().commit()
    client = sign_in(case.vendor_user)
    own = client.get("/sandboxes").response.status_code
    assert own == 200
    token = client.get("/account").fields()["csrf_token"]

    for path in (
        f"/sandboxes/operations/{operation.id}/cancel",
        f"/sandboxes/{theirs.id}/outputs/password/reveal",
        f"/sandboxes/{theirs.id}/drift/repair",
        f"/sandboxes/{theirs.id}/drill",
    ):
        client.send(path, {"csrf_token": token}, status=404)
    client.send(f"/sandboxes/destroy-many?id={theirs.id}", {"csrf_token": token, "reason": "x"})

    session().expire_all()
    assert operation.cancel_stage is CancelStage.NONE
    assert theirs.state is SandboxState.DESTROYING


def _destroying(sandbox: Sandbox, case: Case) -> Sandbox:
    from tracker.sandboxes.operations import removal  # noqa: PLC0415 - used here alone

    removal.destroy_sandbox(sandbox, actor=case.staff)
    session().flush()
    return sandbox
