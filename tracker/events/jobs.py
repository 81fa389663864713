"""Due-time work of events: places that were not taken, reminders, the survey."""

from collections.abc import Mapping
from datetime import date, timedelta

from tracker.accounts.access import SYSTEM
from tracker.core import clock, queue
from tracker.core.tasks import Payload, Task, simple
from tracker.events import operations
from tracker.events.queries.events import events_on, events_to_close
from tracker.events.queries.registrations import events_with_lapsed_offers

OFFERS = "events.offers"
LAPSE = "events.lapse"
REMIND = "events.remind"
AFTER = "events.after"
ASK = "events.ask"


def find_offers(payload: Payload) -> None:
    """Let each event be looked at in which a held place was not taken in time, or one is free."""
    for event_id in events_with_lapsed_offers():
        queue.enqueue(LAPSE, {"event_id": event_id}, unique_key=f"event-offers:{event_id}:{payload['moment']}")


def lapse(payload: Payload) -> None:
    """Give places that were not taken to the next on the waiting list of one event."""
    operations.lapse_offers(payload["event_id"], actor=SYSTEM)


def remind(payload: Payload) -> None:
    """Write to everybody with a place at an event of tomorrow."""
    tomorrow = date.fromisoformat(payload["day"]) + timedelta(days=1)
    for event in events_on(tomorrow):
        operations.remind(event, tomorrow)


def find_ended(payload: Payload) -> None:
    """Let the people of each event be asked that has ended."""
    for event_id in events_to_close(clock.start_of(date.fromisoformat(payload["day"]))):
        queue.enqueue(ASK, {"event_id": event_id}, unique_key=f"event-survey:{event_id}")


def ask(payload: Payload) -> None:
    """Send the survey of one event."""
    operations.send_survey(payload["event_id"])


TASKS: Mapping[str, Task] = {
    OFFERS: simple(find_offers),
    LAPSE: simple(lapse),
    REMIND: simple(remind),
    AFTER: simple(find_ended),
    ASK: simple(ask),
}
