"""Which vendor a company is that somebody typed: one function, whatever it knows."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from tracker.core.db import session
from tracker.events.rules.registrations import MatchReason
from tracker.vendors.models import Membership, Organisation


@dataclass(frozen=True)
class Match:
    """The vendor that was found, and why it was taken."""

    organisation_id: int | None
    reason: MatchReason


NOBODY = Match(None, MatchReason.NONE)


def match_company(ubn: str | None, name: str, *, user_id: int | None = None) -> Match:
    """Find the vendor of a UBN, else of a whole name that only one vendor has, else the one that the person belongs to."""
    if ubn:
        found = session().scalar(select(Organisation.id).where(Organisation.ubn == ubn))
        return Match(found, MatchReason.UBN) if found is not None else NOBODY
    if plain := " ".join(name.split()):
        same = or_(func.lower(Organisation.name_zh) == plain.lower(), func.lower(Organisation.name_en) == plain.lower())
        by_name = list(session().scalars(select(Organisation.id).where(same).limit(2)))
        return Match(by_name[0], MatchReason.NAME) if len(by_name) == 1 else NOBODY
    if user_id is not None:
        own = select(Membership.organisation_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        of_member = list(session().scalars(own.limit(2)))
        return Match(of_member[0], MatchReason.MEMBER) if len(of_member) == 1 else NOBODY
    return NOBODY
