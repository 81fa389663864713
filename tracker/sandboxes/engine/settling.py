"""Putting in order what was cut off: creations that the engine began and never heard the end of.

The engine's own ways lose them: the next `up` creates a second one, a refresh that clears them forgets the first. So each is
looked for by its tags; what is there is taken into the state under its own id, what is not is forgotten.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi import automation

from infra_templates.practice.provider.handlers import EMULATED
from infra_templates.practice.provider.handlers import MARK as PRACTICE_MARK
from tracker.sandboxes.engine.job import CutShort, Job, Stopped, Tell

CREATING = "creating"
STACK = "pulumi:pulumi:Stack"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes into a plan where only the deployment will tell."""
MOST_ROUNDS = 12
FAR = 2
UNREACHABLE = (
    "reading from server",
    "connection refused",
    "Unavailable",
    "transport is closing",
    "ConcurrentUpdateError",
    "currently locked",
    "did not begin responding to RPC connections",
)
"""Signs that the answer is not about the guessed id."""
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
        rows = [
            {"urn": one["resource"]["urn"], "type": one["resource"]["type"], "operation": one["type"]}
            for one in pending
        ]
        begun = [one["resource"] for one in pending if one["type"] == CREATING and one["resource"].get("custom")]
        creating = [*begun, *self._planned({one["urn"] for one in begun})]
        if rows:
            self.tell("pending", rows=rows)
            self._put(self._resources(), [])
        try:
            adopted = self._adopt(creating) if creating else []
        except (CutShort, automation.CommandError):
            self._put(self._resources(), pending)
            raise
        forgotten = [one["urn"] for one in begun if one["urn"] not in adopted]
        for urn in adopted:
            self.tell(
                "said", severity="warning", urn=urn, text="It was created before the interruption, and is taken over."
            )
        for urn in forgotten:
            self.tell("said", severity="info", urn=urn, text="Its creation had not begun, or left nothing.")
        return {"adopted": adopted, "forgotten": forgotten, "interrupted": rows}

    def _planned(self, begun: set[str]) -> list[dict[str, Any]]:
        """Give what the plan would create and the state does not hold.

        Where a provider dies, the engine takes its creation for refused and forgets it, though the cloud has done it.
        """
        if not self.job.plan:
            return []
        resources = self._resources()
        held = {row["urn"] for row in resources} | begun
        providers = {
            row["type"].rsplit(":", 1)[-1]: f"{row['urn']}::{row['id']}" for row in resources if is_provider(row)
        }
        root = next((row["urn"] for row in resources if row["type"] == STACK), "")
        plans = json.loads(base64.b64decode(self.job.plan)).get("resourcePlans") or {}
        return [
            made
            for urn, plan in plans.items()
            if urn not in held and (made := as_planned(urn, plan, providers, held, root)) is not None
        ]

    def _adopt(self, creating: list[dict[str, Any]]) -> list[str]:
        """Try the ids that a resource may have, a round at a time, until the cloud knows one."""
        known = self._known_ids()
        strangers = [one for one in self.search() if not known & set(ids_of(one["id"]))]
        creating = [one for one in creating if any(_distance(stranger, one) < FAR for stranger in strangers)]
        waiting = {one["urn"]: (one, list(candidates(one, strangers))) for one in creating}
        adopted: list[str] = []
        for _round in range(MOST_ROUNDS):
            tries = _next_tries(waiting)
            if not tries:
                break
            taken = self._try(tries)
            adopted += taken
            for urn in taken:
                waiting.pop(urn)
            used = self._known_ids()
            for _one, ids in waiting.values():
                ids[:] = [id_ for id_ in ids if id_ not in used]
        self._refuse_twins([one for one, _ids in waiting.values()], strangers)
        return adopted

    def _refuse_twins(self, missing: list[dict[str, Any]], strangers: list[Found]) -> None:
        """Never go on where something of the kind was made and could not be taken over: it would be made a second time."""
        known = self._known_ids()
        for one in missing:
            for stranger in strangers:
                if not known & set(ids_of(stranger["id"])) and _distance(stranger, one) < FAR:
                    raise Stopped(
                        f"{stranger['id']} was created before the interruption and cannot be taken over as {one['urn']}. "
                        "Nothing was created a second time; remove it in the cloud, or destroy the sandbox."
                    )

    def _try(self, tries: dict[str, tuple[dict[str, Any], str]]) -> list[str]:
        """Write the guessed ids into the state and let the cloud say which of them hold."""
        before = self._resources()
        guessed = [self._as_made(one, id_) for one, id_ in tries.values()]
        self._put([*before, *guessed], [])
        try:
            self.stack.refresh(target=list(tries), color="never", show_secrets=False)
        except automation.CommandError as error:
            self._put(before, [])
            if any(sign in str(error) for sign in UNREACHABLE):
                raise Stopped("The provider cannot be reached, so that nobody knows what it had created.") from error
        else:
            return self._keep_true(tries)
        return self._one_by_one(tries) if len(tries) > 1 else []

    def _keep_true(self, tries: Mapping[str, tuple[dict[str, Any], str]]) -> list[str]:
        """Keep what the cloud knows under the guessed id and what bears the name that was planned; take the others out again."""
        rows = self._resources()
        known = {row["urn"]: row for row in rows}
        true = [urn for urn, (one, _id) in tries.items() if urn in known and _wished(known[urn]) == _wished(one)]
        false = known.keys() & tries.keys() - set(true)
        if false:
            self._put([row for row in rows if row["urn"] not in false], [])
        return true

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


