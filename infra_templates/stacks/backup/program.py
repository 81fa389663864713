"""Backups for an environment that somebody else built: the same components, told by configuration what is there."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from infra_templates.configuration import read_settings
from infra_templates.settings import Cloud, SaasSettings


def program() -> None:
    """Read the settings and what is there, build the backups, and export where they are."""
    config = pulumi.Config()
    named = config.require("cloud")
    if named not in {cloud.value for cloud in Cloud}:
        raise pulumi.RunError(f"cloud: “{named}” is none of aws, azure, gcp. 雲端只能是 aws、azure 或 gcp。")
    cloud = Cloud(named)
    settings = read_settings(cloud)
    given: Any = config.require_object("environment")
    try:
        backup = _BUILD[cloud](settings, given)
    except TypeError as error:
        raise pulumi.RunError(
            f"environment: {error}. The README names what has to be there. 環境的說明不完整，需要的項目見 README。"
        ) from None
    pulumi.export("backups", backup.places)


def _aws(settings: SaasSettings, given: Mapping[str, Any]) -> Any:
    from infra_templates.components.aws import backup, mover  # noqa: PLC0415 - only the SDK of the cloud that is used

    databases = _databases(mover.DatabasePlace, given)
    return backup.Backup("backup", settings, mover.BackupGround(**{**given, "databases": databases}))


def _azure(settings: SaasSettings, given: Mapping[str, Any]) -> Any:
    from infra_templates.components.azure import backup, mover  # noqa: PLC0415 - as above

    databases = _databases(mover.DatabasePlace, given)
    return backup.Backup("backup", settings, mover.BackupGround(**{**given, "databases": databases}))


def _gcp(settings: SaasSettings, given: Mapping[str, Any]) -> Any:
    from infra_templates.components.gcp import backup  # noqa: PLC0415 - as above

    databases = _databases(backup.DatabasePlace, given)
    return backup.Backup("backup", settings, backup.BackupGround(**{**given, "databases": databases}))


def _databases(place: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {cell: place(**row) for cell, row in given.get("databases", {}).items()}


_BUILD: Mapping[Cloud, Callable[[SaasSettings, Mapping[str, Any]], Any]] = {
    Cloud.AWS: _aws,
    Cloud.AZURE: _azure,
    Cloud.GCP: _gcp,
}
