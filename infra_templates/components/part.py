"""What every component has: the settings, names, tags, and children that belong to it."""

from typing import Any

import pulumi

from infra_templates.names import name_of, tags_of
from infra_templates.settings import Mode, SaasSettings
from infra_templates.sizes import Capacity, capacity_of


class Part(pulumi.ComponentResource):
    """A piece of a stack that makes its resources as its own children."""

    kind: str
    """Its type: `cloudsteps:<cloud>:<Noun>`, set by each component."""

    def __init__(self, name: str, settings: SaasSettings, *, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the component; its children are made by the component itself, which ends by `finish`."""
        super().__init__(self.kind, name, None, opts)
        self.label = name
        self.settings = settings
        self.production = settings.mode is Mode.PRODUCTION
        self.tags = tags_of(settings)

    @property
    def capacity(self) -> Capacity:
        """Give the numbers of the stack's size."""
        return capacity_of(self.settings)

    def named(self, part: str, longest: int = 63) -> str:
        """Give the physical name of one of its resources."""
        return name_of(self.settings, part, longest=longest)

    def mine(self, **options: Any) -> pulumi.ResourceOptions:
        """Give the options of a child."""
        return pulumi.ResourceOptions(parent=self, **options)

    def kept(self, **options: Any) -> pulumi.ResourceOptions:
        """Give the options of a child that holds data: in production the engine refuses to delete it."""
        return self.mine(protect=self.production, **options)

    def finish(self, **outputs: Any) -> None:
        """Tell the engine that the component is complete, with what a person may want to see of it."""
        self.register_outputs(outputs)