def is_provider(row: Mapping[str, Any]) -> bool:
    """Whether a row of a state is a provider."""
    return str(row["type"]).startswith("pulumi:providers:")


def as_planned(
    urn: str, plan: Mapping[str, Any], providers: Mapping[str, str], held: set[str], root: str
) -> dict[str, Any] | None:
    """Write a planned creation as a state would hold it, as far as it was known then; None for what no provider makes."""
    goal = plan.get("goal") or {}
    type_ = str(goal.get("type") or urn.split("::")[2].rsplit("$", 1)[-1])
    provider = providers.get(type_.split(":", 1)[0])
    if (
        not goal.get("custom")
        or type_.startswith("pulumi:")
        or provider is None
        or "create" not in plan.get("steps", ())
    ):
        return None
    parent = str(goal.get("parent") or "")
    inputs = _known((goal.get("inputDiff") or {}).get("adds") or {})
    return {
        "urn": urn,
        "custom": True,
        "type": type_,
        "inputs": inputs,
        "parent": parent if parent in held else root,
        "provider": provider,
    }


def _known(value: Any) -> Any:
    """Leave out what a plan could not know."""
    if isinstance(value, dict):
        return {name: _known(one) for name, one in value.items() if one != UNKNOWN}
    if isinstance(value, list):
        return [_known(one) for one in value if one != UNKNOWN]
    return value


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
    """Give the ids that a resource may have got, the likeliest first, and last its wished name itself."""
    near = sorted(
        (one for one in strangers if _distance(one, resource) < FAR), key=lambda one: _distance(one, resource)
    )
    given = [id_ for stranger in near for id_ in ids_of(stranger["id"]) if id_]
    yield from dict.fromkeys((*given, *_wished(resource).values()))


def _distance(found: Found, resource: dict[str, Any]) -> int:
    """Tell how far a stranger is from what was to be created: of its very name, of its kind, or something else."""
    names = set(_wished(resource).values())
    if names & set(ids_of(found["id"])):
        return 0
    kind = resource["type"].rsplit(":", 1)[-1].lower()
    of_kind = found["type"] == resource["type"] or found["type"].rsplit(":", 1)[-1].replace("-", "").lower() == kind
    if of_kind or any(name in found["id"] for name in names):
        return 1
    return FAR


def _next_tries(waiting: Mapping[str, tuple[dict[str, Any], list[str]]]) -> dict[str, tuple[dict[str, Any], str]]:
    """Take the next guess for each, never the same for two at once."""
    tries: dict[str, tuple[dict[str, Any], str]] = {}
    taken: set[str] = set()
    for urn, (one, ids) in waiting.items():
        free = next((id_ for id_ in ids if id_ not in taken), None)
        if free is not None:
            ids.remove(free)
            taken.add(free)
            tries[urn] = (one, free)
    return tries


def _wished(resource: Mapping[str, Any]) -> dict[str, str]:
    """Give the names that a resource was to bear, by the input that says them."""
    inputs = resource.get("inputs") or {}
    return {name: inputs[name] for name in _NAMES if isinstance(inputs.get(name), str) and inputs[name]}
