"""Changes of programme years, of who works in them, and of the office's calendar."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from tracker.accounts.access import Actor
from tracker.core import audit, calendar, clock
from tracker.core.db import check_version, session
from tracker.core.errors import Refused
from tracker.core.roc_date import gregorian_year
from tracker.core.text import N_
from tracker.programmes import queries, shelf
from tracker.programmes.models import CalendarOverride, Programme, ProgrammeMember
from tracker.programmes.rulebook import Rulebook


def open_programme(code: str, roc_year: int, *, actor: Actor) -> Programme:
    """Open a programme year with the rules of its file; whoever opens it works in it."""
    held = shelf.current().find(code, roc_year)
    if held is None:
        raise Refused(
            N_("There is no rulebook file for this programme and year. Choose one of the list."), field="rulebook"
        )
    if held.rulebook is None:
        raise Refused(
            N_("This rulebook file has faults. Mend them first; “cloudsteps check-playbooks” names them."),
            field="rulebook",
        )
    known = Refused(N_("This programme year was opened already."), field="rulebook")
    if queries.find_programme(code, roc_year) is not None:
        raise known
    programme = Programme(code=code, roc_year=roc_year, rulebook_hash=held.digest, **_named(held.rulebook))
    try:
        with session().begin_nested():
            session().add(programme)
    except IntegrityError as error:  # somebody opened it in the same moment
        raise known from error
    audit.record("programme.opened", programme, actor=actor, programme=f"{roc_year}/{code}", rulebook=held.digest)
    if actor.user_id is not None:
        add_member(programme.id, actor.user_id, actor)
    return programme


def _named(rulebook: Rulebook) -> dict[str, object]:
    """Take names and period of a year from its rules; a rulebook without a period lasts the year."""
    year = gregorian_year(rulebook.roc_year)
    return {
        "name_zh": rulebook.title.zh_hant,
        "name_en": rulebook.title.en,
        "starts_on": _day(rulebook, "period.begins", date(year, 1, 1)),
        "ends_on": _day(rulebook, "period.ends", date(year, 12, 31)),
    }


def _day(rulebook: Rulebook, rule_id: str, otherwise: date) -> date:
    rule = rulebook.find_rule(rule_id)
    return rule.value if rule is not None and isinstance(rule.value, date) else otherwise


def take_over_rulebook(programme: Programme, version: int | None, *, actor: Actor) -> None:
    """Confirm that the rulebook file has changed since the year was opened, and take names and period from it."""
    check_version(programme, version)
    held = queries.find_rulebook(programme)
    rulebook = queries.rulebook_of(programme)
    if held is None or held.digest == programme.rulebook_hash:
        raise Refused(N_("The rulebook file has not changed."))
    changed = audit.changes(programme, rulebook_hash=held.digest, **_named(rulebook))
    audit.record("programme.rulebook_changed", programme, actor=actor, changes=changed)


def add_member(programme_id: int, user_id: int, actor: Actor) -> ProgrammeMember:
    """Let an office member work in a programme year; one who does already stays so."""
    known = queries.find_member(programme_id, user_id)
    if known is not None:
        return known
    member = ProgrammeMember(programme_id=programme_id, user_id=user_id)
    session().add(member)
    session().flush()
    audit.record("programme_member.began", member, actor=actor, programme_id=programme_id, person_id=user_id)
    return member


def end_membership(member: ProgrammeMember, *, actor: Actor) -> None:
    """End a person's work in a programme year, and with it every right that came from it."""
    if member.ended_at is not None:
        raise Refused(N_("This membership has ended already."))
    if member.user_id == actor.user_id:
        raise Refused(N_("You cannot remove yourself, so that a programme year is never left alone. Ask another lead."))
    member.ended_at = clock.now()
    audit.record(
        "programme_member.ended", member, actor=actor, programme_id=member.programme_id, person_id=member.user_id
    )


@dataclass(frozen=True)
class OverrideDetails:
    """A day on which the office departs from the official calendar."""

    day: date
    is_working: bool
    reason: str


def override_day(details: OverrideDetails, *, actor: Actor) -> CalendarOverride:
    """Declare a day a working day or a day off, such as a typhoon day; a day declared before is changed."""
    known = queries.find_override(details.day)
    if known is None and calendar.is_working_day(details.day) == details.is_working:
        raise Refused(N_("The official calendar says the same of this day. Nothing needs to be declared."), field="day")
    override = known or CalendarOverride(day=details.day)
    override.is_working, override.reason = details.is_working, details.reason
    session().add(override)
    session().flush()
    audit.record(
        "calendar.day_declared",
        override,
        actor=actor,
        day=details.day,
        is_working=details.is_working,
        reason=details.reason,
    )
    return override


def withdraw_override(override: CalendarOverride, *, actor: Actor) -> None:
    """Let the official calendar hold again for a day."""
    audit.record("calendar.day_withdrawn", None, actor=actor, day=override.day, is_working=override.is_working)
    session().delete(override)
