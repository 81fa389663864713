"""What a customer says of a trial by its link: written, confirmed by a mailed code, or declined."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.sessions import digest
from tracker.core import audit, clock
from tracker.core.content import names_of
from tracker.core.db import session
from tracker.core.errors import Refused
from tracker.core.text import N_, Message
from tracker.notifications.letters import Letter
from tracker.notifications.operations import queue_mail
from tracker.poc.models import ConfirmationLink, Trial, TrialConfirmation
from tracker.poc.operations.links import get_link_by_token
from tracker.poc.operations.sealing import (
    ask_for_receipt,
    asked_and_given,
    next_number,
    prove_item,
    seal,
    statement_of,
    tell_everybody,
)
from tracker.poc.operations.trials import lock
from tracker.poc.operations.usage_days import recount
from tracker.poc.operations.work import record
from tracker.poc.queries import trials as queries
from tracker.poc.rules import confirmation as rules
from tracker.poc.rules.confirmation import ConfirmationState, Way
from tracker.poc.rules.trials import TrialState, check_period, differences

CORRECTABLE = ("customer", "industry", "employees", "begins_on", "ends_on", "accounts", "tried")


@dataclass(frozen=True)
class Said:
    """What a customer wrote on the page: facts as they are, answers, and who says so."""

    customer: str
    industry: str
    employees: int | None
    begins_on: date
    ends_on: date
    accounts: int
    tried: str
    answers: Mapping[str, str]
    comment: str
    typed_name: str
    job_title: str
    shown: str
    """The digest of the facts that stood on the page."""
    language: str = "zh-Hant"


@dataclass(frozen=True)
class Origin:
    """From where somebody answered."""

    address: str
    agent: str


def take_link(token: str) -> ConfirmationLink:
    """Take a link in hand: one answer at a time, and only while it holds."""
    link = get_link_by_token(token)
    lock(link.trial)
    session().execute(select(ConfirmationLink.id).where(ConfirmationLink.id == link.id).with_for_update())
    session().refresh(link)
    return get_link_by_token(token)


def keep_draft(token: str, said: Said, *, actor: Actor) -> ConfirmationLink:
    """Keep what the customer wrote and mail the code that confirms it; a trial that was changed meanwhile is refused."""
    link = take_link(token)
    trial = link.trial
    rules.check_unchanged(said.shown, queries.facts_of(trial).digest)
    book = queries.rulebook_for(trial)
    check_period(said.begins_on, said.ends_on, (book.day("period.begins"), book.day("period.ends")))
    answers = rules.check_answers(queries.asked_of(book), said.answers)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    link.draft = {
        **{name: _plain(getattr(said, name)) for name in CORRECTABLE},
        "answers": answers,
        "comment": said.comment,
        "typed_name": rules.check_name(said.typed_name),
        "job_title": said.job_title,
        "language": said.language,
    }
    link.shown_digest = said.shown
    link.code_hash, link.code_sent_at, link.code_tries = _code_hash(link, code), clock.now(), 0
    queue_mail(link.email, _code_letter(link, code), language=said.language)
    record("trial.code_sent", trial.poc, actor, subject=link, number=trial.number)
    return link


def note_wrong_code(token: str) -> None:
    """Count a wrong code against the link, whatever becomes of the request."""
    link = take_link(token)
    link.code_tries += 1


def is_code(link: ConfirmationLink, code: str) -> bool:
    """Tell whether the typed code is the mailed one; refuse one that holds no more."""
    rules.check_code_open(link.code_sent_at, link.code_tries, clock.now())
    return link.code_hash is not None and hmac.compare_digest(link.code_hash, _code_hash(link, code.strip()))


def confirm(token: str, code: str, origin: Origin, *, actor: Actor) -> TrialConfirmation:
    """Confirm a trial by its link: once, sealed, with the customer's corrections put into the trial."""
    link = take_link(token)
    trial, draft = link.trial, link.draft
    rules.check_unchanged(link.shown_digest or "", queries.facts_of(trial).digest)
    if not is_code(link, code):
        raise Refused(N_("This is not the code of the newest mail. Compare its six digits."), field="code")
    shown = queries.facts_of(trial).plain()
    corrections = _correct(trial, draft, actor)
    confirmed = queries.facts_of(trial)
    trial.state, link.used_at = TrialState.CONFIRMED, clock.now()
    link.code_hash = None
    confirmation = TrialConfirmation(
        trial=trial,
        number=next_number(trial),
        way=Way.LINK,
        state=ConfirmationState.STANDS,
        link=link,
        facts_digest=confirmed.digest,
        signer=draft["typed_name"],
        signer_title=draft["job_title"],
        answers=draft["answers"],
        corrections=corrections,
        comment=draft["comment"],
        signed_on=clock.today(),
        confirmed_at=clock.now(),
    )
    content = {
        "shown": shown,
        "corrections": corrections,
        "confirmed": confirmed.plain(),
        "statement": statement_of(trial),
        "answers": asked_and_given(trial, draft["answers"]),
        "comment": draft["comment"],
        **_whence(link, origin),
    }
    _finish(confirmation, content, actor)
    prove_item(confirmation, actor=actor)
    ask_for_receipt(confirmation)
    tell_everybody(trial, N_("%(vendor)s: %(customer)s has confirmed its trial of “%(product)s”."), actor=actor)
    return confirmation


