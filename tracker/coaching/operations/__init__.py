"""Changes of coaching sessions, their actions, experts' hours and calendar feeds."""

from tracker.coaching.operations.actions import add_action, drop_action, finish_action, reopen_action
from tracker.coaching.operations.details import (
    ActionDetails,
    AlreadyLogged,
    MeetingDetails,
    QuotaDetails,
    SessionDetails,
    Upload,
)
from tracker.coaching.operations.feeds import renew_feed, revoke_feed
from tracker.coaching.operations.hours import set_quota
from tracker.coaching.operations.meetings import call_off_meeting, change_meeting, plan_meeting
from tracker.coaching.operations.records import (
    acknowledge_session,
    add_addendum,
    close_session,
    submit_session,
    take_back_session,
)
from tracker.coaching.operations.sessions import change_session, log_session, remove_file

__all__ = [
    "ActionDetails",
    "AlreadyLogged",
    "MeetingDetails",
    "QuotaDetails",
    "SessionDetails",
    "Upload",
    "acknowledge_session",
    "add_action",
    "add_addendum",
    "call_off_meeting",
    "change_meeting",
    "change_session",
    "close_session",
    "drop_action",
    "finish_action",
    "log_session",
    "plan_meeting",
    "remove_file",
    "renew_feed",
    "reopen_action",
    "revoke_feed",
    "set_quota",
    "submit_session",
    "take_back_session",
]
