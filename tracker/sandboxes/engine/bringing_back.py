"""Takes back into an emptied state what the cloud still has, from the newest state that was kept."""

import json
from collections.abc import Iterable
from typing import Any

from pulumi import automation

from tracker.sandboxes.engine.settling import ids_of


def bring_back(stack: automation.Stack, kept: str, found: Iterable[dict[str, Any]]) -> int:
    """Import the kept resources that were found in the cloud; gives how many there were."""
    left = {id_ for one in found for id_ in ids_of(str(one["id"]))}
    before = json.loads(kept)
    rows = before["deployment"].get("resources") or []
    ours = [row for row in rows if row.get("custom") and not _is_frame(row) and _ids(row) & left]
    if not ours:
        return 0
    frame = [row for row in rows if _is_frame(row)]
    root = next((row["urn"] for row in frame if row["type"] == "pulumi:pulumi:Stack"), "")
    loose = [{**row, "parent": root, "dependencies": [], "propertyDependencies": {}} for row in ours]
    for row in loose:
        row.pop("deletedWith", None)
    deployment = {**before["deployment"], "resources": [*frame, *loose], "pending_operations": []}
    stack.import_stack(automation.Deployment(version=before["version"], deployment=deployment))
    return len(ours)


def _is_frame(row: dict[str, Any]) -> bool:
    return str(row["type"]).startswith("pulumi:")


def _ids(row: dict[str, Any]) -> set[str]:
    outputs = row.get("outputs") or {}
    return {str(row.get("id", "")), str(outputs.get("arn", ""))} - {""}
