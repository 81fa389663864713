"""What the engine does to resources, in words that people read."""

from collections.abc import Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _

from tracker.core.text import N_, Labelled
from tracker.sandboxes.rules.plans import Mode
from tracker.sandboxes.rules.states import CancelStage, OperationKind, OperationState

ACTIONS: Mapping[str, str] = {
    "create": N_("Create"),
    "update": N_("Change"),
    "delete": N_("Remove"),
    "replace": N_("Replace"),
    "create-replacement": N_("Create the replacement"),
    "delete-replaced": N_("Remove the replaced one"),
    "read": N_("Read"),
    "refresh": N_("Compare"),
    "same": N_("Leave as it is"),
}
_SENTENCES: Mapping[OperationState, str] = {
    OperationState.QUEUED: N_("Waits for a worker."),
    OperationState.RUNNING: N_("Under way since %(time)s."),
    OperationState.RECOVERING: N_("Was interrupted; a worker is finding out what is there and goes on from that."),
    OperationState.SUCCEEDED: N_("Done."),
    OperationState.FAILED: N_("Failed. The log says at what."),
    OperationState.CANCELLED: N_("Was cancelled."),
}
_CANCELLING: Mapping[CancelStage, str] = {
    CancelStage.ASKED: N_("Cancelling: the worker is being told."),
    CancelStage.WAITING: N_("Cancelling: waiting for the engine to finish the step in hand."),
    CancelStage.KILLED: N_("Cancelling: the engine did not end and was stopped; the stack is being put in order."),
}
_HELD = {OperationState.RUNNING, OperationState.RECOVERING}
TYPE_PARTS = 3


def action_word(action: str) -> str:
    """Name what is done to a resource."""
    return str(_(ACTIONS[action])) if action in ACTIONS else action


def mode_word(mode: str) -> str:
    """Say what a plan is for."""
    return str(_(Mode(mode).label))


DRIFTS: Mapping[str, str] = {
    "update": N_("Changed"),
    "delete": N_("Gone"),
    "create": N_("New"),
}


def drift_word(action: str) -> str:
    """Say what happened to a resource since it was built."""
    return str(_(DRIFTS[action])) if action in DRIFTS else action_word(action)


def either(text: Any) -> str:
    """Say what is kept in both languages; what is kept in one stands as it is."""
    if isinstance(text, Mapping):
        return str(text.get("en" if g.get("language") == "en" else "zh-Hant", ""))
    return str(text)


def label_of(state: Labelled) -> str:
    """Say a state in the reader's language."""
    return str(_(state.label))


def short_type(kind: str) -> str:
    """Shorten a resource's type to what tells it from others: `aws:s3/bucketV2:BucketV2` to `aws s3 BucketV2`."""
    parts = kind.split(":")
    if len(parts) != TYPE_PARTS:
        return kind
    return f"{parts[0]} {parts[1].partition('/')[0]} {parts[2]}"


def name_in(urn: str) -> str:
    """Give the name at the end of a resource's full name."""
    return urn.rpartition("::")[2]


def sentence_of(standing: Any, waiting: int, started: str) -> str:
    """Say in a sentence how an operation stands."""
    if standing.state in _HELD and standing.cancel_stage in _CANCELLING:
        return str(_(_CANCELLING[standing.cancel_stage]))
    if standing.state is OperationState.QUEUED and waiting:
        return str(_("Waits for a worker, behind %(count)s others.", count=waiting))
    return str(_(_SENTENCES[standing.state], time=started))


TITLES: Mapping[OperationKind, str] = {
    OperationKind.PREVIEW: N_("Making the plan"),
    OperationKind.UP: N_("Building"),
    OperationKind.REFRESH: N_("Comparing and taking over"),
    OperationKind.DRIFT: N_("Looking for differences"),
    OperationKind.REPAIR: N_("Putting right"),
    OperationKind.DESTROY: N_("Destroying"),
    OperationKind.DRILL: N_("Backup drill"),
}
