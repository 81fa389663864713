"""The pages of trials, confirmations and dossiers, as people use them without JavaScript."""

import io
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask

from tests.factories import trials
from tests.factories.files import PDF
from tests.factories.journey import Case
from tests.factories.vendors import UBNS
from tests.support.pages import Page, PageClient
from tests.support.queries import counted
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.poc.models import Poc, Trial
from tracker.poc.queries import trials as queries
from tracker.poc.rules.trials import TrialState
from tracker.worker import Worker

SignIn = Callable[[User], PageClient]
MOST_QUERIES = 12
ANSWERS = {
    "answer_solved": "fully",
    "answer_ease": "very",
    "answer_reliability": "no-outage",
    "answer_subscribe": "yes",
}
TYPED = {
    "customer": "示範客戶",
    "ubn": UBNS[trials.FIRST_CUSTOMER],
    "industry": "製造業",
    "employees": "30",
    "contact_name": "陳窗口",
    "contact_email": "chen@customer.example",
    "begins_on": "115/3/2",
    "ends_on": "115/3/20",
    "accounts": "５",
    "tried": "報價",
}


def asked_page(trial: Trial, case: Case) -> str:
    """Ask the customer, and give the address of its page."""
    token = trials.ask(trial, actor=case.vendor)
    session().commit()
    return f"/trial-confirmations/{token}"


def answer(client: PageClient, path: str, **changes: str) -> Page:
    """Fill in the customer's page, down to the question for the code."""
    return client.post(path, {**ANSWERS, "typed_name": "陳大文", "agreed": "y", **changes}, page=path)


def test_a_trial_is_written_used_asked_and_confirmed_by_plain_forms(
    poc: Poc, case: Case, sign_in: SignIn, client: PageClient
) -> None:
    vendor = sign_in(case.vendor_user)
    page = vendor.post(f"/pocs/{poc.id}/trials/new", TYPED)
    (trial,) = queries.trials_of(poc)
    assert "示範客戶" in page.heading
    mixed = "日期,使用者,次數\n115/3/3,王小明,2\n".encode() + "民國115年3月4日,許功蓋,1\n壞掉的日期,陳,1\n".encode(
        "cp950"
    )
    page = vendor.post(f"/trials/{trial.id}/usage-logs/new", {"file": (io.BytesIO(mixed), "使用紀錄.csv")})
    assert "Big5 (CP950)" in page.text
    assert "許功蓋" in page.text
    log = queries.logs_of(trial)[0]
    page = vendor.post(f"/trial-usage-logs/{log.id}")
    assert "壞掉的日期" in page.text
    assert (trial.active_days, trial.most_users, trial.events) == (2, 1, 3)
    page = vendor.post(f"/trials/{trial.id}/ask", {"language": "en"})
    mail = trials.newest_mail("chen@customer.example")
    path = "/trial-confirmations/" + mail.text.split("/trial-confirmations/")[1].split()[0]

    page = client.get(path)
    assert page.tree.get("lang") == "en"
    assert "Industry" in page.text
    page = answer(client, path, accounts="4", comment="=1+1")
    page = client.post(path.split("?")[0] + "/code", {"code": trials.mailed_code("chen@customer.example")})

    assert "Thank you" in page.text
    session().expire_all()
    assert trial.state is TrialState.CONFIRMED
    assert trial.accounts == 4
    shown = sign_in(case.staff_user).get(f"/trials/{trial.id}")
    assert queries.confirmations_of(trial)[0].seal in shown.text
    client.get(path, status=410)


def test_both_read_the_receipt(trial: Trial, case: Case, client: PageClient, sign_in: SignIn, app: Flask) -> None:
    path = asked_page(trial, case)
    answer(client, path)
    client.post(f"{path}/code", {"code": trials.mailed_code(trial.contact_email)})
    worker = Worker(app)
    while worker.work_once():
        session().expire_all()

    mail = trials.newest_mail(trial.contact_email)
    received = client.fetch("/trial-receipts/" + mail.text.split("/trial-receipts/")[1].split()[0])
    assert received.data.startswith(b"%PDF")
    said = queries.confirmations_of(trial)[0]
    assert sign_in(case.vendor_user).fetch(f"/evidence/{said.receipt_id}").data == received.data
    client.get("/trial-receipts/nonsense", status=410)


def test_an_expired_foreign_replayed_or_revoked_link_is_gone(
    trial: Trial, case: Case, client: PageClient, sign_in: SignIn, moment: time_machine.Traveller
) -> None:
    foreign = f"/trial-confirmations/{'x' * 43}"
    assert client.get(foreign, status=410).heading
    first = asked_page(trial, case)
    vendor = sign_in(case.vendor_user)
    link = queries.links_of(trial)[0]
    form = client.get(first).fields()
    vendor.post(f"/trial-links/{link.id}/revoke", page=f"/trials/{trial.id}")
    for path in (first, f"{first}/code", f"{first}/decline"):
        client.get(path, status=410)
    client.send(first, {**form, **ANSWERS, "agreed": "y"}, status=410)
    second = asked_page(trial, case)
    answer(client, second)
    code = trials.mailed_code(trial.contact_email)
    coded = client.get(f"{second}/code").fields()
    client.send(f"{second}/code", {**coded, "code": code})
    client.send(f"{second}/code", {**coded, "code": code, "once": "another-key-of-the-form"}, status=410)
    session().expire_all()
    assert len(queries.confirmations_of(trial)) == 1
    vendor.post(f"/trials/{trial.id}/edit", {"accounts": "6"})
    third = asked_page(trial, case)
    moment.shift(timedelta(days=15))
    client.get(third, status=410)


