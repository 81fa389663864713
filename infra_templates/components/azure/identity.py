"""Who may do what: an identity for each cell of containers, and one that deploys without long-lived keys."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.cells import cells_of
from infra_templates.components.azure.part import AzurePart
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.roles import fixed_uuid
from infra_templates.settings import SaasSettings

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "api://AzureADTokenExchange"


class Identity(AzurePart):
    """Identities without passwords, each with the least that it needs."""

    kind = "cloudsteps:azure:Identity"

    def __init__(
        self, name: str, settings: SaasSettings, place: Place, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them; what each may do is said where the thing is made that it may use."""
        super().__init__(name, settings, place, opts=opts)
        self.cells = cells_of(settings.tenancy_compute, settings.tenants)
        self.runs = {cell: self.identity(f"runs-{cell}", cell) for cell in self.cells}
        self.deploys = self._deploy_identity() if settings.repository else None
        self.finish(runs=[identity.name for identity in self.runs.values()])

    def identity(self, part: str, cell: str | None = None) -> azure.managedidentity.UserAssignedIdentity:
        """Make an identity that may do nothing yet."""
        return azure.managedidentity.UserAssignedIdentity(
            f"{self.label}-{part}",
            resource_name_=self.named(part, 128),
            resource_group_name=self.group,
            location=self.settings.region,
            tags={**self.tags, "tenant": cell} if cell else self.tags,
            opts=self.mine(),
        )

    def allow(
        self,
        part: str,
        identity: azure.managedidentity.UserAssignedIdentity,
        role: pulumi.Input[str],
        scope: pulumi.Input[str],
    ) -> azure.authorization.RoleAssignment:
        """Give an identity a role on one thing."""
        return azure.authorization.RoleAssignment(
            f"{self.label}-{part}",
            role_assignment_name=fixed_uuid(self.named(part, 200)),
            principal_id=identity.principal_id,
            principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=role,
            scope=scope,
            # Its name is fixed, so that a new one cannot be there before the old one is gone.
            opts=self.mine(delete_before_replace=True),
        )

    def let_deploy(self, environment: pulumi.Output[str], apps: list[pulumi.Output[str]]) -> None:
        """Let the main branch put out a new version: change the apps, and nothing else of the environment."""
        if self.deploys is None:
            return
        changes = self._role(
            "deploys",
            "Put out a new version of a container app",
            [
                "Microsoft.App/containerApps/read",
                "Microsoft.App/containerApps/write",
                "Microsoft.App/containerApps/revisions/read",
                "Microsoft.App/containerApps/operationResults/read",
            ],
        )
        joins = self._role(
            "joins",
            "Run apps in an environment",
            ["Microsoft.App/managedEnvironments/read", "Microsoft.App/managedEnvironments/join/action"],
        )
        hands_over = self._role(
            "hands-over",
            "Run apps as an identity",
            ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"],
        )
        for cell, app in zip(self.cells, apps, strict=True):
            self.allow(f"deploys-{cell}", self.deploys, changes, app)
            self.allow(f"deploys-as-{cell}", self.deploys, hands_over, self.runs[cell].id)
        self.allow("deploys-into", self.deploys, joins, environment)

    def _role(self, part: str, description: str, actions: list[str]) -> pulumi.Output[str]:
        definition = azure.authorization.RoleDefinition(
            f"{self.label}-{part}",
            role_definition_id=fixed_uuid(self.named(f"role-{part}", 200)),
            role_name=self.named(part, 100),
            description=description,
            role_type="CustomRole",
            scope=self.place.group.id,
            assignable_scopes=[self.place.group.id],
            permissions=[{"actions": actions, "not_actions": [], "data_actions": [], "not_data_actions": []}],
            opts=self.mine(),
        )
        known: pulumi.Output[str] = definition.id
        return known

    def _deploy_identity(self) -> azure.managedidentity.UserAssignedIdentity:
        """Trust the main branch of one repository, by a token that lives for minutes."""
        identity = self.identity("deploys")
        azure.managedidentity.FederatedIdentityCredential(
            f"{self.label}-repository",
            federated_identity_credential_resource_name=self.named("repository"),
            resource_name_=identity.name,
            resource_group_name=self.group,
            issuer=ISSUER,
            audiences=[AUDIENCE],
            subject=f"repo:{self.settings.repository}:ref:refs/heads/main",
            opts=self.mine(),
        )
        return identity
