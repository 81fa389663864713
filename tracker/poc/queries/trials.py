"""Trials with their usage, their links and their confirmations."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, undefer

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.core.content import Named
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.evidence.models import Evidence, StoredFile
from tracker.journey import permissions as journey
from tracker.journey.case_names import OF_CASE
from tracker.journey.models import Engagement
from tracker.poc.models import ConfirmationLink, Poc, Trial, TrialConfirmation, UsageDay, UsageLog
from tracker.poc.rules import trials as rules
from tracker.poc.rules.confirmation import Asked, ConfirmationState
from tracker.poc.rules.trials import Facts, TrialCounts, TrialState, Usage
from tracker.programmes.queries import rulebook_of
from tracker.programmes.rulebook import Rule, Rulebook
from tracker.vendors.models import Contact, Membership

QUESTIONS = "trials.question."
WITH_CASE = joinedload(Trial.poc).joinedload(Poc.engagement).options(*OF_CASE)


def _visible(actor: Actor) -> Select[Trial]:
    return (
        select(Trial)
        .join(Poc, Poc.id == Trial.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(WITH_CASE)
        .where(journey.visible(actor))
    )


def get_trial(trial_id: int, *, actor: Actor) -> Trial:
    """Give a trial of an engagement that the actor may see, with its vendor and product."""
    found = session().scalars(_visible(actor).where(Trial.id == trial_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def trials_of(poc: Poc) -> Sequence[Trial]:
    """List the trials of a proof of concept that the actor may see."""
    return session().scalars(select(Trial).where(Trial.poc_id == poc.id).order_by(Trial.number)).all()


def trial_counts(poc_id: int) -> TrialCounts:
    """Count the trials of a proof of concept by where they stand."""
    rows = session().execute(select(Trial.state, Trial.active_days).where(Trial.poc_id == poc_id)).all()
    return rules.count((state, days > 0) for state, days in rows)


def live_ubns(poc_id: int, *, besides: int | None = None) -> list[tuple[str, int]]:
    """List the customers of the trials that were not withdrawn, each with the trial's number."""
    statement = select(Trial.ubn, Trial.number).where(
        Trial.poc_id == poc_id, Trial.state != TrialState.WITHDRAWN, Trial.id != (besides or 0)
    )
    return [(ubn, number) for ubn, number in session().execute(statement)]


def next_number(poc_id: int) -> int:
    """Give the number of the next trial."""
    return (session().scalar(select(func.max(Trial.number)).where(Trial.poc_id == poc_id)) or 0) + 1


# --- usage --------------------------------------------------------------------------------------------------------------


def get_log(log_id: int, *, actor: Actor) -> UsageLog:
    """Give a usage log of a trial that the actor may see."""
    log = (
        session()
        .scalars(
            select(UsageLog)
            .options(joinedload(UsageLog.trial).options(WITH_CASE), joinedload(UsageLog.evidence))
            .where(UsageLog.id == log_id)
        )
        .one_or_none()
    )
    if log is None:
        raise NotFound
    get_trial(log.trial_id, actor=actor)
    return log


def logs_of(trial: Trial) -> Sequence[UsageLog]:
    """List the logs of a trial, the newest first."""
    statement = select(UsageLog).options(joinedload(UsageLog.evidence).joinedload(Evidence.stored_file))
    return session().scalars(statement.where(UsageLog.trial_id == trial.id).order_by(UsageLog.id.desc())).all()


def find_counting_log(trial_id: int) -> UsageLog | None:
    """Find the log by which the usage of a trial is counted."""
    statement = select(UsageLog).where(
        UsageLog.trial_id == trial_id, UsageLog.applied_at.is_not(None), UsageLog.replaced_at.is_(None)
    )
    return session().scalars(statement).one_or_none()


def usage_days(trial_id: int) -> list[tuple[date, int, int]]:
    """List the days of a trial with users and uses."""
    statement = select(UsageDay.day, UsageDay.users, UsageDay.events).where(UsageDay.trial_id == trial_id)
    return [(day, users, events) for day, users, events in session().execute(statement.order_by(UsageDay.day))]


def usage_of(trial: Trial) -> Usage:
    """Give what the counting log of a trial says."""
    statement = (
        select(StoredFile.sha256)
        .join(Evidence, Evidence.stored_file_id == StoredFile.id)
        .join(UsageLog, UsageLog.evidence_id == Evidence.id)
        .where(UsageLog.trial_id == trial.id, UsageLog.applied_at.is_not(None), UsageLog.replaced_at.is_(None))
    )
    sha256 = session().scalar(statement) or ""
    return Usage(trial.active_days, trial.most_users, trial.events, sha256)


def facts_of(trial: Trial) -> Facts:
    """Give what the customer of a trial is asked to confirm."""
    case = trial.poc.engagement
    return Facts(
        vendor=_in_full(case.organisation),
        product=_in_full(case.product),
        customer=trial.customer,
        ubn=trial.ubn,
        industry=trial.industry,
        employees=trial.employees,
        begins_on=trial.begins_on,
        ends_on=trial.ends_on,
        accounts=trial.accounts,
        tried=trial.tried,
        usage=usage_of(trial),
    )


def _in_full(named: Named) -> str:
    """Give a name in both languages, so that the same words are confirmed on either page."""
    return " ".join(filter(None, (named.name_zh, named.name_en)))


# --- the rulebook -------------------------------------------------------------------------------------------------------


def rulebook_for(trial: Trial) -> Rulebook:
    """Give the rules of the trial's programme year."""
    return rulebook_of(trial.poc.engagement.programme)