def decline(token: str, name: str, reason: str, origin: Origin, *, actor: Actor) -> TrialConfirmation:
    """Say by the link that a trial is not confirmed; that is sealed as well, and the link is used up."""
    link = take_link(token)
    trial = link.trial
    if not reason.strip():
        raise Refused(
            N_("Write what is not right, so that the vendor and the office can ask about it."), field="reason"
        )
    trial.state, link.used_at, link.code_hash = TrialState.DECLINED, clock.now(), None
    facts = queries.facts_of(trial)
    confirmation = TrialConfirmation(
        trial=trial,
        number=next_number(trial),
        way=Way.LINK,
        state=ConfirmationState.DECLINED,
        link=link,
        facts_digest=facts.digest,
        signer=rules.check_name(name),
        answers={},
        corrections={},
        comment=reason.strip(),
        signed_on=clock.today(),
        confirmed_at=clock.now(),
    )
    _finish(confirmation, {"shown": facts.plain(), "reason": reason.strip(), **_whence(link, origin)}, actor)
    tell_everybody(trial, N_("%(vendor)s: %(customer)s does not confirm its trial of “%(product)s”."), actor=actor)
    return confirmation


def _finish(confirmation: TrialConfirmation, content: dict[str, Any], actor: Actor) -> None:
    signer = {"name": confirmation.signer, "title": confirmation.signer_title}
    seal(confirmation, {"signer": signer, **content}, actor=actor)
    record(
        f"trial.{'confirmed' if confirmation.state is ConfirmationState.STANDS else 'declined'}",
        confirmation.trial.poc,
        actor,
        subject=confirmation,
        number=confirmation.trial.number,
        sha256=confirmation.seal,
        corrected=sorted(confirmation.corrections),
    )


def _whence(link: ConfirmationLink, origin: Origin) -> dict[str, Any]:
    return {
        "link": {
            "mailed_to": link.email,
            "named": link.name,
            "mailed_at": link.sent_at.isoformat(),
            "mailed_by": link.sent_by_id,
            "in_vendors_domain": link.same_house,
            "code_mailed_at": link.code_sent_at.isoformat() if link.code_sent_at else None,
        },
        "from": {"address": origin.address, "browser": origin.agent[:300]},
    }


def _correct(trial: Trial, draft: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Put the customer's facts into the trial, and give what differed."""
    before = queries.facts_of(trial).plain()
    values = {name: draft[name] for name in CORRECTABLE}
    days = {name: date.fromisoformat(values[name]) for name in ("begins_on", "ends_on")}
    changed = audit.changes(trial, **{**values, **days})
    if not changed:
        return {}
    session().flush()
    recount(trial)
    record("trial.corrected", trial.poc, actor, subject=trial, number=trial.number, **changed)
    after = queries.facts_of(trial).plain()
    return differences(before, after)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _code_hash(link: ConfirmationLink, code: str) -> str:
    return digest(f"{link.token_hash}:{code}")


def _code_letter(link: ConfirmationLink, code: str) -> Letter:
    product = names_of(link.trial.poc.engagement.product)
    return Letter(
        subject=Message(
            N_("%(code)s is your code to confirm the trial of “%(product)s”"), {"code": code, "product": product}
        ),
        lines=(
            Message(N_("Hello %(name)s,"), {"name": link.name}),
            Message(
                N_("Type this code on the page where you answered: %(code)s. It holds for %(minutes)s minutes."),
                {"code": code, "minutes": int(rules.CODE_HOLDS.total_seconds() // 60)},
            ),
        ),
        closing=(
            Message(N_("If you did not answer anything just now, ignore this mail and tell the programme office.")),
        ),
    )
