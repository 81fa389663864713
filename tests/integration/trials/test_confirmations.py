"""What a customer says by its link or on paper is sealed, counts once, and only for what it was said of."""

import hashlib
import io
import json
from datetime import date, timedelta

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tests.factories import trials
from tests.factories.files import PDF
from tests.factories.journey import Case
from tracker.accounts.access import ANONYMOUS
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Gone, Refused
from tracker.core.queue import Work
from tracker.evidence import storage
from tracker.poc import jobs
from tracker.poc.models import Poc, Trial, TrialConfirmation
from tracker.poc.operations import confirmations, links, papers
from tracker.poc.operations import trials as trial_operations
from tracker.poc.operations.links import Recipient
from tracker.poc.operations.papers import Paper, PhoneCall
from tracker.poc.operations.sealing import RECEIPT
from tracker.poc.queries import trials as queries
from tracker.poc.rules.confirmation import MOST_LINKS_A_DAY, ConfirmationState, field_of
from tracker.poc.rules.trials import TrialState


def state_of(trial: Trial) -> TrialState:
    """Give where a trial stands now."""
    return trial.state


def test_a_customer_confirms_and_what_it_said_is_sealed_as_evidence(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)
    assert state_of(trial) is TrialState.ASKED

    said = trials.confirm(trial, token)

    assert state_of(trial) is TrialState.CONFIRMED
    assert said.state is ConfirmationState.STANDS
    record = json.loads(said.record)
    assert record["confirmed"]["accounts"] == 5
    assert record["from"] == {"address": "203.0.113.7", "browser": "Test browser"}
    assert record["signer"] == {"name": "陳大文", "title": "資訊主管"}
    assert all(one["words"] for one in record["answers"])
    assert said.evidence is not None
    assert said.evidence.stored_file is not None
    kept = storage.path_of(said.evidence.stored_file.sha256).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == said.seal
    assert kept.decode() == said.record
    assert queries.trial_counts(trial.poc_id).confirmed == 1


def test_corrections_go_into_the_trial_and_stand_beside_what_was_shown(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)

    said = trials.confirm(trial, token, accounts=3, ends_on=date(2026, 3, 4))

    assert (trial.accounts, trial.ends_on, trial.active_days) == (3, date(2026, 3, 4), 3)
    assert said.corrections["accounts"] == [5, 3]
    assert said.corrections["active_days"] == [5, 3]
    assert json.loads(said.record)["shown"]["accounts"] == 5
    assert said.facts_digest == queries.facts_of(trial).digest
    assert state_of(trial) is TrialState.CONFIRMED


def test_a_link_is_useless_twice(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)
    trials.confirm(trial, token)

    with pytest.raises(Gone, match="answered by this link already"):
        confirmations.keep_draft(token, trials.said(trial), actor=ANONYMOUS)
    with pytest.raises(Gone):
        confirmations.confirm(token, "000000", trials.HERE, actor=ANONYMOUS)
    with pytest.raises(Gone):
        confirmations.decline(token, "陳大文", "不對", trials.HERE, actor=ANONYMOUS)


def test_a_link_expires_is_revoked_and_renewed(trial: Trial, case: Case, moment: time_machine.Traveller) -> None:
    first = trials.ask(trial, actor=case.vendor)
    second = trials.ask(trial, actor=case.vendor)
    with pytest.raises(Gone, match="revoked"):
        links.get_link_by_token(first)
    newest = links.get_link_by_token(second)
    links.revoke_link(newest, actor=case.vendor)
    assert state_of(trial) is TrialState.OPEN
    with pytest.raises(Gone, match="revoked"):
        links.get_link_by_token(second)
    third = trials.ask(trial, actor=case.vendor)
    moment.shift(timedelta(days=14, seconds=1))
    with pytest.raises(Gone, match="expired"):
        links.get_link_by_token(third)
    with pytest.raises(Gone, match="not known"):
        links.get_link_by_token("x" * 43)
    assert queries.trial_counts(trial.poc_id).confirmed == 0


