"""Choose the second cloud's component; only the SDK of that cloud is loaded."""

import pulumi

from infra_templates.backup.handover import Asker, Destination
from infra_templates.backup.retention import Retention
from infra_templates.settings import Cloud, SaasSettings


def make_target(
    name: str, settings: SaasSettings, retention: Retention, asker: Asker, opts: pulumi.ResourceOptions
) -> Destination:
    """Build the bucket and the writer in the second cloud."""
    if settings.backup_cloud is Cloud.AWS:
        from infra_templates.backup.targets.aws import AwsTarget  # noqa: PLC0415 - only where it is used

        return AwsTarget(name, settings, retention, asker, opts).destination
    if settings.backup_cloud is Cloud.AZURE:
        from infra_templates.backup.targets.azure import AzureTarget  # noqa: PLC0415 - as above

        return AzureTarget(name, settings, retention, asker, opts).destination
    from infra_templates.backup.targets.gcp import GcpTarget  # noqa: PLC0415 - as above

    return GcpTarget(name, settings, retention, asker, opts).destination
