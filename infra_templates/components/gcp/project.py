"""The project that the stack lives in: the services of Google it needs, switched on, and the agents by which they act."""

from functools import cache

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

NEEDED = (
    "certificatemanager",
    "cloudkms",
    "cloudresourcemanager",
    "compute",
    "dns",
    "iam",
    "iamcredentials",
    "logging",
    "monitoring",
    "run",
    "secretmanager",
    "sqladmin",
    "storage",
    "sts",
)


class Project(Part):
    """A project with its services on; they stay on when the stack goes, since others in the project may use them."""

    kind = "cloudsteps:gcp:Project"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        given: str,
        *,
        more: tuple[str, ...] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Switch the services on, with those that only some stacks need."""
        super().__init__(name, settings, opts=opts)
        services = self.services = [self._service(given, api) for api in (*NEEDED, *more)]
        # Whoever names the project by this waits until its services are on.
        self.id = pulumi.Output.all(*(service.project for service in services)).apply(lambda ids: str(ids[0]))
        self.agent = cache(self._agent)
        self.finish(project=self.id)

    def storage_agent(self) -> pulumi.Output[str]:
        """Name the agent of Cloud Storage, which is found in another way than those of other services."""
        found = gcp.storage.get_project_service_account_output(project=self.id)
        return pulumi.Output.concat("serviceAccount:", found.email_address)

    def _service(self, project: str, api: str) -> gcp.projects.Service:
        return gcp.projects.Service(
            f"{self.label}-{api}",
            project=project,
            service=f"{api}.googleapis.com",
            disable_on_destroy=False,
            opts=self.mine(),
        )

    def _agent(self, api: str) -> pulumi.Output[str]:
        identity = gcp.projects.ServiceIdentity(
            f"{self.label}-{api}", project=self.id, service=f"{api}.googleapis.com", opts=self.mine()
        )
        return pulumi.Output.concat("serviceAccount:", identity.email)
