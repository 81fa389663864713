"""Secrets of the application: a place for each cell, filled by people, so that no value is ever in the stack's state."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.cells import cells_of
from infra_templates.components.gcp.keys import DAY, Keys
from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

DAYS_TO_REGRET = 7


class Secrets(Part):
    """A secret for each cell of containers, in the region only, under the stack's own keys."""

    kind = "cloudsteps:gcp:Secrets"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        keys: Keys,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.project, self.keys = project, keys
        self.of = {cell: self._secret(cell) for cell in cells_of(settings.tenancy_compute, settings.tenants)}
        self.finish(secrets=[secret.id for secret in self.of.values()])

    def _secret(self, cell: str) -> gcp.secretmanager.Secret:
        lent = self.keys.lend(cell, "secrets", self.project.agent("secretmanager"))
        key = {"kms_key_name": self.keys.for_cell(cell).id}
        return gcp.secretmanager.Secret(
            f"{self.label}-{cell}",
            secret_id=self.named(f"app-{cell}"),
            project=self.project.id,
            replication={
                "user_managed": {
                    "replicas": [{"location": self.settings.region, "customer_managed_encryption": key}],
                }
            },
            version_destroy_ttl=f"{DAYS_TO_REGRET * DAY}s" if self.production else None,
            deletion_protection=self.production,
            labels={**self.tags, "tenant": cell},
            opts=self.kept(depends_on=[lent]),
        )
