"""What the filters of lists and figures offer."""

from dataclasses import dataclass

from flask import g
from sqlalchemy import select

from tracker.accounts.access import Actor
from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import Role
from tracker.coaching import queries
from tracker.coaching.listing import SessionFilter
from tracker.core.db import session
from tracker.journey import permissions as journey
from tracker.journey.models import Assignment, Engagement
from tracker.programmes.models import Programme
from tracker.programmes.queries import find_rulebook, programmes

MOST = 300


@dataclass(frozen=True)
class ListChoices:
    """The choices of the list's filters."""

    experts: list[tuple[int, str]]
    topics: list[tuple[str, str]]
    engagement: Engagement | None
    """The engagement that the list is narrowed to."""


def of_list(actor: Actor, wanted: SessionFilter) -> ListChoices:
    """Give the choices for the filters of the list."""
    return ListChoices(_experts(actor), _topics(list(programmes(actor=actor))), _engagement(actor, wanted))


def _experts(actor: Actor) -> list[tuple[int, str]]:
    """Give the experts; to others than the office those who counsel what the reader may see."""
    if actor.is_office or actor.has(Role.AUDITOR):
        chosen = select(RoleGrant.user_id).where(RoleGrant.role == Role.EXPERT)
    else:
        chosen = (
            select(Assignment.user_id)
            .join(Engagement, Engagement.id == Assignment.engagement_id)
            .where(journey.visible(actor))
        )
    named = select(User.id, User.name).where(User.active, User.id.in_(chosen)).order_by(User.name, User.id)
    return [(row.id, row.name) for row in session().execute(named.limit(MOST))]


def _engagement(actor: Actor, wanted: SessionFilter) -> Engagement | None:
    if wanted.engagement_id is None:
        return None
    found = select(Engagement).where(Engagement.id == wanted.engagement_id, journey.visible(actor))
    return session().scalars(found).one_or_none()


def _topics(years: list[Programme]) -> list[tuple[str, str]]:
    """Give the topics of every programme year, each once, the newest year's words first."""
    found: dict[str, str] = {}
    for programme in years:
        for topic, label in topics_of(programme):
            found.setdefault(topic, label)
    return list(found.items())


def topics_of(programme: Programme | None) -> list[tuple[str, str]]:
    """Give the topics of a programme year in the reader's language; none where its rulebook cannot be read."""
    held = find_rulebook(programme) if programme is not None else None
    rule = held.rulebook.find_rule(queries.TOPICS_RULE) if held is not None and held.rulebook is not None else None
    language = str(g.get("language", "zh-Hant"))
    return [(option.id, option.text.of(language)) for option in rule.options] if rule is not None else []


def programme_of(actor: Actor, asked: str | None) -> tuple[Programme | None, list[Programme]]:
    """Give the programme year that an address asks for, or the newest one with topics, and all there are to choose from."""
    years = [programme for programme in programmes(actor=actor) if topics_of(programme)]
    chosen = next((programme for programme in years if str(programme.id) == asked), None)
    return chosen or (years[0] if years else None), years
