"""The pages of sandboxes as people use them, without JavaScript."""

from collections.abc import Callable

from sqlalchemy import select

from tests.factories import sandboxes
from tests.factories.journey import Case
from tests.support.pages import PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.core.audit import AuditRecord
from tracker.core.db import session
from tracker.journey.queries import gates
from tracker.sandboxes import prefill
from tracker.sandboxes.gate import missing
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.prefill import Recommendation
from tracker.sandboxes.rules.states import PlanState, SandboxState

SignIn = Callable[[User], PageClient]
MOST_QUERIES = 12


def stored_state(sandbox: Sandbox) -> SandboxState:
    """Give the state of a sandbox as it is stored now."""
    session().expire_all()
    return sandbox.state


def test_a_vendor_asks_and_the_office_approves_by_plain_forms(case: Case, sign_in: SignIn) -> None:
    vendor, staff = sign_in(case.vendor_user), sign_in(case.staff_user)

    page = vendor.post(
        f"/engagements/{case.engagement.id}/sandboxes/new",
        {"title": "負載測試", "purpose": "量測尖峰", "days": "３", "budget": "100"},
    )
    (sandbox,) = session().scalars(select(Sandbox)).all()
    assert page.heading == "負載測試"
    sandboxes.carry_out(sandbox, sandboxes.PLANNED)
    session().commit()
    plan = sandboxes.plan_of(sandbox)
    read = staff.get(f"/sandboxes/plans/{plan.id}")
    assert plan.digest in read.text
    assert "US$40.00–65.50" in read.text
    staff.post(f"/sandboxes/plans/{plan.id}/approve", page=f"/sandboxes/plans/{plan.id}")

    session().expire_all()
    assert sandbox.lifetime_hours == 3 * 24
    assert (plan.state, sandbox.state) == (PlanState.APPROVED, SandboxState.DEPLOYING)


def test_the_form_is_filled_with_what_the_assessment_recommends(case: Case, sign_in: SignIn) -> None:
    known = list(prefill._recommenders)
    advice = Recommendation(
        "azure_saas", {"region": "japaneast", "size": "large", "rto_minutes": 60, "backup_cloud": "aws"}
    )
    prefill.register(lambda _engagement, _actor: advice)
    try:
        page = sign_in(case.vendor_user).get(f"/engagements/{case.engagement.id}/sandboxes/new")
    finally:
        prefill._recommenders[:] = known

    filled = page.fields()
    assert (filled["region"], filled["size"], filled["rto_minutes"]) == ("japaneast", "large", "60")
    assert filled["backup_cloud"] == "aws"


def test_every_fault_of_a_request_is_told_at_its_field(case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.vendor_user).post(
        f"/engagements/{case.engagement.id}/sandboxes/new",
        {"title": "", "purpose": "x", "days": "99", "budget": "100", "rto_minutes": "2", "tenants": "Bad Name"},
    )

    assert "請填寫這個沙箱的名稱" in page.text
    assert "介於 5 到 10,080" in page.text
    assert page.all("textarea")[0].text == "\nx" or "x" in "".join(page.all("textarea")[0].itertext())
    assert not session().scalars(select(Sandbox)).all()


def test_a_secret_is_shown_once_and_nowhere_else(case: Case, sign_in: SignIn) -> None:
    sandbox = sandboxes.running(case.engagement, actor=case.vendor, second=case.staff)
    session().commit()
    client, here = sign_in(case.vendor_user), f"/sandboxes/{sandbox.id}"
    assert sandboxes.SECRET not in client.get(here).text
    action = f"{here}/outputs/password/reveal"
    form = client.get(here).fields(action)

    shown = client.send(action, form)

    assert sandboxes.SECRET in shown.text
    assert sandboxes.SECRET not in client.get(here).text
    assert sandboxes.SECRET not in client.send(action, form).text
    records = session().scalars(select(AuditRecord).where(AuditRecord.action == "sandbox.output_revealed")).all()
    assert [record.details["output"] for record in records] == ["password"]
    assert sandboxes.SECRET not in str([record.details for record in session().scalars(select(AuditRecord))])
    assert sandboxes.SECRET not in str(
        [row.secret_outputs for row in session().execute(select(Sandbox.secret_outputs))]
    )


def test_destroying_asks_for_the_code(case: Case, sign_in: SignIn) -> None:
    sandbox = sandboxes.running(case.engagement, actor=case.vendor, second=case.staff)
    session().commit()
    client, path = sign_in(case.vendor_user), f"/sandboxes/{sandbox.id}/destroy"

    client.post(path, {"code": "another"})
    assert stored_state(sandbox) is SandboxState.RUNNING
    client.post(path, {"code": sandbox.code})

    assert stored_state(sandbox) is SandboxState.DESTROYING


