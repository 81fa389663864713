"""The days of a trial, kept as the counting log and the period say them."""

from datetime import date

from sqlalchemy import delete, insert

from tracker.core.db import session, table_of, write
from tracker.poc.models import Trial, UsageDay
from tracker.poc.queries import trials as queries


def recount(trial: Trial) -> None:
    """Keep the days of the counting log that lie within the period, and what they add up to."""
    log = queries.find_counting_log(trial.id)
    kept = [(date.fromisoformat(day), users, events) for day, users, events in log.counted["days"]] if log else []
    inside = [one for one in kept if trial.begins_on <= one[0] <= trial.ends_on]
    session().execute(delete(UsageDay).where(UsageDay.trial_id == trial.id))
    if inside and log is not None:
        rows = [
            {"trial_id": trial.id, "log_id": log.id, "day": day, "users": users, "events": events}
            for day, users, events in inside
        ]
        write(insert(table_of(UsageDay)), rows)
        log.counted = {**log.counted, "outside": len(kept) - len(inside)}
    trial.active_days = sum(users > 0 for _day, users, _events in inside)
    trial.most_users = max((users for _day, users, _events in inside), default=0)
    trial.events = sum(events for _day, _users, events in inside)
    session().flush()
