"""The container that copies to the second cloud on a schedule, and the alerts that speak when it is late or fails."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from infra_templates.backup.handover import Asker, Destination, crypt_words, mover_environment, mover_image
from infra_templates.backup.retention import Retention
from infra_templates.backup.targets.choose import make_target
from infra_templates.components.azure.roles import SECRETS_USER, fixed_uuid
from infra_templates.components.part import Part
from infra_templates.settings import Cloud, SaasSettings

LONGEST_JOB = 32
CPU, MEMORY = 1.0, "2Gi"
HOUR = 60
BLOBS_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
WORDS = "backup-words"
WINDOWS = (5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1_440, 2_880)
"""Minutes over which Azure can ask its logs."""


@dataclass(frozen=True)
class DatabasePlace:
    """A server that is dumped; the job signs in to it by its identity."""

    id: pulumi.Input[str]
    server: pulumi.Input[str]
    host: pulumi.Input[str]
    name: str
    port: int = 5432


@dataclass(frozen=True)
class BackupGround:
    """What is backed up, and what the job runs on; plain values, so that an environment built by others has them too."""

    group: pulumi.Input[str]
    subscription: str
    tenant: str
    accounts: Mapping[str, pulumi.Input[str]]
    account_names: Mapping[str, pulumi.Input[str]]
    container: str
    databases: Mapping[str, DatabasePlace]
    vault: pulumi.Input[str]
    """Name of the vault that keeps the copy's password."""
    environment: pulumi.Input[str]
    workspace: pulumi.Input[str]
    told: pulumi.Input[str]
    vault_resource: pulumi.Resource | None = None
    """The vault itself, where it is part of the stack and goes with it."""

    def role(self, id_: str) -> str:
        """Give the place of one of Azure's own roles."""
        return f"{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{id_}"