def test_a_trial_changed_after_it_was_opened_is_refused_and_nothing_is_lost(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)
    opened = trials.said(trial)
    confirmations.keep_draft(token, opened, actor=ANONYMOUS)
    code = trials.mailed_code(trial.contact_email)
    trial_operations.change_trial(trial, trials.details(accounts=500), actor=case.vendor)
    session().commit()

    with pytest.raises(Refused, match="changed this trial after you opened it"):
        confirmations.confirm(token, code, trials.HERE, actor=ANONYMOUS)
    with pytest.raises(Refused, match="changed this trial after you opened it"):
        confirmations.keep_draft(token, opened, actor=ANONYMOUS)

    assert links.get_link_by_token(token).draft["comment"] == "很好用"
    assert state_of(trial) is TrialState.ASKED
    assert not queries.confirmations_of(trial)
    said = trials.confirm(trial, token)
    assert json.loads(said.record)["shown"]["accounts"] == 500


def test_a_code_is_needed_holds_for_a_while_and_is_not_guessed(
    trial: Trial, case: Case, moment: time_machine.Traveller
) -> None:
    token = trials.ask(trial, actor=case.vendor)
    confirmations.keep_draft(token, trials.said(trial), actor=ANONYMOUS)
    code = trials.mailed_code(trial.contact_email)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(Refused, match="not the code"):
        confirmations.confirm(token, wrong, trials.HERE, actor=ANONYMOUS)
    for _time in range(5):
        confirmations.note_wrong_code(token)
    with pytest.raises(Refused, match="typed wrong 5 times"):
        confirmations.confirm(token, code, trials.HERE, actor=ANONYMOUS)
    confirmations.keep_draft(token, trials.said(trial), actor=ANONYMOUS)
    moment.shift(timedelta(minutes=31))
    with pytest.raises(Refused, match="code has expired"):
        confirmations.confirm(token, trials.mailed_code(trial.contact_email), trials.HERE, actor=ANONYMOUS)
    assert state_of(trial) is TrialState.ASKED


def test_an_answer_that_is_none_of_those_offered_is_refused(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)
    answers = dict(trials.said(trial).answers)
    answers["trials.question.ease"] = "nonsense"

    with pytest.raises(Refused, match="Choose an answer") as refusal:
        confirmations.keep_draft(token, trials.said(trial, answers=answers), actor=ANONYMOUS)

    assert refusal.value.field == field_of("trials.question.ease")


def test_the_link_does_not_go_to_the_vendors_own_people(trial: Trial, case: Case) -> None:
    own = case.vendor_user.email
    with pytest.raises(Refused, match="vendor's own people"):
        links.send_link(trial, Recipient("陳大文", own.upper()), actor=case.vendor)

    link = links.send_link(trial, Recipient("陳大文", f"other@{own.partition('@')[2]}"), actor=case.vendor)

    assert link.same_house


def test_a_customer_is_not_mailed_without_end(trial: Trial, case: Case) -> None:
    for _time in range(MOST_LINKS_A_DAY):
        trials.ask(trial, actor=case.vendor)

    with pytest.raises(Refused, match="within a day"):
        trials.ask(trial, actor=case.vendor)


def test_nobody_is_asked_before_the_trial_is_over_and_used(poc: Poc, case: Case) -> None:
    running = trials.trial(poc, 0, actor=case.vendor, ends_on=date(2026, 4, 2))
    unused = trials.trial(poc, 1, actor=case.vendor)
    trials.use(running, actor=case.vendor)

    with pytest.raises(Refused, match="once it is over"):
        trials.ask(running, actor=case.vendor)
    with pytest.raises(Refused, match="usage log first"):
        trials.ask(unused, actor=case.vendor)


