"""The two clouds of a drill: what rclone needs to reach them, and the buckets in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra_templates.backup.mover.rclone import COPY, Rclone, crypt_of, s3_lock_of
from infra_templates.practice.emulators import ACCOUNT_KEY, account_name
from infra_templates.settings import Cloud

CELLS = ("shared", "demo")
SOURCE, STORE, EMPTY = "source", "store", "empty"
OPTIONS = ("--s3-storage-class=STANDARD",)
"""Azure's storage class goes along with an object, and S3 refuses it."""

_REGION = "ap-northeast-1"
_ANYBODY = "practice"
_SIGN_IN = {"aws_access_key_id": _ANYBODY, "aws_secret_access_key": _ANYBODY, "region_name": _REGION}
_SLOTS = {SOURCE: 14, STORE: 15, EMPTY: 15}


@dataclass(frozen=True)
class Places:
    """Where everything of one drill lies."""

    source: Cloud
    target: Cloud
    endpoints: Mapping[Cloud, str]
    run: str
    """Sets the buckets of one drill apart from those of another."""

    def bucket(self, part: str) -> str:
        """Name a bucket."""
        return f"drill-{self.run}-{part}"

    def file_place(self, remote: str, cell: str) -> str:
        """Give the place of a cell's files, in rclone's words."""
        return f"{remote}:{self.bucket(f'{remote}-{cell}')}"

    @property
    def store(self) -> str:
        """Give the bucket of the copy as it lies there, encrypted."""
        return f"{STORE}:{self.bucket(STORE)}"

    def restore_targets(self) -> dict[str, str]:
        """Give the empty place of each cell and of the dumps: with the second provider, since the first is not trusted."""
        return {part: self.file_place(EMPTY, part) for part in (*CELLS, "databases")}

    def rclone(self, password: str, salt: str) -> Rclone:
        """Give rclone with all remotes of the drill."""
        remotes = {
            SOURCE: self._remote(SOURCE, self.source),
            STORE: self._remote(STORE, self.target) | (s3_lock_of("compliance", 1) if self.target is Cloud.AWS else {}),
            EMPTY: self._remote(EMPTY, self.target),
            COPY: crypt_of(self.store, password, salt),
        }
        return Rclone(remotes, OPTIONS)

    def make_buckets(self, rclone: Rclone) -> None:
        """Make all buckets of the drill."""
        for cell in CELLS:
            self._make(rclone, SOURCE, self.source, self.bucket(f"{SOURCE}-{cell}"))
        for part in (*CELLS, "databases"):
            self._make(rclone, EMPTY, self.target, self.bucket(f"{EMPTY}-{part}"))
        self._make(rclone, STORE, self.target, self.bucket(STORE), locked=True)

    def _make(self, rclone: Rclone, remote: str, cloud: Cloud, bucket: str, *, locked: bool = False) -> None:
        if cloud is Cloud.AWS:
            make_s3_bucket(self.s3(), bucket, locked=locked)
        else:
            rclone.call("mkdir", f"{remote}:{bucket}")

    def s3(self) -> Any:
        """Give a client of the practised S3."""
        return boto3.client("s3", endpoint_url=self.endpoints[Cloud.AWS], **_SIGN_IN)

    def _remote(self, name: str, cloud: Cloud) -> dict[str, str]:
        return _REMOTES[cloud](self.endpoints[cloud], _SLOTS[name])


def make_s3_bucket(client: Any, bucket: str, *, locked: bool) -> None:
    """Make a versioned bucket; a locked one keeps each version for a day, for everybody."""
    client.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=locked,
        CreateBucketConfiguration={"LocationConstraint": _REGION},
    )
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if locked:
        client.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
            },
        )


def refuses_deletion(client: Any, bucket: str) -> tuple[int, int]:
    """Try to delete versions of a locked bucket; gives how many were refused and how many tried."""
    versions = client.list_object_versions(Bucket=bucket, MaxKeys=5).get("Versions", [])
    refused = 0
    for version in versions:
        try:
            client.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
        except ClientError as error:
            refused += error.response["Error"]["Code"] == "AccessDenied"
    return refused, len(versions)


def earlier_version(client: Any, bucket: str, key: str) -> bytes | None:
    """Read the newest version of an object but one, as a native restore would; None where none was kept."""
    versions = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
    old = [version for version in versions if version["Key"] == key and not version["IsLatest"]]
    if not old:
        return None
    content: bytes = client.get_object(Bucket=bucket, Key=key, VersionId=old[0]["VersionId"])["Body"].read()
    return content


def _s3(endpoint: str, _slot: int) -> dict[str, str]:
    return {
        "type": "s3",
        "provider": "Other",
        "endpoint": endpoint,
        "region": _REGION,
        "access_key_id": _ANYBODY,
        "secret_access_key": _ANYBODY,
        "force_path_style": "true",
        "no_check_bucket": "true",
    }


def _azure(endpoint: str, slot: int) -> dict[str, str]:
    account = account_name(slot)
    return {"type": "azureblob", "account": account, "key": ACCOUNT_KEY, "endpoint": f"{endpoint}/{account}"}


def _gcs(endpoint: str, _slot: int) -> dict[str, str]:
    return {
        "type": "google cloud storage",
        "endpoint": f"{endpoint}/storage/v1/",
        "anonymous": "true",
        "project_number": "practice",
        "bucket_policy_only": "true",
    }


_REMOTES = {Cloud.AWS: _s3, Cloud.AZURE: _azure, Cloud.GCP: _gcs}