class Mover(Part):
    """The job with its identity, the second cloud's bucket, the schedule and the alerts."""

    kind = "cloudsteps:azure:Mover"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        ground: BackupGround,
        retention: Retention,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ground, self.retention = ground, retention
        self.copies = azure.managedidentity.UserAssignedIdentity(
            f"{name}-copies",
            resource_name_=self.named("copies"),
            resource_group_name=ground.group,
            location=settings.region,
            tags=self.tags,
            opts=self.mine(),
        )
        issuer = f"https://login.microsoftonline.com/{ground.tenant}/v2.0"
        asker = Asker(Cloud.AZURE, issuer, self.copies.principal_id)
        self.destination = make_target("copy", settings, retention, asker, self.mine())
        self.words = self._words()
        readable = self._let_read()
        self.job = self._job(self.destination, readable)
        self._tell()
        self.finish(copy=self.destination.address)

    def _words(self) -> azure.keyvault.Secret:
        """Keep the copy's password; whoever loses it has no copy, so a person also keeps it outside of this account."""
        return azure.keyvault.Secret(
            f"{self.label}-words",
            secret_name=WORDS,
            vault_name=self.ground.vault,
            resource_group_name=self.ground.group,
            properties={"value": crypt_words(), "content_type": "application/json"},
            tags=self.tags,
            opts=self.kept(ignore_changes=["properties.value"], deleted_with=self.ground.vault_resource),
        )

    def _let_read(self) -> list[pulumi.Resource]:
        """Let the job read what it copies; it can change nothing here."""
        roles: list[pulumi.Resource] = [self._assign("words", SECRETS_USER, self.words.id)]
        roles += [
            self._assign(f"files-{cell}", BLOBS_READER, account) for cell, account in self.ground.accounts.items()
        ]
        return roles + [self._sign_in(cell, place) for cell, place in self.ground.databases.items()]

    def _sign_in(self, cell: str, place: DatabasePlace) -> azure.dbforpostgresql.AdministratorsMicrosoftEntra:
        """Admit the job to a server; Azure admits identities as administrators only."""
        return azure.dbforpostgresql.AdministratorsMicrosoftEntra(
            f"{self.label}-{cell}",
            object_id=self.copies.principal_id,
            principal_name=self.copies.name,
            principal_type="ServicePrincipal",
            tenant_id=self.ground.tenant,
            server_name=place.server,
            resource_group_name=self.ground.group,
            opts=self.mine(),
        )

    def _assign(self, part: str, role: str, scope: pulumi.Input[str]) -> azure.authorization.RoleAssignment:
        return azure.authorization.RoleAssignment(
            f"{self.label}-{part}",
            role_assignment_name=fixed_uuid(self.named(f"copies-{part}", 200)),
            principal_id=self.copies.principal_id,
            principal_type=azure.authorization.PrincipalType.SERVICE_PRINCIPAL,
            role_definition_id=self.ground.role(role),
            scope=scope,
            opts=self.mine(delete_before_replace=True),
        )

    def _job(self, destination: Destination, readable: list[pulumi.Resource]) -> azure.app.Job:
        address = pulumi.Output.concat("https://", self.ground.vault, ".vault.azure.net/secrets/", WORDS)
        return azure.app.Job(
            f"{self.label}-job",
            job_name=self.named("mover", LONGEST_JOB),
            resource_group_name=self.ground.group,
            location=self.settings.region,
            environment_id=self.ground.environment,
            workload_profile_name="Consumption",
            identity={
                "type": azure.app.ManagedServiceIdentityType.USER_ASSIGNED,
                "user_assigned_identities": [self.copies.id],
            },
            configuration={
                "trigger_type": azure.app.TriggerType.SCHEDULE,
                "schedule_trigger_config": {
                    "cron_expression": cron(self.retention.copy_every_minutes),
                    "parallelism": 1,
                    "replica_completion_count": 1,
                },
                "replica_timeout": 60 * max(2 * self.retention.copy_minutes, self.retention.copy_every_minutes),
                "replica_retry_limit": 1,
                "secrets": [{"name": WORDS, "key_vault_url": address, "identity": self.copies.id}],
            },
            template={
                "containers": [
                    {
                        "name": "mover",
                        "image": mover_image(),
                        "resources": {"cpu": CPU, "memory": MEMORY},
                        "env": self._environment(destination),
                    }
                ]
            },
            tags=self.tags,
            opts=self.mine(depends_on=readable),
        )

    def _environment(self, destination: Destination) -> list[azure.app.EnvironmentVarArgsDict]:
        databases = {
            cell: {"host": place.host, "name": place.name, "port": place.port, "login": self.copies.name}
            for cell, place in self.ground.databases.items()
        }
        values: dict[str, pulumi.Input[str]] = {
            **mover_environment(self.settings, self.retention, destination),
            "SOURCES": pulumi.Output.json_dumps(dict(self.ground.account_names)),
            "SOURCE_CONTAINER": self.ground.container,
            "SOURCE_CLIENT": self.copies.client_id,
            "DATABASES": pulumi.Output.json_dumps(databases),
        }
        plain: list[azure.app.EnvironmentVarArgsDict] = [
            {"name": name, "value": value} for name, value in sorted(values.items())
        ]
        return [*plain, {"name": "CRYPT_WORDS", "secret_ref": WORDS}]

    def _tell(self) -> None:
        """Speak when no copy ended well in time, and when one says that it failed."""
        late = next(minutes for minutes in WINDOWS if minutes >= self.retention.late_after_minutes)
        self._alert("copied", "LessThan", 1.0, late, f"No copy ended well within {late} minutes.")
        self._alert("failed", "GreaterThan", 0.0, 15, "A copy to the second cloud failed.")

    def _alert(self, event: str, operator: str, threshold: float, minutes: int, told: str) -> None:
        name = json.dumps(self.named("mover", LONGEST_JOB))
        query = f'ContainerAppConsoleLogs | where JobName == {name} | where Log has "backup_{event}"'
        azure.monitor.ScheduledQueryRule(
            f"{self.label}-{event}",
            rule_name=self.named(f"copy-{event}"),
            description=told,
            resource_group_name=self.ground.group,
            location=self.settings.region,
            kind="LogAlert",
            scopes=[self.ground.workspace],
            severity=1,
            enabled=True,
            evaluation_frequency="PT15M",
            window_size=f"PT{minutes}M",
            criteria={
                "all_of": [
                    {
                        "query": query,
                        "time_aggregation": "Count",
                        "operator": operator,
                        "threshold": threshold,
                        "failing_periods": {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1},
                    }
                ]
            },
            auto_mitigate=True,
            # Until the first copy ends there is no log to check the question against.
            skip_query_validation=True,
            actions={"action_groups": [self.ground.told]},
            tags=self.tags,
            opts=self.mine(),
        )


def cron(minutes: int) -> str:
    """Write an interval as a schedule."""
    return f"*/{minutes} * * * *" if minutes < HOUR else f"0 */{minutes // HOUR} * * *"
