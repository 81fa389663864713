"""Who can take part in a session of an engagement, and who usually does."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, literal, select, union_all

from tracker.accounts.access import Actor
from tracker.accounts.models import User
from tracker.coaching.models import CoachingSession
from tracker.core.db import read
from tracker.journey.models import Assignment, Engagement
from tracker.journey.rules import Party
from tracker.vendors.models import Membership

LONGEST_NAME = 200


@dataclass(frozen=True)
class Person:
    """Somebody who can take part; without an account only the name is known."""

    name: str
    party: Party
    user_id: int | None = None

    @property
    def key(self) -> str:
        """Give the value by which a form names the person."""
        return f"u{self.user_id}" if self.user_id is not None else f"n:{self.party.value}:{self.name}"


def read_key(key: str) -> Person | None:
    """Read a person without an account from a form's value."""
    kind, _, rest = key.partition(":")
    party, _, name = rest.partition(":")
    shown = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    if kind != "n" or party not in {one.value for one in Party} or not shown:
        return None
    return Person(shown[:LONGEST_NAME], Party(party))


def people_of(engagement: Engagement, *, actor: Actor) -> list[Person]:
    """List the people with accounts who have to do with an engagement now: its experts, the vendor's members, the actor."""
    ids = {"engagement_id": engagement.id, "organisation_id": engagement.organisation_id}
    rows = read(_assigned(), ids).all()
    people = [Person(row.name, Party(row.party), row.id) for row in rows]
    if actor.user_id is not None and actor.user_id not in {person.user_id for person in people}:
        people.append(Person(actor.name, Party.STAFF if actor.is_office else Party.EXPERT, actor.user_id))
    known: dict[int | None, Person] = {}
    for person in people:
        known.setdefault(person.user_id, person)
    return list(known.values())


@cache
def _assigned() -> Select[int, str, str]:
    """Write the query once: it runs at every form and every save."""
    experts = (
        select(User.id, User.name, literal(Party.EXPERT.value).label("party"), literal(0).label("place"))
        .join(Assignment, Assignment.user_id == User.id)
        .where(Assignment.engagement_id == bindparam("engagement_id"), Assignment.ended_at.is_(None), User.active)
    )
    members = (
        select(User.id, User.name, literal(Party.VENDOR.value), literal(1))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == bindparam("organisation_id"), Membership.ended_at.is_(None), User.active)
    )
    both = union_all(experts, members).subquery()
    return select(both.c.id, both.c.name, both.c.party).order_by(both.c.place, both.c.name, both.c.id)


def usual_people(people: Sequence[Person], last: CoachingSession | None, *, actor: Actor) -> list[Person]:
    """List who usually takes part: whoever logs, the vendor's members, and those of the last session."""
    before = [Person(one.name, one.party, one.user_id) for one in last.participants] if last is not None else []
    then = {person.user_id for person in before if person.user_id is not None}
    usual = [
        person
        for person in people
        if person.party is Party.VENDOR or person.user_id == actor.user_id or person.user_id in then
    ]
    return usual + [person for person in before if person.user_id is None]
