"""Functions that programs call to look something up: few, answered by the practice cloud, the others refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra_templates.practice.provider.handlers import Setting
from infra_templates.practice.provider.tables import UnknownType
from infra_templates.practice.provider.wire import Properties

Function = Callable[[Properties, Setting], Properties]


@dataclass(frozen=True)
class Functions:
    """The functions of one package by their tokens."""

    known: Mapping[str, Function]

    def __call__(self, token: str, args: Properties, setting: Setting) -> Properties:
        """Answer a function, or refuse it by name."""
        if token not in self.known:
            raise UnknownType(
                f"The practice cloud doesn't know the function {token}. Give the value in the configuration instead."
            )
        return self.known[token](args, setting)
