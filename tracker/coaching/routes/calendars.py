"""The month, the agenda and the calendar feed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh

from tracker.accounts.access import PUBLIC, Actor, current_actor, requires
from tracker.coaching import feed, listing, meetings, operations, permissions
from tracker.coaching.feed import FeedEvent
from tracker.coaching.listing import SessionFilter
from tracker.coaching.routes.blueprint import bp, case_name, name_of, pick
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.web import month
from tracker.web.month import Entry

MOST_ENTRIES = 300
PRODUCT = "CloudSteps"


@bp.route("/coaching-sessions/calendar")
@requires(permissions.LIST_SESSIONS)
def calendar() -> ResponseReturnValue:
    """Show a month's sessions and the reader's due actions, as a grid and as an agenda."""
    actor, wanted, today = current_actor(), SessionFilter.read(request.args), clock.today()
    first = wanted.month or today.replace(day=1)
    entries = list(_entries(first.replace(day=1), wanted, actor))
    return render_template(
        "coaching/calendar.html",
        weeks=month.weeks_of(first, entries, today=today),
        days=month.agenda_of(entries, today=today),
        month_name=month.name_of(first),
        weekdays=month.weekdays(),
        before=_address(listing.month_before(first).isoformat()[:7]),
        after=_address(listing.month_after(first).isoformat()[:7]),
        today=_address(None),
        is_cut=len(entries) > MOST_ENTRIES,
        most=MOST_ENTRIES,
    )


def _entries(first: date, wanted: SessionFilter, actor: Actor) -> Iterator[Entry]:
    last = listing.month_after(first) - timedelta(days=1)
    narrowed = SessionFilter(engagement_id=wanted.engagement_id, expert_id=wanted.expert_id, step=wanted.step)
    for row in listing.between(first, last, actor=actor, wanted=narrowed, limit=MOST_ENTRIES):
        begun = clock.in_taipei(row.starts_at)
        label = pick(row.organisation_zh, row.organisation_en)
        note = f"{pick(row.product_zh, row.product_en)} · {_(row.step.label)} · {row.expert}"
        yield Entry(begun.date(), begun.strftime("%H:%M"), label, url_for(".show", session_id=row.id), note, row.state)
    yield from _meetings(first, last, wanted, actor)
    for action in feed.actions_for(actor):
        if first <= action.due_on <= last:
            url = url_for(".action", action_id=action.id)
            note = case_name(action.engagement)
            yield Entry(action.due_on, "", _("Due: %(text)s", text=action.text), url, note, action.state)


def _meetings(first: date, last: date, wanted: SessionFilter, actor: Actor) -> Iterator[Entry]:
    found = meetings.meetings_between(
        clock.start_of(first),
        clock.start_of(last + timedelta(days=1)),
        engagement_id=wanted.engagement_id,
        expert_id=wanted.expert_id,
        actor=actor,
        limit=meetings.MOST,
    )
    for one in found:
        begins, url = clock.in_taipei(one.starts_at), url_for(".meeting", meeting_id=one.id)
        label, note = name_of(one.engagement.organisation), f"{name_of(one.engagement.product)} · {one.expert.name}"
        yield Entry(begins.date(), begins.strftime("%H:%M"), label, url, note, one.state)


def _address(asked: str | None) -> str:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "month"}
    if asked:
        kept["month"] = asked
    return url_for(".calendar", **kept)


@bp.route("/calendar-feed", methods=["GET", "POST"])
@requires(permissions.OWN_FEED)
def own_feed() -> ResponseReturnValue:
    """Show whether the reader has a calendar link, and make a new one, shown this once only."""
    actor, link = current_actor(), None
    if request.method == "POST" and actor.user_id is not None:
        with unit_of_work():
            token = operations.renew_feed(actor.user_id, actor=actor)
        link = current_app.config["SETTINGS"].base_url.rstrip("/") + url_for(".read_feed", token=token)
    return render_template("coaching/feed.html", live=feed.live_feed(actor), link=link)


@bp.route("/calendar-feed/revoke", methods=["POST"])
@requires(permissions.OWN_FEED)
def revoke_feed() -> ResponseReturnValue:
    """Withdraw the calendar link at once."""
    actor = current_actor()
    if actor.user_id is not None:
        with unit_of_work():
            operations.revoke_feed(actor.user_id, actor=actor)
    flash(_("The link was withdrawn. Calendar programs can no longer read it."))
    return redirect(url_for(".own_feed"))


@bp.route("/calendar/<string:token>.ics")
@requires(PUBLIC)
def read_feed(token: str) -> ResponseReturnValue:
    """Give the calendar to a program that knows the link, narrowed to what its owner may see now."""
    reader = feed.reader_of(token)
    g.language = reader.language if reader.language in {"zh-Hant", "en"} else "zh-Hant"
    refresh()
    body = feed.write(_events(reader), name=_("CloudSteps coaching"), product=PRODUCT)
    return Response(body, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=coaching.ics"})


def _events(reader: Actor) -> Iterator[FeedEvent]:
    base = current_app.config["SETTINGS"].base_url.rstrip("/")
    host = base.partition("://")[2].partition("/")[0].partition(":")[0]
    for logged in feed.sessions_for(reader):
        yield FeedEvent(
            uid=f"session-{logged.id}@{host}",
            sequence=logged.version - 1,
            changed_at=logged.changed_at,
            starts=clock.in_taipei(logged.starts_at),
            ends=clock.in_taipei(logged.starts_at + timedelta(hours=float(logged.hours))),
            summary=_("Coaching: %(name)s", name=case_name(logged.engagement)),
            description=" · ".join((_(logged.step.label), logged.expert.name, _(logged.state.label))),
            location=logged.place,
            url=base + url_for(".show", session_id=logged.id),
            is_certain=feed.is_certain(logged),
        )
    for meeting in feed.meetings_for(reader):
        yield FeedEvent(
            uid=f"meeting-{meeting.id}@{host}",
            sequence=meeting.version - 1,
            changed_at=meeting.changed_at,
            starts=clock.in_taipei(meeting.starts_at),
            ends=clock.in_taipei(meeting.starts_at + meetings.USUAL_LENGTH),
            summary=_("Coaching meeting: %(name)s", name=case_name(meeting.engagement)),
            description=meeting.expert.name,
            location=meeting.place,
            url=base + url_for(".meeting", meeting_id=meeting.id),
        )
    for action in feed.actions_for(reader):
        yield FeedEvent(
            uid=f"action-{action.id}@{host}",
            sequence=action.version - 1,
            changed_at=action.changed_at,
            starts=action.due_on,
            ends=action.due_on + timedelta(days=1),
            summary=_("Due: %(text)s", text=action.text),
            description=case_name(action.engagement),
            location="",
            url=base + url_for(".action", action_id=action.id),
        )
