"""What takes more than one call: emptying a bucket, the versions of a policy."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra_templates.practice.provider.aws.clients import Clients
from infra_templates.practice.provider.wire import Properties

Special = Callable[[Clients, Properties], Any]


def special(name: str) -> Special:
    """Give the function that the table names with an @."""
    return _SPECIAL[name]


def _empty_bucket(clients: Clients, values: Properties) -> Any:
    """Delete every version in a bucket, where the program allows that."""
    if not values.get("forceDestroy"):
        return {}
    client = clients.get("s3", str(values.get("@region") or ""))
    for page in client.get_paginator("list_object_versions").paginate(Bucket=values["@id"]):
        keys = [
            {"Key": row["Key"], "VersionId": row["VersionId"]}
            for row in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if keys:
            client.delete_objects(Bucket=values["@id"], Delete={"Objects": keys}, BypassGovernanceRetention=True)
    return {}


def _read_policy(clients: Clients, values: Properties) -> Any:
    """Give a policy with the document of its default version."""
    client = clients.get("iam", "")
    try:
        policy = client.get_policy(PolicyArn=values["@id"])["Policy"]
    except ClientError:
        return {}
    version = client.get_policy_version(PolicyArn=values["@id"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return policy | {"PolicyDocument": version["Document"]}


def _write_policy(clients: Clients, values: Properties) -> Any:
    """Make a new default version; IAM keeps five, so the others go."""
    client = clients.get("iam", "")
    _drop_versions(client, values["@id"])
    return client.create_policy_version(PolicyArn=values["@id"], PolicyDocument=values["policy"], SetAsDefault=True)


def _drop_policy_versions(clients: Clients, values: Properties) -> Any:
    try:
        _drop_versions(clients.get("iam", ""), values["@id"])
    except ClientError:
        return {}
    return {}


def _drop_versions(client: Any, arn: str) -> None:
    for version in client.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


def _drop_default_egress(clients: Clients, values: Properties) -> Any:
    """Take away the rule that lets everything out, which EC2 makes by itself and a program has to ask for."""
    client = clients.get("ec2", str(values.get("@region") or ""))
    group = client.describe_security_groups(GroupIds=[values["@id"]])["SecurityGroups"][0]
    if group.get("IpPermissionsEgress"):
        client.revoke_security_group_egress(GroupId=values["@id"], IpPermissions=group["IpPermissionsEgress"])
    return {}


_SPECIAL: Mapping[str, Special] = {
    "@drop_default_egress": _drop_default_egress,
    "@empty_bucket": _empty_bucket,
    "@read_policy": _read_policy,
    "@write_policy": _write_policy,
    "@drop_policy_versions": _drop_policy_versions,
}
