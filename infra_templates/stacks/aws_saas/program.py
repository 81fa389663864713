"""A SaaS on AWS: what is built, in the order in which one part stands on another."""

import pulumi
import pulumi_aws as aws

from infra_templates.components.aws.backup import Backup, ground_of
from infra_templates.components.aws.database import Database
from infra_templates.components.aws.entry import Entry
from infra_templates.components.aws.files import Files
from infra_templates.components.aws.identity import Identity
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.money import Money
from infra_templates.components.aws.network import Network
from infra_templates.components.aws.service import HEALTH, Ground, Service
from infra_templates.components.aws.shield import Shield
from infra_templates.components.aws.watch import Watch
from infra_templates.configuration import read_settings
from infra_templates.settings import Cloud


def program() -> None:
    """Read the settings, build the stack, and export what a person needs."""
    settings = read_settings(Cloud.AWS)
    account = aws.get_caller_identity().account_id
    keys = Keys("keys", settings, account)
    network = Network("network", settings, keys)
    files = Files("files", settings, keys)
    database = Database("database", settings, network, keys)
    identity = Identity("identity", settings, keys, files, list(database.secrets.values()))
    entry = Entry("entry", settings, network)
    ground = Ground(network, keys, files, database, identity, entry)
    service = Service("service", settings, ground)
    Shield("shield", settings, entry)
    watch = Watch("watch", settings, keys, entry, database, service)
    backup = Backup("backup", settings, ground_of(network, keys, files, database, service, watch))
    Money("money", settings)

    pulumi.export("address", entry.address)
    pulumi.export("health", pulumi.Output.concat(entry.address, HEALTH))
    pulumi.export("dashboard", _console(settings.region, watch.dashboard.dashboard_name))
    pulumi.export("files", {cell: bucket.bucket for cell, bucket in files.buckets.items()})
    pulumi.export("database", {cell: instance.address for cell, instance in database.instances.items()})
    pulumi.export("database_secret", database.secrets)
    pulumi.export("backups", backup.places)
    pulumi.export("sign_in", f"https://{account}.signin.aws.amazon.com/console")
    if entry.certificate:
        pulumi.export("dns_records", entry.certificate.domain_validation_options)
    if identity.deploys:
        pulumi.export("deploy_role", identity.deploys.arn)


def _console(region: str, dashboard: pulumi.Output[str]) -> pulumi.Output[str]:
    where = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/"
    return pulumi.Output.concat(where, dashboard)
