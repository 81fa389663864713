"""Functions of the AWS package."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from infra_templates.practice.provider.aws.clients import ACCOUNT, Clients
from infra_templates.practice.provider.functions import Function
from infra_templates.practice.provider.handlers import Failed, Setting
from infra_templates.practice.provider.wire import Properties


def aws_functions(clients: Clients) -> Mapping[str, Function]:
    """Give the functions of AWS that the practice cloud answers."""

    def zones(args: Properties, setting: Setting) -> Properties:
        found = _client(clients, "ec2", args, setting).describe_availability_zones()["AvailabilityZones"]
        names, ids = [zone["ZoneName"] for zone in found], [zone["ZoneId"] for zone in found]
        return {"id": _region(args, setting), "names": names, "zoneIds": ids, "region": _region(args, setting)}

    def image(args: Properties, setting: Setting) -> Properties:
        filters = [{"Name": row["name"], "Values": row["values"]} for row in args.get("filters") or []]
        found = _client(clients, "ec2", args, setting).describe_images(Filters=filters)["Images"]
        if not found:
            raise Failed("The emulator has no image like that.")
        return {"id": found[0]["ImageId"], "imageId": found[0]["ImageId"], "name": found[0].get("Name", "")}

    return {
        "aws:index/getAvailabilityZones:getAvailabilityZones": zones,
        "aws:index/getCallerIdentity:getCallerIdentity": _identity,
        "aws:index/getRegion:getRegion": _own_region,
        "aws:index/getPartition:getPartition": _partition,
        "aws:iam/getOutboundWebIdentityFederation:getOutboundWebIdentityFederation": _issuer,
        "aws:iam/getPolicyDocument:getPolicyDocument": _document,
        "aws:ec2/getAmi:getAmi": image,
        "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    }


def _region(args: Properties, setting: Setting) -> str:
    return str(args.get("region") or setting.region)


def _client(clients: Clients, service: str, args: Properties, setting: Setting) -> Any:
    return clients.get(service, _region(args, setting))


def _identity(args: Properties, setting: Setting) -> Properties:
    return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "userId": "practice"}


def _own_region(args: Properties, setting: Setting) -> Properties:
    region = _region(args, setting)
    names = {"id": region, "name": region, "region": region, "description": region}
    return names | {"endpoint": f"ec2.{region}.amazonaws.com"}


def _partition(args: Properties, setting: Setting) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _issuer(args: Properties, setting: Setting) -> Properties:
    """Give the address of who signs the account's own tokens; every practice account has them switched on."""
    address = f"https://{ACCOUNT}.tokens.sts.example"
    return {"id": address, "issuerIdentifier": address}


def _prefix_list(args: Properties, setting: Setting) -> Properties:
    return {"id": "pl-00000000", "name": args.get("name", ""), "entries": []}


def _document(args: Properties, setting: Setting) -> Properties:
    """Write a policy as IAM reads it."""
    document = {
        "Version": args.get("version") or "2012-10-17",
        "Statement": [_statement(row) for row in args.get("statements") or []],
    }
    text = json.dumps(document)
    return {"id": str(abs(hash(text))), "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _statement(row: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "Sid": "sid",
        "Action": "actions",
        "NotAction": "notActions",
        "Resource": "resources",
        "NotResource": "notResources",
    }
    statement: dict[str, Any] = {"Effect": row.get("effect") or "Allow"}
    statement |= {name: _one_or_all(row[key]) for name, key in names.items() if row.get(key)}
    if row.get("principals"):
        statement["Principal"] = {who["type"]: _one_or_all(who["identifiers"]) for who in row["principals"]}
    conditions: dict[str, dict[str, Any]] = {}
    for row_ in row.get("conditions") or []:
        conditions.setdefault(row_["test"], {})[row_["variable"]] = _one_or_all(row_["values"])
    return statement | ({"Condition": conditions} if conditions else {})


def _one_or_all(values: Iterable[Any] | str) -> Any:
    if isinstance(values, str):
        return values
    parts = list(values)
    return parts[0] if len(parts) == 1 else parts
