"""Reads of programme years, their rulebooks, their people and the office's calendar."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from tracker.accounts.access import Actor, for_actors
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import OFFICE
from tracker.core.calendar import Overrides
from tracker.core.db import read, session
from tracker.core.errors import NotFound, Refused
from tracker.core.text import N_
from tracker.programmes import permissions, shelf
from tracker.programmes.models import CalendarOverride, Programme, ProgrammeMember
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.shelf import Held


def get_programme(programme_id: int, *, actor: Actor) -> Programme:
    """Give a programme year."""
    found = session().scalar(select(Programme).where(Programme.id == programme_id, permissions.visible(actor)))
    if found is None:
        raise NotFound
    return found


def find_programme(code: str, roc_year: int) -> Programme | None:
    """Find the programme year of a code."""
    return session().scalar(select(Programme).where(Programme.code == code, Programme.roc_year == roc_year))


def programmes(*, actor: Actor) -> Sequence[Programme]:
    """List the programme years that were opened, newest first."""
    return session().scalars(_programmes(actor), actor.parameters).all()


@for_actors
def _programmes(actor: Actor) -> Select[Programme]:
    return select(Programme).where(permissions.visible(actor)).order_by(Programme.roc_year.desc(), Programme.code)


def rulebook_of(programme: Programme) -> Rulebook:
    """Give the rules of a programme year, or refuse where their file is missing or has faults."""
    held = find_rulebook(programme)
    if held is None or held.rulebook is None:
        raise Refused(
            N_("The rulebook of %(name)s cannot be read. Ask the programme lead to look at its page."),
            name=programme.name_zh,
        )
    return held.rulebook


def find_rulebook(programme: Programme) -> Held | None:
    """Find the rulebook file of a programme year as it stands now."""
    return shelf.current().find(programme.code, programme.roc_year)


def other_years(programme: Programme) -> list[Rulebook]:
    """List the rulebooks of a programme in other years that can be read, newest first."""
    years = shelf.current().years_of(programme.code)
    return [held.rulebook for held in years if held.rulebook is not None and held.roc_year != programme.roc_year]


def unopened(years: Sequence[Programme]) -> list[Held]:
    """List the rulebook files that none of the programme years was opened from."""
    opened = {(year.code, year.roc_year) for year in years}
    return [held for held in shelf.current().all() if (held.code, held.roc_year) not in opened]


def members_of(programme: Programme) -> Sequence[ProgrammeMember]:
    """List who of the office works in the programme year now."""
    return (
        session()
        .scalars(
            select(ProgrammeMember)
            .join(ProgrammeMember.user)
            .options(joinedload(ProgrammeMember.user))
            .where(ProgrammeMember.programme_id == programme.id, ProgrammeMember.ended_at.is_(None))
            .order_by(User.name, User.id)
        )
        .all()
    )


def find_member(programme_id: int, user_id: int) -> ProgrammeMember | None:
    """Find a person's work in a programme year that has not ended."""
    return session().scalar(
        select(ProgrammeMember).where(
            ProgrammeMember.programme_id == programme_id,
            ProgrammeMember.user_id == user_id,
            ProgrammeMember.ended_at.is_(None),
        )
    )


def get_member(member_id: int, *, actor: Actor) -> ProgrammeMember:
    """Give a person's work in a programme year that has not ended."""
    found = session().scalar(
        select(ProgrammeMember)
        .join(ProgrammeMember.programme)
        .options(joinedload(ProgrammeMember.programme), joinedload(ProgrammeMember.user))
        .where(ProgrammeMember.id == member_id, ProgrammeMember.ended_at.is_(None), permissions.visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def office_people(besides: Programme | None = None) -> Sequence[User]:
    """List the people of the office, without those who work in the programme year already."""
    statement = select(User).where(
        User.active, User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role.in_(OFFICE)))
    )
    if besides is not None:
        statement = statement.where(User.id.not_in(permissions.members_of(besides.id)))
    return session().scalars(statement.order_by(User.name, User.id).limit(500)).all()


OVERRIDES = select(CalendarOverride.day, CalendarOverride.is_working)
"""The days on which the office departs from the official calendar."""


def calendar_overrides() -> Overrides:
    """Give the days on which the office departs from the official calendar."""
    return dict(read(OVERRIDES).all())


def overridden_days(since: date | None = None) -> Sequence[CalendarOverride]:
    """List the days that the office has declared, newest first."""
    statement = select(CalendarOverride).order_by(CalendarOverride.day.desc()).limit(500)
    return session().scalars(statement.where(CalendarOverride.day >= since) if since else statement).all()


def get_override(override_id: int, *, actor: Actor) -> CalendarOverride:
    """Give a day that the office has declared."""
    found = session().get(CalendarOverride, override_id) if actor.is_authenticated else None
    if found is None:
        raise NotFound
    return found


def find_override(day: date) -> CalendarOverride | None:
    """Find what the office has declared for a day."""
    return session().scalar(select(CalendarOverride).where(CalendarOverride.day == day))