def test_a_trial_changed_after_it_was_opened_is_refused_and_what_was_typed_stays(
    trial: Trial, case: Case, client: PageClient, sign_in: SignIn
) -> None:
    path = asked_page(trial, case)
    opened = client.get(path).fields()
    sign_in(case.vendor_user).post(f"/trials/{trial.id}/edit", {"accounts": "900"})

    page = client.send(path, {**opened, **ANSWERS, "typed_name": "陳大文", "agreed": "y", "comment": "仍在這裡"})

    assert "nothing was confirmed" in page.text or "沒有確認" in page.text
    assert "仍在這裡" in page.text
    assert "900" in page.text
    session().expire_all()
    assert trial.state is TrialState.ASKED


def test_guessing_the_code_is_throttled(trial: Trial, case: Case, client: PageClient) -> None:
    path = asked_page(trial, case)
    answer(client, path)
    code = trials.mailed_code(trial.contact_email)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _time in range(5):
        client.post(f"{path}/code", {"code": wrong})

    page = client.post(f"{path}/code", {"code": code}, status=429)

    assert page.response.headers["Retry-After"]
    session().expire_all()
    assert trial.state is TrialState.ASKED


def test_mailing_codes_without_end_is_throttled(trial: Trial, case: Case, client: PageClient) -> None:
    path = asked_page(trial, case)
    for _time in range(5):
        answer(client, path)

    form = client.get(path).fields()
    client.send(path, {**form, **ANSWERS, "agreed": "y", "once": "one-more-time"}, status=429)


def test_a_customer_declines_on_the_page(trial: Trial, case: Case, client: PageClient, sign_in: SignIn) -> None:
    path = asked_page(trial, case)

    client.post(f"{path}/decline", {"reason": "我們沒有用過"})

    session().expire_all()
    assert trial.state is TrialState.DECLINED
    assert "我們沒有用過" in sign_in(case.staff_user).get(f"/trials/{trial.id}").text


def test_a_signed_form_goes_from_paper_to_the_phone_call(trial: Trial, case: Case, sign_in: SignIn) -> None:
    vendor, staff = sign_in(case.vendor_user), sign_in(case.staff_user)
    assert vendor.fetch(f"/trials/{trial.id}/form.pdf").data.startswith(b"%PDF")
    vendor.post(
        f"/trials/{trial.id}/papers/new",
        {**ANSWERS, "file": (io.BytesIO(PDF), "signed.pdf"), "signer": "陳大文", "signed_on": "115/3/25"},
    )
    paper = queries.confirmations_of(trial)[0]
    assert any(link.endswith(f"/trial-papers/{paper.id}") for link in staff.get("/trial-papers").links)
    vendor.get(f"/trial-papers/{paper.id}", status=403)

    staff.post(
        f"/trial-papers/{paper.id}",
        {"phone": "02-1234-5678", "called_on": "115/4/1", "spoke_with": "陳大文", "note": "確認"},
    )

    session().expire_all()
    assert trial.state is TrialState.CONFIRMED


def test_a_dossier_is_asked_for_and_taken_away(trial: Trial, poc: Poc, case: Case, sign_in: SignIn, app: Flask) -> None:
    vendor, staff = sign_in(case.vendor_user), sign_in(case.staff_user)
    assert 'value="full"' not in vendor.get(f"/pocs/{poc.id}/dossiers/new").text
    page = staff.post(f"/pocs/{poc.id}/dossiers/new", {"level": "full"})
    assert "hx-trigger" in page.text
    worker = Worker(app)
    while worker.work_once():
        session().expire_all()

    assert staff.fetch("/dossiers/1/archive").data.startswith(b"PK")
    assert staff.fetch("/dossiers/1/document").data.startswith(b"%PDF")
    vendor.fetch("/dossiers/1/archive", status=403)


@pytest.mark.parametrize("amount", [1, 6])
def test_no_page_asks_the_database_more_with_more_trials(
    poc: Poc, case: Case, sign_in: SignIn, client: PageClient, amount: int
) -> None:
    for number in range(amount):
        trials.confirmed(poc, number, actor=case.vendor)
    last = trials.trial(poc, 20, actor=case.vendor)
    trials.use(last, actor=case.vendor)
    path = asked_page(last, case)
    vendor = sign_in(case.vendor_user)

    for address in (f"/pocs/{poc.id}/trials", f"/trials/{queries.trials_of(poc)[0].id}", f"/pocs/{poc.id}/dossiers"):
        assert counted(partial(vendor.get, address)) <= MOST_QUERIES, address
    assert counted(lambda: client.get(path)) <= MOST_QUERIES


def test_what_a_customer_types_is_text_everywhere(
    trial: Trial, case: Case, client: PageClient, sign_in: SignIn
) -> None:
    path = asked_page(trial, case)
    answer(client, path, comment="<script>alert(1)</script>", tried="<b>粗</b>")
    client.post(f"{path}/code", {"code": trials.mailed_code(trial.contact_email)})

    page = sign_in(case.staff_user).get(f"/trials/{trial.id}")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "<b>粗" not in page.text


def test_a_trial_that_ends_before_it_begins_is_shown_at_its_field(poc: Poc, case: Case, sign_in: SignIn) -> None:
    page = sign_in(case.vendor_user).post(f"/pocs/{poc.id}/trials/new", {**TYPED, "ends_on": "115/3/1"})

    assert page.fields()["tried"] == "報價"
    assert not queries.trials_of(poc)
    assert any(one.get("aria-invalid") == "true" and one.get("name") == "ends_on" for one in page.all("input"))
