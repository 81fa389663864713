"""The world's trials: one that its customer was asked to confirm, one confirmed by link, one on paper, and a dossier."""

import io
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from tests.factories import trials
from tests.factories.vendors import UBNS
from tracker.accounts.access import Actor
from tracker.core.db import session
from tracker.poc import jobs
from tracker.poc.models import ConfirmationLink, Poc, Trial
from tracker.poc.operations import dossiers, papers
from tracker.poc.operations.papers import Paper
from tracker.poc.operations.sealing import RECEIPT
from tracker.poc.queries import trials as queries
from tracker.poc.rules.dossiers import Redaction

if TYPE_CHECKING:
    from tests.factories.world import Side, World

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
FIRST = 1300
"""Where in the list of demo numbers the world's customers begin."""


def try_out(world: "World", side: "Side") -> None:
    """Let customers try the vendor's solution and say so in every way."""
    vendor = world.actor(side.member)
    poc = session().get_one(Poc, side.ids["poc_id"])
    asked, confirmed, signed = (_trial(side, poc, number, vendor) for number in range(3))
    side.ids["confirm_token"] = trials.ask(asked, actor=vendor)
    link = session().scalars(select(ConfirmationLink).where(ConfirmationLink.trial_id == asked.id)).one()
    log = queries.logs_of(asked)[0]
    said = trials.confirm(
        confirmed,
        trials.ask(confirmed, actor=vendor),
        typed_name=side.case_text("簽署人"),
        job_title=side.case_text("職稱"),
        comment=side.case_text("意見 "),
    )
    task = jobs.TASKS[RECEIPT]
    payload = {"confirmation_id": said.id}
    task.record(payload, task.prepare(payload))
    receipt = trials.newest_mail(confirmed.contact_email).text.partition("/trial-receipts/")[2].split()[0]
    paper = _paper(side, signed, vendor)
    side.ids |= {"trial_id": asked.id, "link_id": link.id, "log_id": log.id, "receipt_token": receipt}
    side.ids |= {"confirmation_id": paper, "confirmed_trial_id": confirmed.id}
    dossier = dossiers.ask_for_dossier(poc, Redaction.MASKED, "zh-Hant", actor=vendor)
    session().flush()
    task, payload = jobs.TASKS[dossiers.MAKE], {"dossier_id": dossier.id}
    task.record(payload, task.prepare(payload))
    side.ids["dossier_id"] = dossier.id


def _trial(side: "Side", poc: Poc, number: int, vendor: Actor) -> Trial:
    place = FIRST + number + 10 * (side.marker == "Yellowtail")
    made = trials.trial(
        poc,
        number,
        actor=vendor,
        ubn=UBNS[place],
        customer=side.text(f"試用客戶{number} "),
        industry=side.text("產業 "),
        contact_name=side.case_text("客戶窗口"),
        contact_email=f"trial{number}@{side.case_marker.lower()}.example",
        tried=side.case_text("試用內容 "),
    )
    text = trials.log_text().replace("使用者", f"使用者{side.case_marker}")
    trials.use(made, text, name=f"{side.case_text('使用紀錄')}.csv", actor=vendor)
    return made


def _paper(side: "Side", trial: Trial, vendor: Actor) -> int:
    asked = queries.questionnaire_of(queries.rulebook_for(trial))
    paper = Paper(
        signer=side.case_text("簽署人"),
        signer_title=side.case_text("職稱"),
        signed_on=date(2026, 3, 25),
        answers={rule.id: rule.options[0].id for rule in asked},
        comment=side.case_text("意見 "),
    )
    scan = FileStorage(io.BytesIO(PDF + f"%{side.case_marker} signed\n".encode()), f"{side.case_text('確認單')}.pdf")
    return papers.hand_in_paper(trial, scan, paper, actor=vendor).id