def questionnaire_of(book: Rulebook) -> tuple[Rule, ...]:
    """List the questions that a customer is asked."""
    return tuple(rule for rule in book.rules_of("trials") if rule.id.startswith(QUESTIONS))


def asked_of(book: Rulebook) -> list[Asked]:
    """List the questions with the ids of their answers."""
    return [Asked(rule.id, frozenset(option.id for option in rule.options)) for rule in questionnaire_of(book)]


# --- links and confirmations --------------------------------------------------------------------------------------------


def links_of(trial: Trial) -> Sequence[ConfirmationLink]:
    """List the links of a trial, the newest first."""
    statement = select(ConfirmationLink).options(joinedload(ConfirmationLink.sent_by))
    return (
        session()
        .scalars(statement.where(ConfirmationLink.trial_id == trial.id).order_by(ConfirmationLink.id.desc()))
        .all()
    )


def get_link(link_id: int, *, actor: Actor) -> ConfirmationLink:
    """Give a link of a trial that the actor may see."""
    link = session().get(ConfirmationLink, link_id)
    if link is None:
        raise NotFound
    get_trial(link.trial_id, actor=actor)
    return link


def find_link_by_hash(token_hash: str) -> ConfirmationLink | None:
    """Find the link of a token, with its trial, vendor and product."""
    statement = select(ConfirmationLink).options(joinedload(ConfirmationLink.trial).options(WITH_CASE))
    return session().scalars(statement.where(ConfirmationLink.token_hash == token_hash)).one_or_none()


def confirmations_of(trial: Trial) -> Sequence[TrialConfirmation]:
    """List what was said of a trial, the newest first."""
    statement = (
        select(TrialConfirmation)
        .options(
            joinedload(TrialConfirmation.link),
            joinedload(TrialConfirmation.evidence).joinedload(Evidence.stored_file),
            joinedload(TrialConfirmation.receipt),
            joinedload(TrialConfirmation.handed_in_by),
            joinedload(TrialConfirmation.decided_by),
        )
        .where(TrialConfirmation.trial_id == trial.id)
    )
    return session().scalars(statement.order_by(TrialConfirmation.number.desc())).all()


def records_of(poc_id: int) -> Sequence[TrialConfirmation]:
    """List every confirmation of a proof of concept with its sealed record."""
    statement = (
        select(TrialConfirmation)
        .join(Trial, Trial.id == TrialConfirmation.trial_id)
        .options(
            undefer(TrialConfirmation.record),
            joinedload(TrialConfirmation.trial),
            joinedload(TrialConfirmation.evidence).joinedload(Evidence.stored_file),
            joinedload(TrialConfirmation.receipt).joinedload(Evidence.stored_file),
        )
        .where(Trial.poc_id == poc_id)
    )
    return session().scalars(statement.order_by(Trial.number, TrialConfirmation.number)).all()


def get_confirmation(confirmation_id: int, *, actor: Actor) -> TrialConfirmation:
    """Give a confirmation of a trial that the actor may see."""
    found = (
        session()
        .scalars(
            select(TrialConfirmation)
            .options(joinedload(TrialConfirmation.trial).options(WITH_CASE), joinedload(TrialConfirmation.evidence))
            .where(TrialConfirmation.id == confirmation_id)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound
    get_trial(found.trial_id, actor=actor)
    return found


def find_standing(trial_id: int) -> TrialConfirmation | None:
    """Find the confirmation of a trial that stands."""
    statement = select(TrialConfirmation).where(
        TrialConfirmation.trial_id == trial_id, TrialConfirmation.state == ConfirmationState.STANDS
    )
    return session().scalars(statement.order_by(TrialConfirmation.number.desc()).limit(1)).one_or_none()


def find_receipt_by_hash(receipt_hash: str) -> TrialConfirmation | None:
    """Find the confirmation of a receipt's token."""
    statement = select(TrialConfirmation).options(
        joinedload(TrialConfirmation.receipt).joinedload(Evidence.stored_file)
    )
    return session().scalars(statement.where(TrialConfirmation.receipt_hash == receipt_hash)).one_or_none()


def waiting_papers(actor: Actor) -> Select[TrialConfirmation]:
    """Select the signed forms that wait for the office's phone call, as far as the actor may see them."""
    return (
        select(TrialConfirmation)
        .join(Trial, Trial.id == TrialConfirmation.trial_id)
        .join(Poc, Poc.id == Trial.poc_id)
        .join(Engagement, Engagement.id == Poc.engagement_id)
        .options(joinedload(TrialConfirmation.trial).options(WITH_CASE), joinedload(TrialConfirmation.handed_in_by))
        .where(TrialConfirmation.state == ConfirmationState.WAITING, journey.visible(actor))
    )


def vendor_addresses(organisation_id: int) -> list[str]:
    """List the mail addresses of a vendor's members and contacts."""
    members = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    )
    contacts = select(Contact.email).where(
        Contact.organisation_id == organisation_id, Contact.removed_at.is_(None), Contact.email != ""
    )
    return [*session().scalars(members), *session().scalars(contacts)]


def find_receivable(confirmation_id: int) -> TrialConfirmation | None:
    """Find a confirmation that has no receipt yet, with its sealed record."""
    statement = (
        select(TrialConfirmation)
        .options(
            undefer(TrialConfirmation.record),
            joinedload(TrialConfirmation.trial).options(WITH_CASE),
            joinedload(TrialConfirmation.link),
        )
        .where(TrialConfirmation.id == confirmation_id, TrialConfirmation.receipt_id.is_(None))
    )
    return session().scalars(statement).one_or_none()
