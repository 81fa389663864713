"""A SaaS on Google Cloud: what is built, in the order in which one part stands on another."""

import pulumi

from infra_templates.components.gcp import backup
from infra_templates.components.gcp.containers import HEALTH
from infra_templates.components.gcp.database import Database, Foundation, user_of
from infra_templates.components.gcp.entry import Entry
from infra_templates.components.gcp.files import Files
from infra_templates.components.gcp.identity import Holdings, Identity
from infra_templates.components.gcp.keys import Keys
from infra_templates.components.gcp.logs import Logs
from infra_templates.components.gcp.money import SERVICE, Money
from infra_templates.components.gcp.network import Network
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.secrets import Secrets
from infra_templates.components.gcp.service import Ground, Service
from infra_templates.components.gcp.watch import Watch
from infra_templates.configuration import read_settings
from infra_templates.settings import Cloud, Mode, SaasSettings


def program() -> None:
    """Read the settings, build the stack, and export what a person needs."""
    settings = read_settings(Cloud.GCP)
    _refuse_without_firewall(settings)
    billing_account = pulumi.Config().get("billing_account")
    given = pulumi.Config("gcp").require("project")
    project = Project("project", settings, given, more=(backup.SERVICE, *((SERVICE,) if billing_account else ())))
    keys = Keys("keys", settings, project)
    network = Network("network", settings, project)
    files = Files("files", settings, project, keys)
    database = Database("database", settings, Foundation(project, network, keys))
    secrets = Secrets("secrets", settings, project, keys)
    identity = Identity("identity", settings, Holdings(project, keys, files, database, secrets))
    service = Service("service", settings, Ground(project, network, files, database, secrets, identity))
    entry = Entry("entry", settings, project, service)
    watch = Watch("watch", settings, project, entry, database, service)
    copies = backup.Backup("backup", settings, backup.ground_of(project, network, files, database, watch))
    pulumi.export("backups", copies.places)
    Money("money", settings, project, watch, billing_account)
    if settings.mode is Mode.PRODUCTION:
        Logs("logs", settings, project, keys)
    _tell(given, entry, watch, files, database, secrets, identity)


def _refuse_without_firewall(settings: SaasSettings) -> None:
    if settings.mode is Mode.PRODUCTION and settings.domain is None:
        raise pulumi.RunError(
            "domain: In production on Google Cloud a domain is needed: the web application firewall stands on the load "
            "balancer, and its certificate is made out to the domain. Fill it in. "
            "在 Google Cloud 的正式環境需要網域：網站應用程式防火牆在負載平衡器上，而它的憑證要有網域。請填寫。"
        )


def _tell(
    project: str,
    entry: Entry,
    watch: Watch,
    files: Files,
    database: Database,
    secrets: Secrets,
    identity: Identity,
) -> None:
    pulumi.export("address", entry.address)
    pulumi.export("addresses", entry.addresses)
    pulumi.export("health", pulumi.Output.concat(entry.address, HEALTH))
    pulumi.export("dashboard", watch.dashboard.id.apply(lambda path: _console(project, path)))
    pulumi.export("files", {cell: bucket.name for cell, bucket in files.buckets.items()})
    pulumi.export("database", {cell: instance.connection_name for cell, instance in database.instances.items()})
    pulumi.export("database_user", {cell: user_of(account) for cell, account in identity.runs.items()})
    pulumi.export("sign_in", f"gcloud auth login && gcloud config set project {project}")
    pulumi.export("secrets", {cell: secret.id for cell, secret in secrets.of.items()})
    if entry.proof and entry.ip:
        pulumi.export("dns_records", entry.proof.dns_resource_records)
        pulumi.export("load_balancer_ip", entry.ip.address)
    if identity.deploys and identity.trust:
        pulumi.export("deploy_account", identity.deploys.email)
        pulumi.export("deploy_provider", identity.trust.name)


def _console(project: str, dashboard: str) -> str:
    return f"https://console.cloud.google.com/monitoring/dashboards/builder/{dashboard.rsplit('/', 1)[-1]}?project={project}"