def test_a_customer_declines_and_the_reason_is_sealed(trial: Trial, case: Case) -> None:
    token = trials.ask(trial, actor=case.vendor)

    said = confirmations.decline(token, "陳大文", "我們沒有試用", trials.HERE, actor=ANONYMOUS)

    assert state_of(trial) is TrialState.DECLINED
    assert json.loads(said.record)["reason"] == "我們沒有試用"
    assert queries.trial_counts(trial.poc_id).flagged == 1
    again = trials.confirm(trial, trials.ask(trial, actor=case.vendor))
    assert again.number == 2
    assert state_of(trial) is TrialState.CONFIRMED


def paper(**changes: object) -> Paper:
    """Give what stands on a signed form."""
    answers = {
        "trials.question.solved": "mostly",
        "trials.question.ease": "fairly",
        "trials.question.reliability": "no-outage",
        "trials.question.subscribe": "yes",
    }
    values: dict[str, object] = {
        "signer": "陳大文",
        "signer_title": "廠長",
        "signed_on": date(2026, 3, 25),
        "answers": answers,
    }
    return Paper(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


def scan() -> FileStorage:
    """Give a scan."""
    return FileStorage(io.BytesIO(PDF), "signed.pdf")


CALL = PhoneCall("02-1234-5678", date(2026, 3, 31), "陳大文", "確認簽名與試用期間")


def test_a_signed_form_counts_after_a_phone_call_by_another_person(trial: Trial, case: Case) -> None:
    handed_in = papers.hand_in_paper(trial, scan(), paper(), actor=case.staff)
    assert state_of(trial) is TrialState.PAPER
    assert queries.trial_counts(trial.poc_id).confirmed == 0
    with pytest.raises(Refused, match="handed in this form yourself"):
        papers.verify_paper(handed_in, CALL, actor=case.staff)
    with pytest.raises(Refused, match="waits for its phone call"):
        trial_operations.change_trial(trial, trials.details(accounts=9), actor=case.vendor)

    papers.verify_paper(handed_in, CALL, actor=case.lead)

    assert state_of(trial) is TrialState.CONFIRMED
    record = json.loads(handed_in.record)
    assert record["call"]["spoke_with"] == "陳大文"
    assert record["form_sha256"] == hashlib.sha256(PDF).hexdigest()
    with pytest.raises(Refused, match="decided about already"):
        papers.return_paper(handed_in, "再看一次", actor=case.lead)


def test_a_returned_form_leaves_the_trial_open(trial: Trial, case: Case) -> None:
    handed_in = papers.hand_in_paper(trial, scan(), paper(), actor=case.vendor)

    papers.return_paper(handed_in, "電話中客戶說沒有簽", actor=case.staff)

    assert state_of(trial) is TrialState.OPEN
    assert handed_in.state is ConfirmationState.RETURNED


@pytest.mark.parametrize("day", [date(2026, 3, 19), date(2026, 4, 2)])
def test_a_form_is_signed_after_the_trial_and_not_in_the_future(trial: Trial, case: Case, day: date) -> None:
    with pytest.raises(Refused):
        papers.hand_in_paper(trial, scan(), paper(signed_on=day), actor=case.vendor)


def work_on_receipt(said: TrialConfirmation) -> None:
    """Do what the worker does."""
    queued = session().scalars(select(Work).where(Work.kind == RECEIPT)).one()
    made = jobs.TASKS[RECEIPT].prepare(queued.payload)
    with unit_of_work():
        jobs.TASKS[RECEIPT].record(queued.payload, made)
    session().refresh(said)


def test_both_get_a_receipt_that_says_what_was_sealed(trial: Trial, case: Case) -> None:
    said = trials.confirm(trial, trials.ask(trial, actor=case.vendor, language="en"), accounts=4, language="en")
    session().commit()

    work_on_receipt(said)

    assert said.receipt is not None
    assert said.receipt.stored_file is not None
    text = "".join(page.extract_text() for page in PdfReader(storage.path_of(said.receipt.stored_file.sha256)).pages)
    assert "Receipt of a confirmation" in text
    assert "5 → 4" in text
    assert said.seal[:20] in text.replace("\n", "")
    mail = trials.newest_mail(trial.contact_email)
    assert "/trial-receipts/" in mail.text
    assert said.seal in mail.text
