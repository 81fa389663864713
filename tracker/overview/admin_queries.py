"""Reads for whoever runs the product."""

from sqlalchemy import Select, select

from tracker.accounts.access import ADMINISTER, Actor, can
from tracker.core.db import session
from tracker.core.errors import NotFound
from tracker.core.heartbeats import Heartbeat
from tracker.core.queue import Work, WorkState

PAGE = 50


def works(state: WorkState) -> Select[Work]:
    """Select the work in a state."""
    return select(Work).where(Work.state == state)


def work_page(state: WorkState, before: int | None) -> list[Work]:
    """Give a page of work, newest first, and one row more when there is a next page."""
    rows = works(state)
    if before is not None:
        rows = rows.where(Work.id < before)
    return list(session().scalars(rows.order_by(Work.id.desc()).limit(PAGE + 1)))


def get_work(work_id: int, *, actor: Actor) -> Work:
    """Give a piece of work to whoever runs the product."""
    row = session().get(Work, work_id)
    if row is None or not can(actor, ADMINISTER):
        raise NotFound
    return row


def signs_of_life() -> list[Heartbeat]:
    """Give which processes were alive lately."""
    return list(session().scalars(select(Heartbeat).order_by(Heartbeat.role, Heartbeat.at.desc()).limit(PAGE)))
