"""What the engine tells is passed on, never stops it by a fault of ours, and stops it at a step that nobody approved."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tracker.sandboxes.engine.listening import Listening

BUCKET = "urn:pulumi:s::p::gcp:storage/bucket:Bucket::data"
OTHER = "urn:pulumi:s::p::gcp:storage/bucket:Bucket::other"
PLAN = json.dumps({"resourcePlans": {BUCKET: {"steps": ["create"]}}}).encode()


def event(op: str, urn: str = BUCKET) -> Any:
    step = SimpleNamespace(
        op=op, urn=urn, type="gcp:storage/bucket:Bucket", old=None, new=SimpleNamespace(parent=""), diffs=[], detailed_diff={}
    )  # fmt: skip
    return SimpleNamespace(
        resource_pre_event=SimpleNamespace(metadata=step),
        res_outputs_event=None,
        res_op_failed_event=None,
        diagnostic_event=None,
    )


@pytest.mark.parametrize(
    ("op", "urn", "approved"),
    [
        ("create", BUCKET, True),
        ("same", BUCKET, True),
        ("update", BUCKET, True),
        ("delete", BUCKET, False),
        ("replace", BUCKET, False),
        ("create", OTHER, False),
        ("delete", OTHER, False),
        ("read", OTHER, True),
    ],
)
def test_the_engine_is_stopped_at_a_step_that_the_plan_does_not_have(op: str, urn: str, *, approved: bool) -> None:
    stopped: list[bool] = []
    listening = Listening(lambda *_kind, **_values: None)
    listening.hold_to(PLAN, lambda: stopped.append(True))

    listening.on_event(event(op, urn))

    assert (stopped == [], listening.strays == []) == (approved, approved)


def test_a_fault_of_ours_never_reaches_the_engine() -> None:
    def broken(*_kind: str, **_values: object) -> None:
        raise OSError("the worker is gone")

    listening = Listening(broken)
    listening.on_event(event("create"))
    listening.on_event(None)
    listening.on_output("a line")


def test_differences_are_those_that_the_cloud_has_otherwise() -> None:
    listening = Listening(lambda *_kind, **_values: None)
    for op, urn in (("same", BUCKET), ("delete", OTHER)):
        listening.on_event(event(op, urn))

    assert [row["urn"] for row in listening.differences()] == [OTHER]
