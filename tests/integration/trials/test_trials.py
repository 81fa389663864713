"""Trials are written down, used, changed and counted by the operations."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import trials
from tests.factories.journey import Case
from tracker.core.audit import AuditRecord
from tracker.core.db import session, unit_of_work
from tracker.core.errors import Refused, StaleRecord
from tracker.poc.models import Poc, Trial, UsageDay
from tracker.poc.operations import trials as operations
from tracker.poc.operations import usage
from tracker.poc.operations.usage import Mapping
from tracker.poc.queries import trials as queries
from tracker.poc.rules.confirmation import ConfirmationState
from tracker.poc.rules.trials import TrialState
from tracker.vendors.models import Customer


def test_a_trial_adds_its_customer_to_the_vendors_record_once(poc: Poc, case: Case) -> None:
    first = trials.trial(poc, 0, actor=case.vendor)
    operations.withdraw_trial(first, "客戶改期", actor=case.vendor)

    second = trials.trial(poc, 0, actor=case.vendor)

    assert first.customer_id == second.customer_id
    assert [one.number for one in queries.trials_of(poc)] == [1, 2]
    customer = session().get_one(Customer, second.customer_id)
    assert (customer.ubn, customer.name) == (second.ubn, second.customer)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends_on": date(2026, 3, 1)}, "before it begins"),
        ({"begins_on": date(2025, 12, 31)}, "outside the programme year"),
        ({"ends_on": date(2027, 1, 1)}, "outside the programme year"),
        ({"ubn": "12345678"}, "check digit"),
        ({"contact_email": "nobody"}, "not an e-mail address"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(poc: Poc, case: Case, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        trials.trial(poc, actor=case.vendor, **changes)

    assert not queries.trials_of(poc)


def test_the_vendor_is_not_its_own_customer_and_a_customer_tries_once(poc: Poc, case: Case) -> None:
    trials.trial(poc, 0, actor=case.vendor)

    with pytest.raises(Refused, match="vendor's own UBN"):
        trials.trial(poc, 1, actor=case.vendor, ubn=case.engagement.organisation.ubn)
    with pytest.raises(Refused, match="Trial 1 is of this customer"):
        trials.trial(poc, 0, actor=case.vendor)


def test_usage_is_counted_by_day_within_the_period(trial: Trial) -> None:
    assert (trial.active_days, trial.most_users, trial.events) == (5, 3, 5 * (1 + 2 + 3))
    days = queries.usage_days(trial.id)
    assert days[0] == (trials.BEGINS, 3, 6)
    assert queries.usage_of(trial).log_sha256


def test_days_outside_the_period_come_back_when_it_is_widened(poc: Poc, case: Case) -> None:
    one = trials.trial(poc, actor=case.vendor, begins_on=date(2026, 3, 4))
    trials.use(one, trials.log_text(date(2026, 3, 2)), actor=case.vendor)
    assert one.active_days == 3

    operations.change_trial(one, trials.details(begins_on=date(2026, 3, 2)), actor=case.vendor)

    assert one.active_days == 5
    assert session().scalar(select(func.count(UsageDay.id)).where(UsageDay.trial_id == one.id)) == 5


def test_a_log_without_a_day_of_the_trial_is_refused_and_kept(trial: Trial, case: Case) -> None:
    with pytest.raises(Refused, match="lies within the trial"):
        trials.use(trial, trials.log_text(date(2026, 5, 1)), name="may.csv", actor=case.vendor)

    assert trial.active_days == 5
    assert [log.evidence.file_name for log in queries.logs_of(trial)] == ["may.csv", "usage.csv"]


def test_a_newer_log_counts_in_place_of_the_last(trial: Trial, case: Case) -> None:
    trials.use(trial, trials.log_text(users=7), name="again.csv", actor=case.vendor)

    newest, before = queries.logs_of(trial)
    assert trial.most_users == 7
    assert newest.replaced_at is None
    assert before.replaced_at is not None
    mapping = Mapping(**before.mapping)
    found = usage.read_days(before, mapping)
    with pytest.raises(Refused, match="newer log counts"):
        usage.count_usage(before, mapping, found, actor=case.vendor)


@pytest.mark.parametrize("mapping", [Mapping(0), Mapping(0, user=1, users=2), Mapping(0, user=0), Mapping(0, user=9)])
def test_columns_that_cannot_be_are_refused(trial: Trial, mapping: Mapping) -> None:
    with pytest.raises(Refused, match="Choose"):
        usage.read_days(queries.logs_of(trial)[0], mapping)


def test_a_changed_trial_is_confirmed_no_longer_and_its_confirmation_is_kept(poc: Poc, case: Case) -> None:
    one = trials.confirmed(poc, actor=case.vendor)
    before = queries.confirmations_of(one)[0]
    record, seal = before.record, before.seal

    operations.change_trial(one, trials.details(accounts=50), actor=case.vendor)

    assert one.state is TrialState.CHANGED
    assert before.state is ConfirmationState.SUPERSEDED
    assert (before.record, before.seal) == (record, seal)
    counts = queries.trial_counts(poc.id)
    assert (counts.confirmed, counts.flagged) == (0, 1)


def test_another_contact_leaves_a_confirmation_as_it_is(poc: Poc, case: Case) -> None:
    one = trials.confirmed(poc, actor=case.vendor)

    session().commit()
    with unit_of_work():
        operations.change_trial(one, trials.details(contact_name="林窗口"), actor=case.vendor)

    assert one.state is TrialState.CONFIRMED
    told = session().scalars(select(AuditRecord).where(AuditRecord.action == "trial.changed")).one()
    assert told.details["fields"] == ["contact_name"]
    assert "林窗口" not in str(told.details)


def test_a_trial_saved_from_an_older_page_is_refused(trial: Trial, case: Case) -> None:
    opened = trial.version
    operations.change_trial(trial, trials.details(accounts=9, version=opened), actor=case.vendor)
    session().flush()

    with pytest.raises(StaleRecord):
        operations.change_trial(trial, trials.details(accounts=8, version=opened), actor=case.expert)
