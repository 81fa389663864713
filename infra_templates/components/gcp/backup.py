"""Backups: those of Cloud SQL and what the buckets themselves keep, and a copy to a second cloud by a scheduled job."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra_templates.backup.handover import Asker, Destination, crypt_words, mover_environment, mover_image
from infra_templates.backup.retention import retention_of
from infra_templates.backup.targets.choose import make_target
from infra_templates.components.gcp.database import NAME, Database, user_of
from infra_templates.components.gcp.files import Files
from infra_templates.components.gcp.network import Network
from infra_templates.components.gcp.places import LONGEST_ACCOUNT, LONGEST_SERVICE
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.watch import Watch
from infra_templates.components.part import Part
from infra_templates.settings import Cloud, SaasSettings

SERVICE = "cloudscheduler"
"""What of Google this needs beside what every stack does."""
ISSUER = "https://accounts.google.com"
HOUR = 60
AT_NIGHT = "Asia/Taipei"
CPU, MEMORY = "1", "2Gi"


@dataclass(frozen=True)
class DatabasePlace:
    """A database that is dumped; the job signs in to it by its account."""

    instance: pulumi.Input[str]
    host: pulumi.Input[str]
    name: str
    port: int = 5432


@dataclass(frozen=True)
class BackupGround:
    """What is backed up, and what the job runs on; plain values, so that an environment built by others has them too."""

    project: pulumi.Input[str]
    buckets: Mapping[str, pulumi.Input[str]]
    databases: Mapping[str, DatabasePlace]
    network: pulumi.Input[str]
    subnet: pulumi.Input[str]
    network_tag: pulumi.Input[str]
    told: pulumi.Input[str]


class Backup(Part):
    """The copy in the second cloud, beside the data and the backups that Cloud SQL makes of it."""

    kind = "cloudsteps:gcp:Backup"

    def __init__(
        self, name: str, settings: SaasSettings, ground: BackupGround, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build it; what contradicts itself is refused before."""
        super().__init__(name, settings, opts=opts)
        self.ground, self.retention = ground, retention_of(settings)
        self.copies = self._account("copies", "Reads what it copies to the second cloud")
        asker = Asker(Cloud.GCP, ISSUER, self.copies.unique_id)
        self.destination = make_target("copy", settings, self.retention, asker, self.mine())
        self.words = self._words()
        self._let_read()
        self.job = self._job(self.destination)
        self._run_on_schedule()
        self._tell()
        self.finish(copy=self.destination.address)

    @property
    def places(self) -> dict[str, pulumi.Input[str]]:
        """Give where the copy and its password are."""
        return {"copy": self.destination.address, "words": self.words.id}

    def _account(self, part: str, title: str) -> gcp.serviceaccount.Account:
        return gcp.serviceaccount.Account(
            f"{self.label}-{part}",
            account_id=self.named(part, LONGEST_ACCOUNT),
            project=self.ground.project,
            display_name=title,
            opts=self.mine(),
        )

    def _words(self) -> gcp.secretmanager.Secret:
        """Keep the copy's password; whoever loses it has no copy, so a person also keeps it outside of this account."""
        secret = gcp.secretmanager.Secret(
            f"{self.label}-words",
            secret_id=self.named("backup-words"),
            project=self.ground.project,
            replication={"user_managed": {"replicas": [{"location": self.settings.region}]}},
            labels=self.tags,
            opts=self.kept(),
        )
        self.version = gcp.secretmanager.SecretVersion(
            f"{self.label}-words",
            secret=secret.id,
            secret_data=crypt_words(),
            opts=self.kept(ignore_changes=["secretData"]),
        )
        gcp.secretmanager.SecretIamMember(
            f"{self.label}-words",
            project=self.ground.project,
            secret_id=secret.secret_id,
            role="roles/secretmanager.secretAccessor",
            member=self.copies.member,
            opts=self.mine(),
        )
        return secret

    def _let_read(self) -> None:
        """Let the job read what it copies; it can change nothing here."""
        for cell, bucket in self.ground.buckets.items():
            gcp.storage.BucketIAMMember(
                f"{self.label}-files-{cell}",
                bucket=bucket,
                role="roles/storage.objectViewer",
                member=self.copies.member,
                opts=self.mine(),
            )
        for cell, place in self.ground.databases.items():
            gcp.sql.User(
                f"{self.label}-{cell}",
                project=self.ground.project,
                instance=place.instance,
                name=user_of(self.copies),
                type="CLOUD_IAM_SERVICE_ACCOUNT",
                database_roles=["pg_read_all_data"],
                opts=self.mine(),
            )
            self._let_sign_in(cell, place)

    def _let_sign_in(self, cell: str, place: DatabasePlace) -> None:
        """Google gives the role for a project; the condition narrows it to one database."""
        only = pulumi.Output.concat(
            "resource.service == 'sqladmin.googleapis.com' && resource.name == 'projects/",
            self.ground.project,
            "/instances/",
            place.instance,
            "'",
        )
        gcp.projects.IAMMember(
            f"{self.label}-signs-in-{cell}",
            project=self.ground.project,
            role="roles/cloudsql.instanceUser",
            member=self.copies.member,
            condition={"title": self.named("copies"), "expression": only},
            opts=self.mine(),
        )

    def _job(self, destination: Destination) -> gcp.cloudrunv2.Job:
        seconds = 60 * max(2 * self.retention.copy_minutes, self.retention.copy_every_minutes)
        return gcp.cloudrunv2.Job(
            f"{self.label}-mover",
            name=self.named("mover", LONGEST_SERVICE),
            project=self.ground.project,
            location=self.settings.region,
            deletion_protection=self.production,
            labels=self.tags,
            template={
                "task_count": 1,
                "parallelism": 1,
                "template": {
                    "service_account": self.copies.email,
                    "max_retries": 1,
                    "timeout": f"{seconds}s",
                    "containers": [self._container(destination)],
                    "vpc_access": {
                        "egress": "PRIVATE_RANGES_ONLY",
                        "network_interfaces": [
                            {
                                "network": self.ground.network,
                                "subnetwork": self.ground.subnet,
                                "tags": [self.ground.network_tag],
                            }
                        ],
                    },
                },
            },
            opts=self.mine(depends_on=[self.version], ignore_changes=["client", "clientVersion"]),
        )

    def _container(self, destination: Destination) -> dict[str, object]:
        databases = {
            cell: {"host": place.host, "name": place.name, "port": place.port, "login": user_of(self.copies)}
            for cell, place in self.ground.databases.items()
        }
        values: dict[str, pulumi.Input[str]] = {
            **mover_environment(self.settings, self.retention, destination),
            "SOURCES": pulumi.Output.json_dumps(dict(self.ground.buckets)),
            "DATABASES": pulumi.Output.json_dumps(databases),
        }
        words = {"secret": self.words.secret_id, "version": "latest"}
        return {
            "name": "mover",
            "image": mover_image(),
            "resources": {"limits": {"cpu": CPU, "memory": MEMORY}},
            "envs": [
                *({"name": name, "value": value} for name, value in sorted(values.items())),
                {"name": "CRYPT_WORDS", "value_source": {"secret_key_ref": words}},
            ],
        }

    def _run_on_schedule(self) -> None:
        starts = self._account("starts", "Starts the copy to the second cloud")
        allowed = gcp.cloudrunv2.JobIamMember(
            f"{self.label}-starts",
            project=self.ground.project,
            location=self.settings.region,
            name=self.job.name,
            role="roles/run.invoker",
            member=starts.member,
            opts=self.mine(),
        )
        gcp.cloudscheduler.Job(
            f"{self.label}-copy",
            name=self.named("copy"),
            project=self.ground.project,
            region=self.settings.region,
            description="Copies what changed to the second cloud.",
            schedule=_cron(self.retention.copy_every_minutes),
            time_zone=AT_NIGHT,
            retry_config={"retry_count": 2},
            http_target={
                "http_method": "POST",
                "uri": pulumi.Output.concat("https://run.googleapis.com/v2/", self.job.id, ":run"),
                "oauth_token": {"service_account_email": starts.email},
            },
            opts=self.mine(depends_on=[allowed]),
        )

    def _tell(self) -> None:
        """Speak when no copy ended well in time, and when one says that it failed."""
        minutes = self.retention.late_after_minutes
        copied = self._counted("copied")
        absent = {"filter": copied, "duration": f"{minutes * 60}s", "aggregations": [_SUMMED]}
        self._alert("copied", {"condition_absent": absent}, f"No copy ended well within {minutes} minutes.")
        failing = {
            "filter": self._counted("failed"),
            "comparison": "COMPARISON_GT",
            "threshold_value": 0,
            "duration": "0s",
            "aggregations": [_SUMMED],
        }
        self._alert("failed", {"condition_threshold": failing}, "A copy to the second cloud failed.")

    def _counted(self, event: str) -> pulumi.Output[str]:
        metric = gcp.logging.Metric(
            f"{self.label}-{event}",
            name=self.named(f"copy-{event}"),
            project=self.ground.project,
            filter=pulumi.Output.concat(
                'resource.type="cloud_run_job" resource.labels.job_name="',
                self.job.name,
                f'" jsonPayload.event="backup_{event}"',
            ),
            metric_descriptor={"metric_kind": "DELTA", "value_type": "INT64"},
            opts=self.mine(),
        )
        return pulumi.Output.concat(
            'metric.type="logging.googleapis.com/user/', metric.name, '" resource.type="cloud_run_job"'
        )

    def _alert(self, event: str, condition: Mapping[str, object], told: str) -> None:
        gcp.monitoring.AlertPolicy(
            f"{self.label}-{event}",
            display_name=self.named(f"copy-{event}"),
            project=self.ground.project,
            combiner="OR",
            conditions=[{"display_name": told, **condition}],
            notification_channels=[self.ground.told],
            documentation={"content": told, "mime_type": "text/markdown"},
            user_labels=self.tags,
            opts=self.mine(),
        )


_SUMMED = {"alignment_period": "300s", "per_series_aligner": "ALIGN_SUM"}


def _cron(minutes: int) -> str:
    return f"*/{minutes} * * * *" if minutes < HOUR else f"0 */{minutes // HOUR} * * *"


def ground_of(project: Project, network: Network, files: Files, database: Database, watch: Watch) -> BackupGround:
    """Say what of a whole stack is backed up, and where its job runs."""
    return BackupGround(
        project=project.id,
        buckets={cell: bucket.name for cell, bucket in files.buckets.items()},
        databases={
            cell: DatabasePlace(instance.name, instance.dns_name.apply(lambda name: name.rstrip(".")), NAME)
            for cell, instance in database.instances.items()
        },
        network=network.vpc.id,
        subnet=network.service.id,
        network_tag=network.tag,
        told=watch.told.id,
    )
