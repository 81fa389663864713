"""Logs of a production stack, kept in the region, under its own key, for as long as an incident may need them."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.keys import Keys
from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SHARED, SaasSettings

LOG_DAYS = 90


class Logs(Part):
    """A log bucket for what the stack's containers, databases, network and load balancer say.

    A sandbox has none: its logs stay 30 days in the project's own, and a deleted log bucket would keep its name for a week.
    """

    kind = "cloudsteps:gcp:Logs"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        keys: Keys,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it."""
        super().__init__(name, settings, opts=opts)
        agent = gcp.logging.get_project_cmek_settings_output(project=project.id)
        writer = agent.service_account_id.apply(_member)
        lent = keys.lend(SHARED, "logs", writer)
        self.bucket = gcp.logging.ProjectBucketConfig(
            f"{name}-bucket",
            project=project.id,
            location=settings.region,
            bucket_id=self.named("logs"),
            retention_days=LOG_DAYS,
            description=f"CloudSteps {settings.sandbox}",
            cmek_settings={"kms_key_name": keys.shared.id},
            opts=self.kept(depends_on=[lent]),
        )
        gcp.logging.ProjectSink(
            f"{name}-sink",
            name=self.named("logs"),
            project=project.id,
            destination=pulumi.Output.concat("logging.googleapis.com/", self.bucket.id),
            filter=self._ours(),
            unique_writer_identity=True,
            opts=self.mine(),
        )
        self.finish(bucket=self.bucket.id)

    def _ours(self) -> str:
        """Tell the stack's own logs from those of others in the project: by its label, else by the digest in its names."""
        digest = self.named("x").rsplit("-", 1)[-1]
        kinds = ("cloud_run_revision", "cloudsql_database", "http_load_balancer", "gce_subnetwork", "nat_gateway")
        named = (
            "resource.labels.service_name",
            "resource.labels.database_id",
            "resource.labels.backend_service_name",
            "resource.labels.subnetwork_name",
            "resource.labels.gateway_name",
        )
        which = " OR ".join(f'{name}:"{digest}"' for name in named)
        quoted = " OR ".join(f'"{kind}"' for kind in kinds)
        return f"resource.type=({quoted}) AND ({which})"


def _member(account: str) -> str:
    return account if account.startswith("serviceAccount:") else f"serviceAccount:{account}"
