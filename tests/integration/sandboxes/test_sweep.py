"""The ends of sandboxes, from rows: told in time, removed when due, bounded, and never by a clock that jumped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from tests.factories import stacks
from tests.factories.journey import Case
from tracker.accounts.access import SYSTEM
from tracker.accounts.models import User
from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused
from tracker.notifications.models import Notice
from tracker.sandboxes.models import CloudAccount, Sandbox, SandboxClock, SandboxOperation
from tracker.sandboxes.operations import life
from tracker.sandboxes.rules.life import MOST_AT_ONCE
from tracker.sandboxes.rules.states import OperationKind, OperationState, SandboxState

BEGAN = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
HOUR = timedelta(hours=1)


def standing(case: Case, owner: User, count: int = 1, **values: object) -> list[int]:
    """Make sandboxes that run and expire after 48 hours; nobody works on them."""
    with unit_of_work() as work, clock.at(BEGAN):
        made = [stacks.sandbox(of=case.engagement, owner_id=owner.id) for _number in range(count)]
        ids = [one.id for one in made]
        over = {"state": OperationState.CANCELLED, "stack_slot": None}
        work.execute(update(SandboxOperation).where(SandboxOperation.sandbox_id.in_(ids)).values(**over))
        facts = {"state": SandboxState.RUNNING, "live_since": BEGAN, "expires_at": BEGAN + 48 * HOUR, "grace_hours": 24}
        work.execute(update(Sandbox).where(Sandbox.id.in_(ids)).values(**facts | values))
    session().expire_all()
    return ids


def sweep_at(moment: datetime, **more: bool) -> life.Sweep:
    """Look at a moment, as if the schedule had looked a minute before."""
    with clock.at(moment):
        with unit_of_work():
            life._clock()
        with unit_of_work() as work:
            work.execute(update(SandboxClock).values(ticked_at=moment - timedelta(minutes=1), jumped_to=None))
        return life.sweep(**more)


def test_people_are_told_before_the_end_once_each_time(case: Case, vendor_member: User) -> None:
    standing(case, vendor_member)
    end = BEGAN + 48 * HOUR

    told = [len(sweep_at(moment).told) for moment in (end - 47 * HOUR, end - 46 * HOUR, end - HOUR, end - HOUR, end + HOUR, end + 2 * HOUR)]  # fmt: skip

    assert told == [1, 0, 1, 0, 1, 0]
    notices = select(func.count()).select_from(Notice).where(Notice.user_id == vendor_member.id, Notice.msgid.contains("expire"))  # fmt: skip
    assert session().scalar(notices) == 3


def test_what_is_over_is_removed_after_its_grace_and_not_twice(case: Case, vendor_member: User) -> None:
    standing(case, vendor_member)
    end = BEGAN + 48 * HOUR

    assert sweep_at(end + 23 * HOUR).removed == []
    assert len(sweep_at(end + 25 * HOUR).removed) == 1
    assert sweep_at(end + 26 * HOUR).removed == []
    kinds = select(SandboxOperation.kind).where(SandboxOperation.state == OperationState.QUEUED)
    assert list(session().scalars(kinds)) == [OperationKind.DESTROY]


def test_an_extension_in_the_grace_saves_it(case: Case, vendor_member: User) -> None:
    made = standing(case, vendor_member)[0]
    end = BEGAN + 48 * HOUR
    with clock.at(end + HOUR), unit_of_work() as work:
        life.extend_sandbox(work.get_one(Sandbox, made), 48, "客戶下週驗收", actor=SYSTEM)

    assert sweep_at(end + 25 * HOUR).removed == []


def test_a_pass_begins_so_many_removals_and_no_more_and_a_dry_one_none(case: Case, vendor_member: User) -> None:
    standing(case, vendor_member, MOST_AT_ONCE + 5)
    late = BEGAN + 90 * HOUR

    dry = sweep_at(late, is_dry=True)
    queued = select(func.count()).select_from(SandboxOperation).where(SandboxOperation.state == OperationState.QUEUED)
    before = session().scalar(queued)
    done = sweep_at(late)

    assert (len(dry.removed), before) == (MOST_AT_ONCE, 0)
    assert (len(done.removed), done.left_for_later) == (MOST_AT_ONCE, 5)
    assert len(sweep_at(late).removed) == 5


def test_of_a_thousand_that_are_not_due_none_is_touched(case: Case, vendor_member: User) -> None:
    """Not due: expires later, is in its grace, is younger than a quarter of an hour, is built or gone, or its account is closed."""
    late = BEGAN + 90 * HOUR
    due = standing(case, vendor_member, MOST_AT_ONCE + 2)
    with unit_of_work() as work:
        closed = CloudAccount(cloud="gcp", name="舊帳號", identity="old-project", credentials="", active=False)
        work.add(closed)
        work.flush()
        model = dict(work.execute(select(Sandbox.__table__).where(Sandbox.id == due[0])).mappings().one())
        work.execute(insert(Sandbox), [decoy(model, number, late, closed.id) for number in range(1000)])

    removed = [*sweep_at(late).removed, *sweep_at(late).removed, *sweep_at(late).removed]

    codes = select(Sandbox.code).where(Sandbox.id.in_(due))
    assert sorted(removed) == sorted(session().scalars(codes))
    waiting = select(func.count()).select_from(SandboxOperation).where(SandboxOperation.state == OperationState.QUEUED)
    assert session().scalar(waiting) == len(due)


def decoy(model: Mapping[str, Any], number: int, late: datetime, closed_id: int) -> dict[str, Any]:
    """Make the row of a sandbox that must stay, of one kind in turn."""
    reason = (
        {"expires_at": late + HOUR},
        {"expires_at": late - HOUR},
        {"live_since": late - timedelta(minutes=5)},
        {"state": SandboxState.DEPLOYING},
        {"state": SandboxState.DESTROYED},
        {"account_id": closed_id},
    )[number % 6]
    return {**{name: value for name, value in model.items() if name != "id"}, "code": f"d{number:07}", **reason}


def test_nothing_is_removed_while_the_clock_is_not_believed(case: Case, vendor_member: User, staff: User) -> None:
    standing(case, vendor_member)
    with clock.at(BEGAN + HOUR):
        life.sweep()
    with clock.at(BEGAN + 200 * HOUR):
        assert life.sweep().jumped
    with clock.at(BEGAN + 200 * HOUR + life.TICK):
        assert life.sweep().jumped
        with unit_of_work():
            life.confirm_clock(actor=SYSTEM)
        assert len(life.sweep().removed) == 1
    with pytest.raises(Refused), unit_of_work():
        life.confirm_clock(actor=SYSTEM)


def test_an_account_that_was_closed_is_left_alone_and_sounds_the_alarm(
    case: Case, vendor_member: User, staff: User
) -> None:
    with unit_of_work() as work:
        account = CloudAccount(cloud="gcp", name="舊帳號", identity="old-project", credentials="", active=False)
        work.add(account)
        work.flush()
    standing(case, vendor_member, account_id=account.id)

    done = sweep_at(BEGAN + 90 * HOUR)

    assert (done.removed, len(done.alarmed)) == ([], 1)
    assert sweep_at(BEGAN + 91 * HOUR).alarmed == []
    assert len(sweep_at(BEGAN + 120 * HOUR).alarmed) == 1


def test_leftovers_are_tried_again_after_their_pause(case: Case, vendor_member: User) -> None:
    later = BEGAN + 60 * HOUR
    standing(case, vendor_member, state=SandboxState.LEFTOVERS, next_attempt_at=later)

    assert sweep_at(later - HOUR).removed == []
    assert len(sweep_at(later + HOUR).removed) == 1
