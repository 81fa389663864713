"""Trials of proofs of concept, written down, used and confirmed by the operations."""

import io
import re
from datetime import date, timedelta

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tests.factories.vendors import UBNS
from tracker.accounts.access import ANONYMOUS, Actor
from tracker.core.db import session
from tracker.journey.models import Engagement
from tracker.notifications.models import OutboxMail
from tracker.poc.models import Poc, Trial, TrialConfirmation, UsageLog
from tracker.poc.operations import confirmations, links, trials, usage
from tracker.poc.operations.confirmations import CORRECTABLE, Origin, Said
from tracker.poc.operations.links import Recipient
from tracker.poc.operations.pocs import PocDetails, begin_poc
from tracker.poc.operations.trials import TrialDetails
from tracker.poc.operations.usage import Mapping
from tracker.poc.queries import trials as queries

BEGINS, ENDS = date(2026, 3, 2), date(2026, 3, 20)
FIRST_CUSTOMER = 1400
"""Where in the list of demo numbers the customers begin."""
HERE = Origin("203.0.113.7", "Test browser")


def poc(engagement: Engagement, *, actor: Actor) -> Poc:
    """Begin a proof of concept."""
    details = PocDetails(
        problem="紙本報價太慢",
        target_customers="中小製造業",
        value_proposition="當天報價",
        solution="雲端報價系統",
        address="https://try.example.com",
        starts_on=BEGINS,
        ends_on=date(2026, 10, 30),
    )
    return begin_poc(engagement, details, actor=actor)


def details(number: int = 0, **changes: object) -> TrialDetails:
    """Give a trial as it is typed; each number is a customer of its own."""
    values: dict[str, object] = {
        "ubn": UBNS[FIRST_CUSTOMER + number],
        "customer": f"示範客戶{number}",
        "industry": "製造業",
        "employees": 30,
        "contact_name": "陳窗口",
        "contact_email": f"contact{number}@customer{number}.example",
        "contact_phone": "02-2222-3333",
        "begins_on": BEGINS,
        "ends_on": ENDS,
        "accounts": 5,
        "tried": "用雲端報價系統做了十張報價單",
    }
    return TrialDetails(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


def trial(of: Poc, number: int = 0, *, actor: Actor, **changes: object) -> Trial:
    """Write a trial down."""
    return trials.add_trial(of, details(number, **changes), actor=actor)


def log_text(begins: date = BEGINS, days: int = 5, users: int = 3) -> str:
    """Write a log with one row for each use."""
    rows = ["日期,使用者,次數"]
    for day in range(days):
        rows += [f"{begins + timedelta(days=day)},使用者{user},{user + 1}" for user in range(users)]
    return "\n".join(rows) + "\n"


def upload(content: bytes | str, name: str = "usage.csv") -> FileStorage:
    """Give a file as a form hands it over."""
    data = content.encode() if isinstance(content, str) else content
    return FileStorage(io.BytesIO(data), name)


def use(of: Trial, content: bytes | str = "", *, name: str = "usage.csv", actor: Actor) -> UsageLog:
    """Hand in a log and count by the columns that its names tell."""
    file = upload(content or log_text(of.begins_on), name)
    log = usage.hand_in_log(of, file, usage.read_upload(file), actor=actor)
    mapping = Mapping(**log.mapping)
    usage.count_usage(log, mapping, usage.read_days(log, mapping), actor=actor)
    return log


def ask(of: Trial, *, actor: Actor, language: str = "zh-Hant") -> str:
    """Mail the customer its link, and give the token of the mail."""
    links.send_link(of, Recipient(of.contact_name, of.contact_email, language), actor=actor)
    return newest_mail(of.contact_email).text.split("/trial-confirmations/")[1].split("?")[0].split()[0]


def newest_mail(recipient: str) -> OutboxMail:
    """Give the newest mail to an address."""
    session().flush()
    statement = select(OutboxMail).where(OutboxMail.recipient == recipient).order_by(OutboxMail.id.desc())
    return session().scalars(statement.limit(1)).one()


def mailed_code(recipient: str) -> str:
    """Give the code of the newest mail to an address."""
    found = re.search(r"[0-9]{6}", newest_mail(recipient).subject)
    assert found, "The newest mail brings no code."
    return found[0]


def said(of: Trial, **changes: object) -> Said:
    """Give what a customer writes that finds everything right."""
    values: dict[str, object] = {name: getattr(of, name) for name in CORRECTABLE}
    asked = queries.questionnaire_of(queries.rulebook_for(of))
    values |= {
        "answers": {rule.id: rule.options[0].id for rule in asked},
        "comment": "很好用",
        "typed_name": "陳大文",
        "job_title": "資訊主管",
        "shown": queries.facts_of(of).digest,
    }
    return Said(**{**values, **changes})  # type: ignore[arg-type]  # typed by the dataclass


def confirm(of: Trial, token: str, **changes: object) -> TrialConfirmation:
    """Let the customer confirm by its link."""
    confirmations.keep_draft(token, said(of, **changes), actor=ANONYMOUS)
    return confirmations.confirm(token, mailed_code(of.contact_email), HERE, actor=ANONYMOUS)


def confirmed(of: Poc, number: int = 0, *, actor: Actor) -> Trial:
    """Take a trial from its first word to its confirmation."""
    made = trial(of, number, actor=actor)
    use(made, actor=actor)
    confirm(made, ask(made, actor=actor))
    return made