def test_many_are_destroyed_together_and_each_is_told_of(case: Case, sign_in: SignIn) -> None:
    running = sandboxes.running(case.engagement, actor=case.vendor, second=case.staff)
    waiting = sandboxes.requested(case.engagement, actor=case.vendor)
    session().commit()
    client, path = sign_in(case.staff_user), f"/sandboxes/destroy-many?id={running.id}&id={waiting.id}"

    preview = client.get(path)
    assert "這個狀態沒有東西可以銷毀" in preview.text
    session().expire_all()
    assert running.state is SandboxState.RUNNING
    done = client.post(path, {"reason": "計畫結束"})

    session().expire_all()
    assert "1/2" in done.text or "1 / 2" in done.text or "2 個中的 1 個" in done.text
    assert (running.state, waiting.state) == (SandboxState.DESTROYING, SandboxState.REQUESTED)


def test_an_expired_sandbox_keeps_the_gate_closed(case: Case) -> None:
    sandbox = sandboxes.running(case.engagement, actor=case.vendor, second=case.staff)
    assert missing(case.engagement) == []
    sandbox.expires_at = sandbox.live_since
    session().flush()

    (found,) = missing(case.engagement)

    assert found.what.params == {"title": sandbox.title}
    assert found in gates.missing_of(case.step())


def test_pages_ask_the_database_as_often_for_many_as_for_one(case: Case, other_case: Case, sign_in: SignIn) -> None:
    sandbox = sandboxes.destroyed(case.engagement, actor=case.vendor, second=case.staff)
    left = sandboxes.with_leftovers(case.engagement, actor=case.vendor, second=case.staff)
    operation = sandboxes.operation_of(left)
    for number in range(5):
        sandboxes.resource(operation, f"files-{number}")
    sandboxes.running(other_case.engagement, actor=other_case.vendor, second=case.staff)
    session().commit()
    client = sign_in(case.staff_user)
    paths = [
        "/sandboxes",
        "/sandboxes/new",
        f"/engagements/{case.engagement.id}/sandboxes/new",
        f"/sandboxes/{sandbox.id}",
        f"/sandboxes/{left.id}",
        f"/sandboxes/{left.id}/drift",
        f"/sandboxes/{left.id}/destroy",
        f"/sandboxes/plans/{sandboxes.plan_of(sandbox).id}",
        f"/sandboxes/operations/{operation.id}",
        f"/sandboxes/operations/{operation.id}/news",
        "/sandboxes/capacity",
        "/sandboxes/leftovers",
        "/sandboxes/workers",
        "/sandboxes/drills",
        f"/sandboxes/extend-many?id={sandbox.id}&id={left.id}",
        f"/sandboxes/destroy-many?id={sandbox.id}&id={left.id}",
        f"/engagements/{case.engagement.id}",
    ]
    for path in paths:
        asked = counted(lambda path=path: client.get(path))  # type: ignore[misc]  # mypy gives such a lambda no type
        assert asked <= MOST_QUERIES, f"{path}: {asked} queries"


def test_engagements_are_told_apart_by_what_their_newest_drill_came_to(
    case: Case, other_case: Case, sign_in: SignIn
) -> None:
    sandbox = sandboxes.running(case.engagement, actor=case.vendor, second=case.staff)
    sandboxes.drilled(sandbox, "{}")
    sandboxes.drilled(sandbox, '{"again": true}', passed=False)
    session().commit()
    drilled, undrilled = (f'engagement={one.engagement.id}"' for one in (case, other_case))
    staff = sign_in(case.staff_user)

    pages = {result: staff.get(f"/sandboxes/drills?result={result}").text for result in ("none", "failed", "passed")}

    assert {result for result, text in pages.items() if drilled in text} == {"failed"}
    assert {result for result, text in pages.items() if undrilled in text} == {"none"}


def test_words_narrow_what_a_sandbox_can_be_asked_for(case: Case, other_case: Case, sign_in: SignIn) -> None:
    staff, name = sign_in(case.staff_user), case.engagement.product.name_zh
    asks = [f"/engagements/{one.engagement.id}/sandboxes/new" for one in (case, other_case)]

    everything, narrowed, nothing = (
        staff.get(f"/sandboxes/new{words}").text for words in ("", f"?q={name}", "?q=查無此案")
    )

    assert [ask in everything for ask in asks] == [True, True]
    assert asks[0] in narrowed
    assert [ask in nothing for ask in asks] == [False, False]
    assert "符合這些字詞" in nothing
