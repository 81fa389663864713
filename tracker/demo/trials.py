"""The demo's trials: enterprise customers that try the solution, their usage, and the confirmation that they give by their link."""

import io
import re
import tempfile
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tracker.accounts.access import ANONYMOUS
from tracker.core.db import session
from tracker.core.ubn import demo_ubns
from tracker.journey.rules import Party, Step
from tracker.notifications.models import OutboxMail
from tracker.poc import usage_child
from tracker.poc.models import Poc, Trial
from tracker.poc.operations import confirmations, links, usage
from tracker.poc.operations import trials as operations
from tracker.poc.operations.confirmations import CORRECTABLE, Origin, Said
from tracker.poc.operations.links import Recipient
from tracker.poc.operations.trials import TrialDetails
from tracker.poc.operations.usage import Mapping
from tracker.poc.queries import trials as queries

if TYPE_CHECKING:
    from tracker.demo.history import Case

CUSTOMERS = ("示範五金製造", "示範食品加工", "示範車用零件")
NUMBERS = demo_ubns(1_800)[-600:]
HERE = Origin("203.0.113.20", "Demo browser")
LENGTH = timedelta(days=14)


def plan_trials(case: "Case", begins: datetime, last: datetime) -> None:
    """Plan the trials of a proof that began then; those of engagements past the test step are confirmed by `last`."""
    if case.story.step is Step.MIGRATE:
        return
    starts = begins + (last - begins) * 0.4
    for number in range(len(CUSTOMERS)):
        written = starts + timedelta(days=number)
        case.at(written, partial(write_down, case, number, starts.date()))
        ends = written + LENGTH + timedelta(days=2)
        case.at(min(ends, last - timedelta(hours=8 - number)), partial(ask, case, number))
        if number == 0 or case.number % 3:
            case.at(min(ends + timedelta(days=2), last - timedelta(hours=4 - number)), partial(confirm, case, number))


def trial_of(case: "Case", number: int) -> Trial:
    """Read a trial of the engagement."""
    statement = select(Trial).join(Poc, Poc.id == Trial.poc_id)
    return session().scalars(statement.where(Poc.engagement_id == case.engagement_id, Trial.number == number + 1)).one()


def write_down(case: "Case", number: int, starts_on: date) -> None:
    """Write a trial down, with the log of its usage."""
    poc = session().scalars(select(Poc).where(Poc.engagement_id == case.engagement_id)).one()
    vendor = case.doer(Party.VENDOR)
    ends_on = min(starts_on + LENGTH, poc.engagement.programme.ends_on)
    made = operations.add_trial(
        poc,
        TrialDetails(
            ubn=NUMBERS[(case.number * len(CUSTOMERS) + number) % len(NUMBERS)],
            customer=f"{CUSTOMERS[number]}股份有限公司",
            industry="製造業",
            employees=60 + 20 * number,
            contact_name="示範窗口",
            contact_email=f"trial{case.number}-{number}@customer.example",
            begins_on=starts_on,
            ends_on=ends_on,
            accounts=5 + number,
            tried="以雲端版處理兩週的實際訂單，並由現場主管檢視報表。",
        ),
        actor=vendor,
    )
    rows = [
        f"{starts_on + timedelta(days=day)},{2 + (day * 3 + number) % 5},{20 + day * 7 % 40}"
        for day in range((ends_on - starts_on).days)
        if day % 7 not in (5, 6)
    ]
    count_log(made, "\n".join(["日期,使用人數,次數", *rows, ""]).encode(), case)


def count_log(trial: Trial, content: bytes, case: "Case") -> None:
    """Hand in a log and count by it; it is read here and not by a child process, since the demo wrote it itself."""
    vendor = case.doer(Party.VENDOR)
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
        copy.write(content)
        copy.flush()
        reading = usage_child.read(Path(copy.name), "csv", None)
        file = FileStorage(io.BytesIO(content), "使用紀錄.csv")
        log = usage.hand_in_log(trial, file, reading, actor=vendor)
        mapping = Mapping(**log.mapping)
        usage.count_usage(log, mapping, usage_child.read(Path(copy.name), "csv", mapping.plain()), actor=vendor)


def ask(case: "Case", number: int) -> None:
    """Mail the customer its link."""
    trial = trial_of(case, number)
    links.send_link(trial, Recipient(trial.contact_name, trial.contact_email), actor=case.doer(Party.VENDOR))


def confirm(case: "Case", number: int) -> None:
    """Let the customer confirm, by the link and the code that it was mailed."""
    trial = trial_of(case, number)
    token = _newest_mail(trial).text.split("/trial-confirmations/")[1].split("?")[0].split()[0]
    questions = queries.questionnaire_of(queries.rulebook_for(trial))
    said = Said(
        **{name: getattr(trial, name) for name in CORRECTABLE},
        answers={rule.id: rule.options[0].id for rule in questions},
        comment="現場同仁很快上手，希望加上行動裝置通知。",
        typed_name="示範窗口",
        job_title="資訊主管",
        shown=queries.facts_of(trial).digest,
    )
    confirmations.keep_draft(token, said, actor=ANONYMOUS)
    code = re.search(r"[0-9]{6}", _newest_mail(trial).subject)
    if code is None:
        raise RuntimeError("The mail to a trial customer brings no code.")
    confirmations.confirm(token, code[0], HERE, actor=ANONYMOUS)


def _newest_mail(trial: Trial) -> OutboxMail:
    session().flush()
    statement = select(OutboxMail).where(OutboxMail.recipient == trial.contact_email)
    return session().scalars(statement.order_by(OutboxMail.id.desc()).limit(1)).one()
