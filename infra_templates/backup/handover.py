"""What the primary's job and the second cloud's bucket tell one another."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra_templates.backup.retention import Retention
from infra_templates.settings import REGIONS, Cloud, SaasSettings

AUDIENCE = "api://AzureADTokenExchange"
"""For whom the job's token is meant. Microsoft fixes this one for its managed identities; the other two clouds take any."""

AZURE_AUDIENCE_ID = "fb60f99c-7a34-4190-8149-302f77469936"
"""What stands in such a token of Microsoft's: the id behind the name."""


@dataclass(frozen=True)
class Asker:
    """The identity of the job, as a token from the primary's own cloud proves it: there is no key that could be stolen."""

    cloud: Cloud
    issuer: pulumi.Input[str]
    """Address of who signs the token."""
    subject: pulumi.Input[str]

    @property
    def audience(self) -> str:
        """Give what stands as the audience in its token."""
        return AZURE_AUDIENCE_ID if self.cloud is Cloud.AZURE else AUDIENCE


@dataclass(frozen=True)
class Destination:
    """Where the copy goes, and the plain settings by which the job gets there; none of them is secret."""

    address: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]]
    ready: tuple[pulumi.Resource, ...] = ()


def second_region(settings: SaasSettings) -> str:
    """Give the region of the copy: the one set as `backup_region`, else the first that is offered."""
    region = pulumi.Config().get("backup_region")
    offered = REGIONS[settings.backup_cloud]
    if region is not None and region not in offered:
        raise pulumi.RunError(
            f"backup_region: “{region}” is not offered on {settings.backup_cloud}. Choose one of {', '.join(offered)}. "
            f"{settings.backup_cloud} 沒有提供「{region}」。請從這些選一個：{', '.join(offered)}。"
        )
    return region or next(iter(offered))


def mover_environment(
    settings: SaasSettings, retention: Retention, destination: Destination
) -> dict[str, pulumi.Input[str]]:
    """Give the settings of the job that don't depend on the primary's cloud."""
    return {
        "SOURCE_CLOUD": settings.cloud.value,
        "SOURCE_REGION": settings.region,
        "FULL_EVERY_DAYS": str(retention.full_every_days),
        "COPY_AUDIENCE": AUDIENCE,
        "COPY_LOCK": retention.lock.value,
        "COPY_LOCK_DAYS": str(retention.lock_days),
        **destination.environment,
    }


def mover_image() -> str:
    """Give the image of the job, built from `backup/mover/Dockerfile`."""
    return pulumi.Config().get("mover_image") or "registry.example/cloudsteps/backup-mover:1.0.0"


def crypt_words() -> pulumi.Output[str]:
    """Give password and salt of the copy as JSON: those set as `backup_password` and `backup_salt`, else new ones.

    What keeps them must ignore later changes, since new ones are drawn in every run.
    """
    config = pulumi.Config()
    known = {word: config.get_secret(f"backup_{word}") or secrets.token_urlsafe(32) for word in ("password", "salt")}
    return pulumi.Output.secret(pulumi.Output.all(**known).apply(lambda words: json.dumps(words, sort_keys=True)))
