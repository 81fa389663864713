"""A SaaS on Azure: what is built, in the order in which one part stands on another."""

import pulumi
import pulumi_azure_native as azure

from infra_templates.components.azure.backup import Backup, ground_of
from infra_templates.components.azure.database import Database
from infra_templates.components.azure.entry import Entry
from infra_templates.components.azure.files import Files
from infra_templates.components.azure.flows import Flows
from infra_templates.components.azure.identity import Identity
from infra_templates.components.azure.keys import Keys
from infra_templates.components.azure.money import Money
from infra_templates.components.azure.network import Network
from infra_templates.components.azure.place import Place
from infra_templates.components.azure.service import HEALTH, Ground, Service
from infra_templates.components.azure.shield import Shield
from infra_templates.components.azure.watch import Watch
from infra_templates.configuration import read_settings
from infra_templates.settings import Cloud


def program() -> None:
    """Read the settings, build the stack, and export what a person needs."""
    settings = read_settings(Cloud.AZURE)
    client = azure.authorization.get_client_config()
    place = Place("place", settings, client)
    identity = Identity("identity", settings, place)
    keys = Keys("keys", settings, place, identity)
    network = Network("network", settings, place)
    network.reach("keys", keys.vault.id, "vault", network.vaults)
    Flows("flows", settings, place, network, keys, identity)
    files = Files("files", settings, place, network, keys, identity)
    database = Database("database", settings, place, network, keys, identity)
    entry = Entry("entry", settings, place)
    ground = Ground(place, network, keys, files, database, identity, entry)
    service = Service("service", settings, ground)
    Shield("shield", settings, place, entry)
    watch = Watch("watch", settings, place, database, service)
    backup = Backup("backup", settings, ground_of(place, keys, files, database, service, watch))
    Money("money", settings, place)

    pulumi.export("address", entry.address)
    pulumi.export("health", pulumi.Output.concat(entry.address, HEALTH))
    pulumi.export("dashboard", watch.address)
    pulumi.export("resource_group", place.group.name)
    pulumi.export("files", {cell: files.address(cell) for cell in files.accounts})
    pulumi.export("database", {cell: one.fully_qualified_domain_name for cell, one in database.servers.items()})
    pulumi.export("backups", backup.places)
    pulumi.export("sign_in", f"az login --tenant {client.tenant_id} && az account set -s {client.subscription_id}")
    if entry.records:
        pulumi.export("dns_records", entry.records)
    if ground.entry.production:
        pulumi.export("approve", _approval(service))
    if identity.deploys:
        account = {"tenant": client.tenant_id, "subscription": client.subscription_id}
        pulumi.export("deploy_identity", {"client": identity.deploys.client_id, **account})


def _approval(service: Service) -> pulumi.Output[str]:
    """Write the command by which somebody of the account lets Front Door's private way in, once."""
    return pulumi.Output.concat(
        "az network private-endpoint-connection list --query \"[?properties.privateLinkServiceConnectionState.status=='Pending'].id\" -o tsv --id ",
        service.environment.id,
        " | xargs -n1 az network private-endpoint-connection approve --description front --id",
    )
