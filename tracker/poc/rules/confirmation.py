"""Confirmation at the source: links, codes, the questionnaire and signed forms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.core.errors import Gone, Refused
from tracker.core.text import N_, Labelled

CODE_DIGITS = 6
CODE_HOLDS = timedelta(minutes=30)
CODE_TRIES = 5
RECEIPT_HOLDS = timedelta(days=90)
MOST_LINKS_A_DAY = 5
"""Mails to one customer for one trial within a day."""


class LinkState(Labelled):
    """Where a confirmation link stands."""

    OPEN = "open", N_("Waits for the customer"), "progress"
    USED = "used", N_("Used"), "done"
    EXPIRED = "expired", N_("Expired"), "warning"
    REVOKED = "revoked", N_("Revoked"), "neutral"


class Way(Labelled):
    """How a customer confirmed."""

    LINK = "link", N_("By link"), "done"
    PAPER = "paper", N_("On paper"), "done"


class ConfirmationState(Labelled):
    """Where a confirmation stands."""

    WAITING = "waiting", N_("Waits for the phone call"), "progress"
    STANDS = "stands", N_("Stands"), "done"
    RETURNED = "returned", N_("Returned"), "warning"
    SUPERSEDED = "superseded", N_("The trial was changed afterwards"), "warning"
    DECLINED = "declined", N_("Customer does not confirm"), "danger"


def link_state(now: datetime, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None) -> LinkState:
    """Tell where a link stands."""
    if used_at is not None:
        return LinkState.USED
    if revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.EXPIRED if expires_at <= now else LinkState.OPEN


_GONE = {
    LinkState.USED: N_("This trial was answered by this link already; it works once. Your receipt is in your mail."),
    LinkState.REVOKED: N_("This link was revoked. Use the link of the newest mail, or ask the vendor for a new one."),
    LinkState.EXPIRED: N_("This link has expired. Ask the vendor to send you a new one."),
}


def check_link(state: LinkState) -> None:
    """Refuse a link that does not hold any more, and say why."""
    if state is not LinkState.OPEN:
        raise Gone(_GONE[state])


def check_renewable(sent: Sequence[datetime], now: datetime) -> None:
    """Refuse to mail a customer too often."""
    if sum(one > now - timedelta(days=1) for one in sent) >= MOST_LINKS_A_DAY:
        raise Refused(
            N_("%(most)s links were mailed to this customer within a day. Call them, and send the next one tomorrow."),
            most=MOST_LINKS_A_DAY,
        )


def check_recipient(email: str, vendor_addresses: Iterable[str]) -> None:
    """Refuse to send a customer's link to the vendor's own people."""
    if email in {address.casefold() for address in vendor_addresses}:
        raise Refused(
            N_("%(email)s belongs to the vendor's own people. Write the address of a person at the customer."),
            field="email",
            email=email,
        )


def is_same_house(email: str, vendor_addresses: Iterable[str]) -> bool:
    """Tell whether a customer's address lies in the vendor's own domain, which the office has to look at."""
    domain = email.rpartition("@")[2]
    return any(address.casefold().rpartition("@")[2] == domain for address in vendor_addresses)


def check_code_open(code_sent_at: datetime | None, tries: int, now: datetime) -> None:
    """Refuse a code that is too old or was guessed at too often."""
    if code_sent_at is None or code_sent_at + CODE_HOLDS <= now:
        raise Refused(N_("The code has expired. Send the form again; a new code is mailed to you."), field="code")
    if tries >= CODE_TRIES:
        raise Refused(
            N_("The code was typed wrong %(tries)s times and holds no more. Send the form again for a new code."),
            field="code",
            tries=CODE_TRIES,
        )


def check_unchanged(shown: str, present: str) -> None:
    """Refuse to confirm a trial that was changed after the customer had opened it."""
    if shown != present:
        raise Refused(
            N_(
                "The vendor changed this trial after you opened it, so nothing was confirmed. What you wrote is still here: read the facts again, then confirm."
            )
        )


@dataclass(frozen=True)
class Asked:
    """A question of the rulebook and the ids of its answers."""

    id: str
    options: frozenset[str]


def check_answers(asked: Iterable[Asked], answers: Mapping[str, str]) -> dict[str, str]:
    """Give the answers to the questionnaire, each one of those offered; refuse a blank or an unknown one."""
    kept: dict[str, str] = {}
    for question in asked:
        given = answers.get(question.id, "")
        if given not in question.options:
            raise Refused(N_("Choose an answer."), field=field_of(question.id))
        kept[question.id] = given
    return kept


def field_of(question: str) -> str:
    """Give the name of the form's field for a question."""
    return f"answer_{question.rpartition('.')[2].replace('-', '_')}"


def check_name(typed: str) -> str:
    """Give the name that a person typed to confirm."""
    name = " ".join(typed.split())
    if len(name) < 2:  # noqa: PLR2004 - the shortest name has a family and a given name
        raise Refused(N_("Type your full name to confirm."), field="typed_name")
    return name


def check_signed_on(signed_on: date, ends_on: date, today: date) -> None:
    """Refuse a signature from before the end of the trial, or from the future."""
    if signed_on < ends_on:
        raise Refused(
            N_("The form was signed on %(day)s, before the trial ended on %(ends)s. Have it signed after the trial."),
            field="signed_on",
            day=signed_on,
            ends=ends_on,
        )
    if signed_on > today:
        raise Refused(N_("The day of the signature lies in the future. Correct it."), field="signed_on")


def check_second_person(handed_in_by: int | None, verifier: int | None) -> None:
    """Refuse that whoever handed in a signed form verifies it too."""
    if handed_in_by is not None and handed_in_by == verifier:
        raise Refused(N_("You handed in this form yourself. Another person of the office calls the customer."))


def check_waiting(state: ConfirmationState) -> None:
    """Refuse to decide about a signed form twice."""
    if state is not ConfirmationState.WAITING:
        raise Refused(N_("This form was decided about already."))
