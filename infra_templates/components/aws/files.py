"""Object storage for what tenants upload: versioned, encrypted with own keys, closed to the public."""

import pulumi
import pulumi_aws as aws

from infra_templates.cells import cells_of
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.policies import document
from infra_templates.components.part import Part
from infra_templates.settings import SHARED, SaasSettings

DAYS_IN_ONE_PIECE = 7
"""After this many days an upload that was never finished is removed; until then it would be paid for unseen."""


class Files(Part):
    """A bucket for each cell."""

    kind = "cloudsteps:aws:Files"

    def __init__(
        self, name: str, settings: SaasSettings, keys: Keys, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.buckets = {
            cell: self._bucket(f"files-{cell}", keys.for_cell(cell), cell)
            for cell in cells_of(settings.tenancy_files, settings.tenants)
        }
        self.finish(buckets=[bucket.bucket for bucket in self.buckets.values()])

    def _bucket(self, part: str, key: aws.kms.Key, cell: str = SHARED) -> aws.s3.Bucket:
        bucket = aws.s3.Bucket(
            f"{self.label}-{part}",
            bucket=self.named(part),
            object_lock_enabled=self.production,
            force_destroy=not self.production,
            tags={**self.tags, "tenant": cell},
            opts=self.kept(),
        )
        versions = aws.s3.BucketVersioning(
            f"{self.label}-{part}",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.mine(),
        )
        self._encrypt(part, bucket, key)
        self._close(part, bucket)
        self._age(part, bucket, versions)
        if self.production:
            self._lock(part, bucket, versions)
        return bucket

    def _encrypt(self, part: str, bucket: aws.s3.Bucket, key: aws.kms.Key) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self.label}-{part}",
            bucket=bucket.id,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key.arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self.mine(),
        )

    def _close(self, part: str, bucket: aws.s3.Bucket) -> None:
        """Refuse the public, other owners, and whoever comes without TLS."""
        blocked = aws.s3.BucketPublicAccessBlock(
            f"{self.label}-{part}",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.mine(),
        )
        aws.s3.BucketOwnershipControls(
            f"{self.label}-{part}",
            bucket=bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.mine(),
        )
        aws.s3.BucketPolicy(
            f"{self.label}-{part}",
            bucket=bucket.id,
            policy=bucket.arn.apply(_only_by_tls),
            opts=self.mine(depends_on=[blocked]),
        )

    def _age(self, part: str, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning) -> None:
        """Let old versions go once nothing may hold them any more: one day after the lock, or after the backup's days."""
        days = self.settings.kept_days + 1
        aws.s3.BucketLifecycleConfiguration(
            f"{self.label}-{part}",
            bucket=bucket.id,
            rules=[
                {
                    "id": "old-versions",
                    "status": "Enabled",
                    "filter": {},
                    "noncurrent_version_expiration": {"noncurrent_days": days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": DAYS_IN_ONE_PIECE},
                }
            ],
            opts=self.mine(depends_on=[versions]),
        )

    def _lock(self, part: str, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning) -> None:
        """Keep each version for the backup's days; governance, so that the law can still have personal data deleted."""
        aws.s3.BucketObjectLockConfiguration(
            f"{self.label}-{part}",
            bucket=bucket.id,
            rule={"default_retention": {"mode": "GOVERNANCE", "days": self.settings.kept_days}},
            opts=self.mine(depends_on=[versions]),
        )


def _only_by_tls(arn: str) -> str:
    return document(
        {
            "Sid": "OnlyByTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
