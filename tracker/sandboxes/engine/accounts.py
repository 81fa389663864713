"""Real accounts: whose they are, and what in them bears our tags, asked of each cloud's own inventory in every region."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import boto3
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tracker.sandboxes.engine.job import Job, Stopped

SECONDS = 60
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_GRAPH = "https://management.azure.com/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"


def check(job: Job) -> None:
    """Stop where the credentials belong to another account than the one that was chosen."""
    found = {"aws": _aws_account, "azure": _azure_account, "gcp": _gcp_account}[_cloud(job)](job.environment)
    if found != job.identity:
        raise Stopped(f"These credentials belong to {found}, not to {job.identity}. Nothing was done.")


def search(job: Job) -> list[dict[str, Any]]:
    """Find everything that bears the tags, in every region."""
    return {"aws": _search_aws, "azure": _search_azure, "gcp": _search_gcp}[_cloud(job)](job)


def _cloud(job: Job) -> str:
    return {"aws": "aws", "azure-native": "azure", "gcp": "gcp"}[job.packages[0]]


def _aws(environment: Mapping[str, str], region: str) -> boto3.Session:
    return boto3.Session(
        aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
        region_name=region,
    )


def _aws_account(environment: Mapping[str, str]) -> str:
    return str(_aws(environment, "us-east-1").client("sts").get_caller_identity()["Account"])


def _search_aws(job: Job) -> list[dict[str, Any]]:
    """Ask the tagging API of every region that the account has switched on."""
    first = _aws(job.environment, "us-east-1")
    regions = [row["RegionName"] for row in first.client("ec2").describe_regions()["Regions"]]
    filters = [{"Key": name, "Values": [value]} for name, value in sorted(job.tags.items())]
    found: dict[str, dict[str, Any]] = {}
    for region in regions:
        client = _aws(job.environment, region).client("resourcegroupstaggingapi")
        for page in client.get_paginator("get_resources").paginate(TagFilters=filters):
            for row in page["ResourceTagMappingList"]:
                arn = str(row["ResourceARN"])
                found[arn] = {
                    "provider": "aws",
                    "type": arn.split(":")[2],
                    "id": arn,
                    "region": region,
                    "emulated": False,
                }
    return list(found.values())


def _azure_token(environment: Mapping[str, str]) -> str:
    answer = requests.post(
        f"https://login.microsoftonline.com/{environment['ARM_TENANT_ID']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": environment["ARM_CLIENT_ID"],
            "client_secret": environment["ARM_CLIENT_SECRET"],
            "scope": "https://management.azure.com/.default",
        },
        timeout=SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _azure_account(environment: Mapping[str, str]) -> str:
    subscription = environment["ARM_SUBSCRIPTION_ID"]
    answer = requests.get(
        f"https://management.azure.com/subscriptions/{subscription}?api-version=2022-12-01",
        headers={"Authorization": f"Bearer {_azure_token(environment)}"},
        timeout=SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["subscriptionId"])


def _search_azure(job: Job) -> list[dict[str, Any]]:
    """Ask the resource graph, which knows every region, for resources and for resource groups."""
    conditions = " and ".join(f"tags[{json.dumps(name)}] =~ {json.dumps(value)}" for name, value in job.tags.items())
    columns = "project id, type, location"
    query = f"resources | where {conditions} | {columns} | union (resourcecontainers | where {conditions} | {columns})"
    token, rows, skip = _azure_token(job.environment), [], ""
    while True:
        asked: dict[str, Any] = {"subscriptions": [job.environment["ARM_SUBSCRIPTION_ID"]], "query": query}
        if skip:
            asked["options"] = {"$skipToken": skip}
        answer = requests.post(_GRAPH, json=asked, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)
        answer.raise_for_status()
        told = answer.json()
        rows += told["data"]
        skip = told.get("$skipToken", "")
        if not skip:
            break
    return [
        {"provider": "azure-native", "type": row["type"], "id": row["id"], "region": row["location"], "emulated": False}
        for row in rows
    ]


def _gcp_token(environment: Mapping[str, str]) -> str:
    """Sign in as the service account whose key the environment holds."""
    key = json.loads(environment["GOOGLE_CREDENTIALS"])
    now = int(time.time())
    claims = {
        "iss": key["client_email"],
        "scope": "https://www.googleapis.com/auth/cloud-platform.read-only",
        "aud": _GOOGLE_TOKENS,
        "iat": now,
        "exp": now + 600,
    }
    parts = ".".join(_segment(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    private = serialization.load_pem_private_key(key["private_key"].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise Stopped("The key of the service account is no RSA key.")
    signature = _segment(private.sign(parts.encode(), padding.PKCS1v15(), hashes.SHA256()))
    answer = requests.post(
        _GOOGLE_TOKENS,
        data={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": f"{parts}.{signature}"},
        timeout=SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _segment(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _gcp_account(environment: Mapping[str, str]) -> str:
    return str(json.loads(environment["GOOGLE_CREDENTIALS"])["project_id"])


def _search_gcp(job: Job) -> list[dict[str, Any]]:
    """Ask the asset inventory of the project, which knows every region."""
    url = f"https://cloudasset.googleapis.com/v1/projects/{job.identity}:searchAllResources"
    query = " AND ".join(f'labels."{name}"="{value}"' for name, value in job.tags.items())
    token, rows, page = _gcp_token(job.environment), [], ""
    while True:
        answer = requests.get(
            url,
            params={"query": query, "pageSize": "500", "pageToken": page},
            headers={"Authorization": f"Bearer {token}"},
            timeout=SECONDS,
        )
        answer.raise_for_status()
        told = answer.json()
        rows += told.get("results", [])
        page = told.get("nextPageToken", "")
        if not page:
            break
    return [
        {
            "provider": "gcp",
            "type": row["assetType"],
            "id": row["name"],
            "region": row.get("location", ""),
            "emulated": False,
        }
        for row in rows
    ]
