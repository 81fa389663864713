"""Hears what the engine tells while it runs; nothing that goes wrong here may reach the engine's own threads."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from infra_templates.practice.provider.tables import PACKAGES, UnknownType, table_of
from tracker.sandboxes.engine.job import Tell

_QUIET = {"debug"}
_LONGEST_LINE = 4000
_STACK = "pulumi:pulumi:Stack"
_HARMLESS = frozenset({"same", "read", "refresh"})
_GOING_ON = frozenset({"same", "update"})
"""What building again may do with what an interrupted run had created already."""


def _nothing() -> None:
    """Stop nothing."""


def harmless(listen: Callable[["Listening", Any], None]) -> Callable[["Listening", Any], None]:
    """Keep an error of ours out of the thread that drains the engine: without it the engine would hang."""

    @wraps(listen)
    def heard(self: "Listening", value: Any) -> None:
        try:
            listen(self, value)
        except Exception as error:  # noqa: BLE001 - the engine must be drained whatever happens here
            print(f"not understood: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - the child's own log

    return heard


class Listening:
    """Turns the engine's events into messages, and remembers what the result needs."""

    def __init__(self, tell: Tell) -> None:
        """Tell what is heard by this."""
        self.tell = tell
        self._steps: dict[str, dict[str, Any]] = {}
        self._errors: list[str] = []
        self._approved: Mapping[str, frozenset[str]] | None = None
        self._stop: Callable[[], None] = _nothing
        self.strays: list[str] = []
        """Steps that nobody has approved."""

    def hold_to(self, plan: bytes, stop: Callable[[], None]) -> None:
        """Stop the engine at the first step that the approved plan does not have.

        Its own way of holding a run to a plan refuses what is the same: dependencies that only the deployment tells count as changed.
        """
        steps = {
            urn: frozenset(one.get("steps") or ()) for urn, one in (json.loads(plan).get("resourcePlans") or {}).items()
        }
        self._approved = {urn: ops | _GOING_ON if "create" in ops else ops for urn, ops in steps.items()}
        self._stop = stop

    def _is_approved(self, urn: str, action: str) -> bool:
        return self._approved is None or action in _HARMLESS or action in self._approved.get(urn, frozenset())

    @harmless
    def on_output(self, line: str) -> None:
        """Pass a line of text on to the log."""
        if line.strip():
            self.tell("log", text=line.rstrip()[:_LONGEST_LINE])

    @harmless
    def on_event(self, event: Any) -> None:
        """Pass on what happens to a resource, and what the engine says about it."""
        if event.resource_pre_event is not None:
            self._step(event.resource_pre_event.metadata, "pending")
        elif event.res_outputs_event is not None:
            self._step(event.res_outputs_event.metadata, "done")
        elif event.res_op_failed_event is not None:
            self._step(event.res_op_failed_event.metadata, "failed")
        elif event.diagnostic_event is not None and event.diagnostic_event.severity not in _QUIET:
            said = event.diagnostic_event
            if said.severity == "error":
                self._errors.append(said.message.strip()[:_LONGEST_LINE])
            self.tell("said", severity=said.severity, urn=said.urn or "", text=said.message.strip()[:_LONGEST_LINE])

    def _step(self, step: Any, state: str) -> None:
        if step.type == _STACK:
            return
        action = str(getattr(step.op, "value", step.op))
        if state == "pending" and not self._is_approved(step.urn, action):
            self.strays.append(f"{action} {step.urn}")
            self._stop()
        new = step.new or step.old
        row = {
            "urn": step.urn,
            "type": step.type,
            "name": step.urn.rsplit("::", 1)[-1],
            "parent": (new.parent if new is not None else "") or "",
            "action": action,
            "practice": _practice(step.type),
            "properties": sorted(step.detailed_diff or ()) or list(step.diffs or ()),
        }
        self._steps[step.urn] = {**self._steps.get(step.urn, {}), **row}
        if not step.type.startswith("pulumi:providers:"):
            self.tell("resource", state=state, **{name: row[name] for name in ("urn", "type", "name", "action")})

    def planned(self) -> list[dict[str, Any]]:
        """Give the resources of a preview."""
        return [
            {name: value for name, value in row.items() if name != "properties"}
            for row in self._steps.values()
            if not row["type"].startswith("pulumi:")
        ]

    def differences(self) -> list[dict[str, Any]]:
        """Give the resources that the cloud has otherwise than the state."""
        return [
            row
            for row in self._steps.values()
            if row["action"] not in {"same", "refresh", "read"} or (row["action"] == "refresh" and row["properties"])
        ]

    def last_words(self) -> str:
        """Give the errors that the engine told, the last ones first cut."""
        return "\n".join(self._errors[-5:])[:_LONGEST_LINE]


def _practice(type_: str) -> str:
    package = type_.split(":", 1)[0]
    if package not in PACKAGES:
        return ""
    try:
        return "emulated" if table_of(package)[type_].emulated else "recorded only"
    except UnknownType:
        return ""
