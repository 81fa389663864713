"""A stack with the real engine in the practice cloud, from nothing to nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pulumi import automation

from infra_templates.backup.drill.settings import PACKAGE
from infra_templates.configuration import config_of
from infra_templates.practice.cloud import PracticeCloud
from infra_templates.practice.provider.packages import records_of
from infra_templates.practice.run import Operation, Outcome, StackSettings, open_stack, run_stack
from infra_templates.settings import SaasSettings
from tests.infra.conftest import REGIONS


@dataclass(frozen=True)
class Living:
    """One stack of one test."""

    program: Callable[[], None]
    project: str
    package: str
    more: dict[str, str]
    cloud: PracticeCloud
    home: Path

    def run(self, settings: SaasSettings, operation: Operation) -> Outcome:
        """Carry out an operation."""
        return run_stack(self.program, self._stack(settings), self.cloud, operation)

    def unprotect(self, settings: SaasSettings) -> None:
        """Do what a person does who really means it: take the protection off in the state."""
        stack_settings = self._stack(settings)
        with self.cloud.providers(stack_settings.packages) as attached:
            stack = open_stack(self.program, stack_settings, attached)
            state = stack.export_stack()
            for resource in (state.deployment or {})["resources"]:
                resource["protect"] = False
            stack.import_stack(automation.Deployment(version=state.version, deployment=state.deployment))

    def left(self) -> list[str]:
        """Name whatever the practice cloud has written down of this package, with tags or without."""
        return [record.id for record in records_of(self.cloud.folder, self.package)]

    def _stack(self, settings: SaasSettings) -> StackSettings:
        own = {f"{self.project}:{name}": value for name, value in config_of(settings).items()}
        # The copy in the second cloud is part of the stack.
        second = PACKAGE[settings.backup_cloud]
        config = {**REGIONS[second], **self.more, **own}
        return StackSettings(self.home, project=self.project, config=config, packages=[self.package, second])
