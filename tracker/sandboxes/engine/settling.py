"""Putting in order what was cut off: creations that the engine began and never heard the end of.

The engine's own ways lose them: the next `up` creates a second one, a refresh that clears them forgets the first. So each is
looked for by its tags; what is there is taken into the state under its own id, what is not is forgotten.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from pulumi import automation

from infra_templates.practice.provider.handlers import EMULATED
from infra_templates.practice.provider.handlers import MARK as PRACTICE_MARK
from tracker.sandboxes.engine.job import Job, Tell

CREATING = "creating"
MOST_ROUNDS = 12
_NAMES = (
    "name",
    "bucket",
    "identifier",
    "repository",
    "clusterName",
    "accountName",
    "accountId",
    "resourceGroupName",
    "functionName",
)
"""Inputs that many types take their id from."""

Found = dict[str, Any]


class Settling:
    """The repair of one stack."""

    def __init__(self, stack: automation.Stack, job: Job, tell: Tell, search: Callable[[], list[Found]]) -> None:
        """Take an open stack, and the way to search its cloud."""
        self.stack, self.job, self.tell, self.search = stack, job, tell, search

    def run(self) -> dict[str, Any]:
        """Adopt or forget every creation that was cut off; what was being changed or deleted is looked at anew."""
        pending = list(self._deployment().get("pending_operations") or [])
        if not pending:
            return {"adopted": [], "forgotten": [], "interrupted": []}
        rows = [
            {"urn": one["resource"]["urn"], "type": one["resource"]["type"], "operation": one["type"]}
            for one in pending
        ]
        self.tell("pending", rows=rows)
        creating = [one["resource"] for one in pending if one["type"] == CREATING and one["resource"].get("custom")]
        self._put(self._resources(), [])
        adopted = self._adopt(creating) if creating else []
        forgotten = [one["urn"] for one in creating if one["urn"] not in adopted]
        for urn in adopted:
            self.tell(
                "said", severity="warning", urn=urn, text="It was created before the interruption, and is taken over."
            )
        for urn in forgotten:
            self.tell("said", severity="info", urn=urn, text="Its creation had not begun, or left nothing.")
        return {"adopted": adopted, "forgotten": forgotten, "interrupted": rows}

    def _adopt(self, creating: list[dict[str, Any]]) -> list[str]:
        """Try the ids that a resource may have, a round at a time, until the cloud knows one."""
        known = self._known_ids()
        strangers = [one for one in self.search() if not known & set(ids_of(one["id"]))]
        waiting = {one["urn"]: (one, list(candidates(one, strangers))) for one in creating}
        adopted: list[str] = []
        for _round in range(MOST_ROUNDS):
            tries = {urn: (one, ids.pop(0)) for urn, (one, ids) in waiting.items() if ids}
            if not tries:
                break
            taken = self._try(tries)
            adopted += taken
            for urn in taken:
                waiting.pop(urn)
            used = self._known_ids()
            for _one, ids in waiting.values():
                ids[:] = [id_ for id_ in ids if id_ not in used]
        return adopted

    def _try(self, tries: dict[str, tuple[dict[str, Any], str]]) -> list[str]:
        """Write the guessed ids into the state and let the cloud say which of them hold."""
        before = self._resources()
        guessed = [self._as_made(one, id_) for one, id_ in tries.values()]
        self._put([*before, *guessed], [])
        with suppress(automation.CommandError):
            self.stack.refresh(target=list(tries), color="never", show_secrets=False)
            kept = {row["urn"] for row in self._resources()}
            return [urn for urn in tries if urn in kept]
        self._put(before, [])
        return self._one_by_one(tries) if len(tries) > 1 else []

    def _one_by_one(self, tries: dict[str, tuple[dict[str, Any], str]]) -> list[str]:
        """Where one of several guesses makes the cloud refuse, ask for each alone."""
        return [urn for urn, tried in tries.items() if self._try({urn: tried})]

    def _as_made(self, resource: dict[str, Any], id_: str) -> dict[str, Any]:
        outputs = dict(resource.get("inputs") or {})
        if self.job.practice:
            outputs[PRACTICE_MARK] = EMULATED
        return {**resource, "id": id_, "outputs": outputs}

    def _known_ids(self) -> set[str]:
        known: set[str] = set()
        for row in self._resources():
            outputs = row.get("outputs") or {}
            known |= set(ids_of(str(row.get("id", "")))) | set(ids_of(str(outputs.get("arn", ""))))
        return known - {""}

    def _resources(self) -> list[dict[str, Any]]:
        return list(self._deployment().get("resources") or [])

    def _deployment(self) -> dict[str, Any]:
        deployment = self.stack.export_stack()
        self._version = deployment.version or 3
        return dict(deployment.deployment or {})

    def _put(self, resources: list[dict[str, Any]], pending: list[Any]) -> None:
        deployment = {**self._deployment(), "resources": resources, "pending_operations": pending}
        self.stack.import_stack(automation.Deployment(version=self._version, deployment=deployment))


def ids_of(id_: str) -> Iterator[str]:
    """Give an id as a cloud tells it and as the engine may hold it: whole, and without what stands before the name."""
    yield id_
    tail = id_.split(":", 5)[-1] if id_.startswith("arn:") else id_
    yield tail
    if "/" in tail:
        yield tail.rsplit("/", 1)[-1]
        yield tail.split("/", 1)[-1]
    if ":" in tail:
        yield tail.rsplit(":", 1)[-1]
        yield tail.split(":", 1)[-1]


def candidates(resource: dict[str, Any], strangers: list[Found]) -> Iterator[str]:
    """Give the ids that a resource may have got, the likeliest first: those that say its kind or its name, then its wished name."""
    inputs = resource.get("inputs") or {}
    wished = [str(inputs[name]) for name in _NAMES if isinstance(inputs.get(name), str)]
    kind = resource["type"].rsplit(":", 1)[-1].lower()
    given: set[str] = set()
    for stranger in sorted(strangers, key=lambda one: _distance(one, resource["type"], kind, wished)):
        for id_ in ids_of(stranger["id"]):
            if id_ and id_ not in given:
                given.add(id_)
                yield id_
    for name in wished:
        if name not in given:
            yield name


def _distance(found: Found, type_: str, kind: str, wished: list[str]) -> int:
    """Tell how far a stranger is from what was being created."""
    if found["type"] == type_ or any(name and name in found["id"] for name in wished):
        return 0
    return 1 if found["type"].rsplit(":", 1)[-1].replace("-", "").lower() == kind else 2
