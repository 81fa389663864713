"""The templates that can be planned, and how their settings become configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from infra_templates.backup.drill.settings import PACKAGE
from infra_templates.configuration import config_of
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud, SaasSettings

Program = Callable[[], None]

TEMPLATES: Mapping[str, Cloud | None] = {
    "aws_saas": Cloud.AWS,
    "azure_saas": Cloud.AZURE,
    "gcp_saas": Cloud.GCP,
    "backup": None,
}
"""The cloud of each template; the backup stack goes to the one it is told."""

_PLACEHOLDERS: Mapping[str, str] = {"gcp:project": "practice-project", "gcp:region": "asia-east1"}


@dataclass(frozen=True)
class Template:
    """A template with the settings it is planned with."""

    name: str
    settings: SaasSettings
    more: Mapping[str, str]
    """Configuration beside the settings, by its full names."""

    @property
    def program(self) -> Program:
        """Give the program that the engine runs."""
        program: Program = import_module(f"infra_templates.stacks.{self.name}.program").program
        return program

    @property
    def packages(self) -> list[str]:
        """Name the packages of both clouds."""
        return sorted({PACKAGE[self.settings.cloud], PACKAGE[self.settings.backup_cloud]})

    @property
    def config(self) -> dict[str, str]:
        """Give the stack's configuration; where a provider needs a place, that of the settings."""
        own = {f"{self.name}:{name}": value for name, value in config_of(self.settings).items()}
        places = {**_PLACEHOLDERS, "aws:region": "ap-northeast-1", "azure-native:location": "japaneast"}
        places |= {_PLACE_OF[self.settings.cloud]: self.settings.region}
        used = {name: value for name, value in places.items() if name.split(":", 1)[0] in self.packages}
        return {**used, **self.more, **own}


_PLACE_OF = {Cloud.AWS: "aws:region", Cloud.AZURE: "azure-native:location", Cloud.GCP: "gcp:region"}


def template_of(name: str, settings: SaasSettings, more: Mapping[str, str] | None = None) -> Template:
    """Give a template by its name, or refuse a name or a cloud that doesn't fit."""
    if name not in TEMPLATES:
        offered = ", ".join(TEMPLATES)
        raise Unsuitable(
            f"沒有「{name}」這個範本。請從這些選一個：{offered}。",
            f"There is no template “{name}”. Choose one of: {offered}.",
        )
    cloud = TEMPLATES[name]
    if cloud is not None and settings.cloud is not cloud:
        raise Unsuitable(
            f"範本「{name}」在 {cloud} 上，設定的是 {settings.cloud}。請改用同一家雲端。",
            f"The template “{name}” is for {cloud}, and the settings are for {settings.cloud}. Use the same cloud.",
        )
    return Template(name, settings, more or {})
