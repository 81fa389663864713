"""Run a program against a practice cloud with the real engine."""

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pulumi import automation

from infra_templates.engine.find import get_engine
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.handlers import EMULATED, MARK, RECORDED
from infra_templates.practice.provider.tables import PACKAGES

Program = Callable[[], None]
Listener = Callable[[Any], None]


class Operation(StrEnum):
    """What the engine is asked to do."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    DRIFT = "drift"
    """A refresh that only tells."""
    REPAIR = "repair"
    """A refresh that forgets creations which were cut off; whoever asks for it has searched the cloud for them before."""
    DESTROY = "destroy"


@dataclass(frozen=True)
class StackSettings:
    """Which stack, where its state lies, and with what configuration."""

    home: Path
    """A folder of this stack alone: state, workspace and the engine's own files."""
    project: str = "practice"
    stack: str = "dev"
    config: Mapping[str, str] = field(default_factory=dict)
    """By full names such as `aws:region` or `aws_saas:size`."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    passphrase: str = "practice"  # noqa: S105 - of a state that only the practice cloud uses
    packages: Collection[str] = PACKAGES
    """Those whose providers are needed; each costs half a second."""


@dataclass(frozen=True)
class Resource:
    """A resource as the state has it afterwards."""

    urn: str
    type: str
    id: str
    outputs: Mapping[str, Any]

    @property
    def practice(self) -> str:
        """Say what the practice cloud did for it; empty for components."""
        return str(self.outputs.get(MARK, ""))


@dataclass(frozen=True)
class Outcome:
    """How an operation ended."""

    operation: Operation
    changes: Mapping[str, int]
    outputs: Mapping[str, Any]
    resources: list[Resource]
    pending: list[Mapping[str, Any]]
    text: str

    @property
    def emulated(self) -> int:
        """Count the resources that an emulator holds."""
        return Counter(resource.practice for resource in self.resources)[EMULATED]

    @property
    def recorded(self) -> int:
        """Count the resources that were only written down."""
        return Counter(resource.practice for resource in self.resources)[RECORDED]

    def of_type(self, type_: str) -> list[Resource]:
        """Give the resources of a type."""
        return [resource for resource in self.resources if resource.type == type_]


def run_stack(
    program: Program,
    settings: StackSettings,
    cloud: PracticeCloud,
    operation: Operation,
    *,
    on_output: Listener | None = None,
    on_event: Listener | None = None,
) -> Outcome:
    """Carry out one operation on a stack of a practice cloud; an engine that fails raises automation.CommandError."""
    listeners = {"on_output": on_output, "on_event": on_event}
    given = {name: listener for name, listener in listeners.items() if listener is not None}
    with cloud.providers(settings.packages) as attached:
        stack = open_stack(program, settings, attached)
        result = _OPERATIONS[operation](stack, given)
        outcome = _outcome(stack, operation, result)
    if on_output is not None and operation is Operation.UP:
        on_output(counts_of(outcome))
    return outcome


def counts_of(outcome: Outcome) -> str:
    """Say how much of a stack is really there."""
    return (
        f"Practice cloud: {outcome.emulated} resources are emulated and can be used, "
        f"{outcome.recorded} are recorded only and were not deployed."
    )


def open_stack(program: Program, settings: StackSettings, attached: Mapping[str, str]) -> automation.Stack:
    """Create or select a stack with its state in its own folder."""
    workspace = settings.home / "workspace"
    for folder in (workspace, settings.home / "state", settings.home / "engine"):
        folder.mkdir(parents=True, exist_ok=True)
    options = automation.LocalWorkspaceOptions(
        work_dir=str(workspace),
        pulumi_home=str(settings.home / "engine"),
        env_vars=_environment(settings) | dict(attached),
        pulumi_command=automation.PulumiCommand(root=str(get_engine().parent.parent)),
    )
    stack = automation.create_or_select_stack(
        settings.stack, project_name=settings.project, program=program, opts=options
    )
    values = {name: automation.ConfigValue(value) for name, value in settings.config.items()}
    values |= {name: automation.ConfigValue(value, secret=True) for name, value in settings.secrets.items()}
    if values:
        stack.set_all_config(values)
    return stack


def discard_stack(settings: StackSettings) -> None:
    """Remove the state and workspace of a stack; what it made must be gone before."""
    shutil.rmtree(settings.home, ignore_errors=True)


def _environment(settings: StackSettings) -> dict[str, str]:
    return {
        "PULUMI_BACKEND_URL": (settings.home / "state").resolve().as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": settings.passphrase,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


_OPERATIONS: Mapping[Operation, Callable[[automation.Stack, dict[str, Any]], Any]] = {
    Operation.PREVIEW: lambda stack, given: stack.preview(**given),
    Operation.UP: lambda stack, given: stack.up(**given),
    Operation.REFRESH: lambda stack, given: stack.refresh(**given),
    Operation.DRIFT: lambda stack, given: stack.preview_refresh(**given),
    Operation.REPAIR: lambda stack, given: stack.refresh(clear_pending_creates=True, **given),
    Operation.DESTROY: lambda stack, given: stack.destroy(**given),
}


def _outcome(stack: automation.Stack, operation: Operation, result: Any) -> Outcome:
    deployment = stack.export_stack().deployment or {}
    changes = getattr(result, "change_summary", None) or getattr(result.summary, "resource_changes", None) or {}
    resources = [
        Resource(row["urn"], row["type"], row.get("id", ""), row.get("outputs", {}))
        for row in deployment.get("resources") or []
        if not row["type"].startswith("pulumi:")
    ]
    outputs = {} if operation is Operation.DESTROY else {name: output.value for name, output in stack.outputs().items()}
    return Outcome(
        operation,
        {str(getattr(kind, "value", kind)): count for kind, count in changes.items()},
        outputs,
        resources,
        deployment.get("pending_operations") or [],
        result.stdout,
    )
