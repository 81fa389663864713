"""Find what bears certain tags on AWS: the tagging API in every region, and the services that it leaves out."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import jmespath
from botocore.exceptions import ClientError

from infra_templates.practice.provider.aws.clients import Clients
from infra_templates.practice.provider.aws.shapes import plain, tags_from
from infra_templates.practice.provider.tables import Call, Entry, Table
from infra_templates.practice.provider.templates import fill


class Everywhere(Clients):
    """Clients that go from region to region: making one for each would take longer than all their calls."""

    def __init__(self, endpoint: str) -> None:
        """Reach the emulator at this address."""
        super().__init__(endpoint)
        self._region = ""

    def get(self, service: str, region: str) -> Any:
        """Give the one client of a service, and send what it asks next to a region."""
        client = super().get(service, "us-east-1")
        client.meta.events.register("before-sign", self._redirect, unique_id="practice-region")
        self._region = region or "us-east-1"
        return client

    def _redirect(self, request: Any, **_: Any) -> None:
        request.context["signing"] = {**request.context.get("signing", {}), "region": self._region}


GLOBAL = {"cloudfront", "iam", "route53"}
"""Services without regions; asked once."""


def search_aws(clients: Clients, table: Table, tags: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Give type, ARN or id, and region of everything that bears the tags."""
    seen: set[str] = set()
    for region in _regions(clients):
        for type_, id_ in _in_region(clients, table, tags, region):
            if id_ not in seen:
                seen.add(id_)
                yield type_, id_, region


def _regions(clients: Clients) -> list[str]:
    found = clients.get("ec2", "us-east-1").describe_regions()["Regions"]
    return sorted(str(region["RegionName"]) for region in found)


def _in_region(clients: Clients, table: Table, tags: Mapping[str, str], region: str) -> Iterator[tuple[str, str]]:
    yield from _by_tagging_api(clients, tags, region)
    yield from _by_ec2(clients, table, tags, region)
    for entry in table.entries.values():
        if entry.every is not None and (entry.api not in GLOBAL or region == "us-east-1"):
            yield from _by_listing(clients, table, entry, tags, region)


def _by_tagging_api(clients: Clients, tags: Mapping[str, str], region: str) -> Iterator[tuple[str, str]]:
    client = clients.get("resourcegroupstaggingapi", region)
    filters = [{"Key": name, "Values": [value]} for name, value in sorted(tags.items())]
    for page in client.get_paginator("get_resources").paginate(TagFilters=filters):
        for row in page["ResourceTagMappingList"]:
            arn = str(row["ResourceARN"])
            service = arn.split(":")[2]
            if service != "ec2" and _is_there(clients, service, arn, region):
                yield service, arn


def _by_ec2(clients: Clients, table: Table, tags: Mapping[str, str], region: str) -> Iterator[tuple[str, str]]:
    """Ask EC2 itself, which knows the tags of more than the tagging API tells; the emulator's even of what is gone."""
    client = clients.get("ec2", region)
    found: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for name in tags:
        for page in client.get_paginator("describe_tags").paginate(Filters=[{"Name": "key", "Values": [name]}]):
            for row in page["Tags"]:
                found.setdefault(row["ResourceId"], {})[row["Key"]] = row["Value"]
                kinds[row["ResourceId"]] = row["ResourceType"]
    for id_, own in found.items():
        if tags.items() <= own.items() and _is_in_ec2(clients, table, kinds[id_], id_, region):
            yield f"ec2:{kinds[id_]}", id_


def _is_in_ec2(clients: Clients, table: Table, kind: str, id_: str, region: str) -> bool:
    """Whether EC2 still has something; of a kind that the table doesn't know, that is assumed."""
    known = [entry for entry in table.entries.values() if entry.api == "ec2" and entry.tag_kind]
    entry = next((entry for entry in known if _is_kind(kind, entry.tag_kind)), None)
    if entry is None or entry.read is None:
        return True
    with suppress(ClientError):
        return bool(_ask(clients, entry, entry.read, {"@id": id_}, region))
    return False


def _is_kind(told: str, known: str) -> bool:
    """Whether two names mean one kind: the emulator says vpc-elastic-ip and flow-logs, the table elastic-ip and vpc-flow-log."""
    one, other = plain(told).rstrip("s"), plain(known).rstrip("s")
    return one.endswith(other) or other.endswith(one)


def _by_listing(
    clients: Clients, table: Table, entry: Entry, tags: Mapping[str, str], region: str
) -> Iterator[tuple[str, str]]:
    """List a type and read the tags of each."""
    tagging = table.tagging[entry.tags]
    if entry.every is None or tagging.list is None:
        return
    for row in _ask(clients, entry, entry.every, {}, region) or []:
        known = (
            {"@id": row.removeprefix("/hostedzone/"), "arn": row}
            if isinstance(row, str)
            else {"@id": row["id"], "arn": row["arn"]}
        )
        with suppress(ClientError):
            if tags.items() <= tags_from(_ask(clients, entry, tagging.list, known, region)).items():
                yield entry.type, str(known["arn"])


def _ask(clients: Clients, entry: Entry, call: Call, values: Mapping[str, Any], region: str) -> Any:
    answer = getattr(clients.get(entry.api, region), call.call)(**(fill(call.args, values) or {}))
    return jmespath.search(call.item, answer)


def _is_there(clients: Clients, service: str, arn: str, region: str) -> bool:
    """Whether something is there and more than a memory: buckets are told in every region, and deleted keys for a while."""
    try:
        if service == "s3":
            found = clients.get("s3", region).get_bucket_location(Bucket=arn.rpartition(":")[2])
            return bool((found.get("LocationConstraint") or "us-east-1") == region)
        if service == "kms":
            return bool(
                clients.get("kms", region).describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] != "PendingDeletion"
            )
        if service == "secretsmanager":
            return "DeletedDate" not in clients.get("secretsmanager", region).describe_secret(SecretId=arn)
        if service == "ecs":
            return _runs(clients.get("ecs", region), arn)
    except ClientError:
        return False
    return True


def _runs(client: Any, arn: str) -> bool:
    kind, _, name = arn.split(":", 5)[5].partition("/")
    if kind == "task-definition":
        return bool(client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "ACTIVE")
    if kind == "cluster":
        return any(row["status"] == "ACTIVE" for row in client.describe_clusters(clusters=[arn])["clusters"])
    if kind == "service":
        services = client.describe_services(cluster=name.split("/")[0], services=[arn])["services"]
        return any(row["status"] == "ACTIVE" for row in services)
    return True
