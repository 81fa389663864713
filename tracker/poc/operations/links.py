"""The links by which customers confirm trials: mailed, renewed, revoked."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from tracker.accounts.access import Actor
from tracker.accounts.rules import check_name, read_email
from tracker.accounts.sessions import digest
from tracker.core import clock
from tracker.core.content import names_of
from tracker.core.db import session
from tracker.core.errors import Gone, Refused
from tracker.core.text import N_, Message
from tracker.notifications.letters import Letter
from tracker.notifications.operations import queue_mail
from tracker.poc.models import ConfirmationLink, Trial
from tracker.poc.operations.trials import lock
from tracker.poc.operations.work import record
from tracker.poc.queries import trials as queries
from tracker.poc.rules import confirmation as rules
from tracker.poc.rules.trials import TrialState, check_confirmable


@dataclass(frozen=True)
class Recipient:
    """Whom at the customer the link is mailed to, and in which language."""

    name: str
    email: str
    language: str = "zh-Hant"


def send_link(trial: Trial, to: Recipient, *, actor: Actor) -> ConfirmationLink:
    """Mail the customer a link to confirm the trial; links that were open end."""
    lock(trial)
    check_confirmable(trial.state, trial.ends_on, clock.today(), queries.usage_of(trial))
    email, now = read_email(to.email), clock.now()
    earlier, addresses = queries.links_of(trial), queries.vendor_addresses(trial.poc.engagement.organisation_id)
    rules.check_recipient(email, addresses)
    rules.check_renewable([link.sent_at for link in earlier], now)
    for link in earlier:
        if link.used_at is None and link.revoked_at is None:
            link.revoked_at = now
    token, holds = secrets.token_urlsafe(32), queries.rulebook_for(trial).count("trials.link-days")
    link = ConfirmationLink(
        trial=trial,
        name=check_name(to.name),
        email=email,
        language=to.language,
        same_house=rules.is_same_house(email, addresses),
        token_hash=digest(token),
        sent_by_id=actor.user_id,
        sent_at=now,
        expires_at=now + timedelta(days=holds),
        draft={},
    )
    session().add(link)
    trial.state = TrialState.ASKED
    session().flush()
    queue_mail(email, _letter(link, token), language=link.language)
    record(
        "trial.link_sent",
        trial.poc,
        actor,
        subject=link,
        number=trial.number,
        again=bool(earlier),
        flag=link.same_house,
    )
    return link


def revoke_link(link: ConfirmationLink, *, actor: Actor) -> None:
    """Let a link hold no longer."""
    lock(link.trial)
    session().refresh(link)
    if rules.link_state(clock.now(), link.expires_at, link.used_at, link.revoked_at) is not rules.LinkState.OPEN:
        raise Refused(N_("This link holds no more; there is nothing to revoke."))
    link.revoked_at = clock.now()
    if link.trial.state is TrialState.ASKED:
        link.trial.state = TrialState.OPEN
    record("trial.link_revoked", link.trial.poc, actor, subject=link, number=link.trial.number)


def get_link_by_token(token: str) -> ConfirmationLink:
    """Give the link of a mailed token; one that holds no more is gone, and says why."""
    link = queries.find_link_by_hash(digest(token))
    if link is None:
        raise Gone(N_("This link is not known. Open the link of the newest mail, or ask the vendor for a new one."))
    rules.check_link(rules.link_state(clock.now(), link.expires_at, link.used_at, link.revoked_at))
    return link


def _letter(link: ConfirmationLink, token: str) -> Letter:
    case = link.trial.poc.engagement
    return Letter(
        subject=Message(N_("Please confirm your trial of “%(product)s”"), {"product": names_of(case.product)}),
        lines=(
            Message(N_("Hello %(name)s,"), {"name": link.name}),
            Message(
                N_(
                    "%(vendor)s says that your company tried “%(product)s” from %(begins)s to %(ends)s."
                    " Please read what it says, correct what is wrong, answer a few questions and confirm it."
                    " You need no account; it takes about three minutes."
                ),
                {
                    "vendor": names_of(case.organisation),
                    "product": names_of(case.product),
                    "begins": link.trial.begins_on,
                    "ends": link.trial.ends_on,
                },
            ),
        ),
        action=(Message(N_("Read and confirm")), f"/trial-confirmations/{token}?lang={link.language}"),
        closing=(
            Message(N_("The link works once, until %(at)s."), {"at": link.expires_at}),
            Message(N_("If your company did not try it, say so on the same page; nothing is confirmed then.")),
        ),
    )
