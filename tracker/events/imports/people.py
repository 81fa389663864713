"""Who a row of a file is: somebody registered, somebody of an earlier row, or somebody new of a vendor or of none."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.core.db import read
from tracker.core.text import N_, Message
from tracker.events.imports.rows import PersonRow
from tracker.events.models import Attendance, AttendeeMail, Registration
from tracker.events.rules.attendance import AttendanceState
from tracker.events.rules.registrations import MatchReason, RegistrationState, mail_key, name_key, phone_key
from tracker.imports.kinds import Finding, Offer
from tracker.imports.rules import Confidence, Outcome
from tracker.vendors.matching import Clues, Directory, Match, Reason
from tracker.vendors.names import core_name, domain_of_mail

MATCH_REASONS = {
    Reason.UBN: MatchReason.UBN,
    Reason.NAME: MatchReason.NAME,
    Reason.PERSON: MatchReason.MEMBER,
    Reason.DOMAIN: MatchReason.DOMAIN,
}


@dataclass(frozen=True)
class Known:
    """Somebody who is registered for the event."""

    id: int
    name: str
    company: str
    state: RegistrationState
    email: str


@dataclass
class People:
    """Everybody who is registered for an event, by everything that tells who they are."""

    known: dict[int, Known] = field(default_factory=dict)
    by_mail: dict[str, int] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], int] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    noted: dict[int, AttendanceState] = field(default_factory=dict)
    """What is noted of them at the session."""

    @classmethod
    def read(cls, event_id: int, session_id: int | None) -> "People":
        """Read them at once."""
        found = cls()
        columns = (Registration.id, Registration.name, Registration.company, Registration.state, Registration.email)
        of_event = Registration.event_id == event_id
        for row in read(select(*columns, Registration.phone).where(of_event)):
            found.known[row.id] = Known(row.id, row.name, row.company, row.state, row.email)
            found.by_name[name_key(row.name)].append(row.id)
            if row.email:
                found.by_mail[mail_key(row.email)] = row.id
            if key := phone_key(row.phone):
                found.by_phone[name_key(row.name), key] = row.id
        mails = select(AttendeeMail.mail_key, Registration.id).join(
            Registration, Registration.attendee_id == AttendeeMail.attendee_id
        )
        found.by_mail |= {row[0]: row[1] for row in read(mails.where(of_event))}
        if session_id is not None:
            noted = select(Attendance.registration_id, Attendance.state).where(Attendance.session_id == session_id)
            found.noted = {row[0]: row[1] for row in read(noted)}
        return found


@dataclass
class _Earlier:
    """A row that came before in the same file."""

    line: int
    stays: list[tuple[datetime | None, datetime | None]]
    has_mail: bool


class Finder:
    """Says of one row after the other who it is."""

    def __init__(self, actor: Actor, people: People) -> None:
        """Read the vendors once."""
        self.people = people
        self.directory = Directory.read(actor)
        self._mails: dict[str, _Earlier] = {}
        self._phones: dict[tuple[str, str], _Earlier] = {}
        self._names: dict[str, _Earlier] = {}
        self._matches: dict[tuple[str, str, str, str], Match] = {}

    def find(self, row: PersonRow) -> Finding:
        """Say who a row is, whatever it says of them."""
        decision = row.given.decision
        if decision is not None and decision.subject_id is not None and decision.subject_id > 0:
            return self._chosen(row, decision.subject_id)
        if decision is None and (again := self._again(row)):
            return again
        self._remember(row)
        if decision is None and (registered := self._registered(row)):
            return registered
        return self._new(row)

    def _chosen(self, row: PersonRow, registration_id: int) -> Finding:
        self._remember(row)
        known = self.people.known.get(registration_id)
        if known is None:
            return Finding(Outcome.REFUSED, (Message(N_("The chosen registration is not there any more.")),))
        said = (Message(N_("Chosen by a person.")),)
        return Finding(Outcome.MATCHED, said, known.id, known.name, Confidence.CERTAIN)

    def _again(self, row: PersonRow) -> Finding | None:
        """Find the same person in an earlier row: programs write a row each time that somebody comes back."""
        sure = self._mails.get(row.mail) if row.mail else None
        sure = sure or (self._phones.get(row.phone) if row.phone else None)
        if sure is not None:
            sure.stays.append((row.arrived, row.left))
            return _as_earlier(row, sure.line, Confidence.CERTAIN)
        same = self._names.get(row.known_as)
        if row.mail or same is None or same.has_mail:
            return None
        if row.arrived is None or any(_overlap((row.arrived, row.left), stay) for stay in same.stays):
            said = N_("Row %(line)s has the same name, and neither has a mail address. Is it another person?")
            return Finding(
                Outcome.WAITING,
                (Message(said, {"line": same.line}),),
                confidence=Confidence.DOUBTFUL,
                offers=self._offers(row),
            )
        same.stays.append((row.arrived, row.left))
        return _as_earlier(row, same.line, Confidence.LIKELY)

    def _remember(self, row: PersonRow) -> None:
        one = _Earlier(row.given.line, [(row.arrived, row.left)], bool(row.mail))
        if row.mail:
            self._mails.setdefault(row.mail, one)
        if row.phone:
            self._phones.setdefault(row.phone, one)
        self._names.setdefault(row.known_as, one)

    def _registered(self, row: PersonRow) -> Finding | None:
        people = self.people
        found = people.by_mail.get(row.mail) if row.mail else None
        if found is not None:
            return self._matched(found, N_("Registered with this mail address."), Confidence.CERTAIN)
        found = people.by_phone.get(row.phone) if row.phone else None
        if found is not None:
            return self._matched(found, N_("Registered with this name and phone number."), Confidence.CERTAIN)
        namesakes = people.by_name.get(row.known_as, [])
        if not namesakes:
            return None
        company = core_name(row.details.company)
        agree = [key for key in namesakes if _agrees(people.known[key], row, company)]
        if len(agree) == 1 and len(namesakes) == 1:
            return self._matched(agree[0], N_("Registered with this name."), Confidence.LIKELY)
        said = N_("Somebody with this name is registered, and it is not certain that it is the same person.")
        return Finding(Outcome.WAITING, (Message(said),), confidence=Confidence.DOUBTFUL, offers=self._offers(row))

    def _matched(self, registration_id: int, why: str, sure: Confidence) -> Finding:
        known = self.people.known[registration_id]
        return Finding(Outcome.MATCHED, (Message(why),), known.id, known.name, sure)

    def _offers(self, row: PersonRow) -> tuple[Offer, ...]:
        found = [self.people.known[key] for key in self.people.by_name.get(row.known_as, [])]
        return tuple(
            Offer(one.id, " · ".join(part for part in (one.name, one.company, one.email) if part), (N_("Same name"),))
            for one in found
        )

    def _new(self, row: PersonRow) -> Finding:
        """Say from which vendor a new person comes; one whose company nobody knows is a guest."""
        decision = row.given.decision
        chosen = self.directory.vendors.get(-decision.subject_id) if decision and decision.subject_id else None
        match = self.match(row)
        if chosen is not None or (match.sure is not None and not (decision and decision.subject_id)):
            name = chosen[0] if chosen is not None else match.candidates[0].name
            said = [Message(N_("Not registered before; of the vendor %(vendor)s."), {"vendor": name})]
            said += [Message(reason.label) for reason in match.candidates[0].reasons] if chosen is None else []
            sure = match.confidence if chosen is None else Confidence.CERTAIN
            return Finding(Outcome.NEW, tuple(said), subject=row.details.name, confidence=sure)
        if match.candidates and decision is None:
            return _which_vendor(row, match)
        return Finding(Outcome.NEW, (Message(N_("Not registered before; of no vendor.")),), subject=row.details.name)

    def match(self, row: PersonRow) -> Match:
        """Find the vendor of a person; asked once for each company, mail and name."""
        details = row.details
        key = (details.ubn or "", details.company, row.mail, details.name if not details.company else "")
        if key not in self._matches:
            self._matches[key] = self.directory.match(Clues(key[0], key[1], details.email, key[3]))
        return self._matches[key]


def _agrees(known: Known, row: PersonRow, company: str) -> bool:
    """Tell whether nothing speaks against it that a namesake is the person."""
    if row.mail and known.email:
        return False
    return not company or not known.company or core_name(known.company) == company


def _overlap(one: tuple[datetime | None, datetime | None], other: tuple[datetime | None, datetime | None]) -> bool:
    """Tell whether somebody would have been there twice at once; what is not known may overlap."""
    if None in one or None in other:
        return True
    (begins, ends), (other_begins, other_ends) = one, other
    return bool(begins and ends and other_begins and other_ends and begins < other_ends and other_begins < ends)


def _as_earlier(row: PersonRow, line: int, sure: Confidence) -> Finding:
    said = Message(N_("The same person as in row %(line)s, counted once."), {"line": line})
    return Finding(Outcome.MATCHED, (said,), None, row.details.name, sure)


def _which_vendor(row: PersonRow, match: Match) -> Finding:
    """Let a person say which vendor it is; numbers below zero stand for vendors, those above for registrations."""
    offers = tuple(
        Offer(-one.vendor_id, f"{one.name} ({one.ubn})", tuple(reason.label for reason in one.reasons))
        for one in match.candidates
    )
    details = row.details
    shown = details.company or details.email or details.name
    said = Message(N_("It is not certain from which vendor “%(name)s” is."), {"name": shown})
    alike = f"{details.ubn or ''}:{core_name(details.company)}:{domain_of_mail(details.email) if not details.company else ''}"
    group = alike if details.company or details.ubn else ""
    return Finding(
        Outcome.WAITING, (said,), subject=details.name, confidence=Confidence.DOUBTFUL, offers=offers, group=group
    )
