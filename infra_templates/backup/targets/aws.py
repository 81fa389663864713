"""The copy on AWS: a locked bucket under a key of its own, and a role that a token of the other cloud takes."""

import json

import pulumi
import pulumi_aws as aws

from infra_templates.backup.handover import Asker, Destination, second_region
from infra_templates.backup.retention import Lock, Retention
from infra_templates.components.part import Part
from infra_templates.settings import Cloud, SaasSettings

GOOGLE = "accounts.google.com"
DAYS_IN_ONE_PIECE = 7
DAYS_TO_REGRET = {"sandbox": 7, "production": 30}
FORBIDDEN = (
    "s3:DeleteObject*",
    "s3:BypassGovernanceRetention",
    "s3:PutObjectLegalHold",
    "s3:PutBucket*",
    "s3:PutLifecycleConfiguration",
    "s3:DeleteBucket*",
)
"""What the writer is refused by name, whatever else somebody may grant it one day."""


class AwsTarget(Part):
    """A bucket for the copy with its writer."""

    kind = "cloudsteps:backup:AwsTarget"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        retention: Retention,
        asker: Asker,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.retention, self.region = retention, second_region(settings)
        self.key = self._key()
        self.bucket = self._bucket()
        self.writer = self._writer(asker)
        self._close()
        self.destination = Destination(
            pulumi.Output.concat("s3://", self.bucket.bucket),
            {
                "COPY_CLOUD": Cloud.AWS.value,
                "COPY_BUCKET": self.bucket.bucket,
                "COPY_REGION": self.region,
                "COPY_ROLE": self.writer.arn,
            },
        )
        self.finish(bucket=self.bucket.bucket)

    def _key(self) -> aws.kms.Key:
        return aws.kms.Key(
            f"{self.label}-key",
            region=self.region,
            description=f"CloudSteps {self.settings.sandbox}: the second cloud's copy",
            enable_key_rotation=True,
            deletion_window_in_days=DAYS_TO_REGRET[self.settings.mode],
            tags=self.tags,
            opts=self.kept(),
        )

    def _bucket(self) -> aws.s3.Bucket:
        locked = self.retention.lock is not Lock.NONE
        bucket = aws.s3.Bucket(
            f"{self.label}-copy",
            region=self.region,
            bucket=self.named("copy"),
            object_lock_enabled=locked,
            force_destroy=not self.production,
            tags=self.tags,
            opts=self.kept(),
        )
        versions = aws.s3.BucketVersioning(
            f"{self.label}-copy",
            region=self.region,
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self.mine(),
        )
        self._encrypt(bucket)
        self._age(bucket, versions)
        if locked:
            self._lock(bucket, versions)
        return bucket

    def _encrypt(self, bucket: aws.s3.Bucket) -> None:
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": self.key.arn}
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self.label}-copy",
            region=self.region,
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}],
            opts=self.mine(),
        )

    def _age(self, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning) -> None:
        """Let copies go a day after nothing needs them and no lock holds them any more."""
        days = self.retention.stored_days + 1
        aws.s3.BucketLifecycleConfiguration(
            f"{self.label}-copy",
            region=self.region,
            bucket=bucket.id,
            rules=[
                {
                    "id": "expired-copies",
                    "status": "Enabled",
                    "filter": {},
                    "expiration": {"days": days},
                    "noncurrent_version_expiration": {"noncurrent_days": days},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": DAYS_IN_ONE_PIECE},
                }
            ],
            opts=self.mine(depends_on=[versions]),
        )

    def _lock(self, bucket: aws.s3.Bucket, versions: aws.s3.BucketVersioning) -> None:
        aws.s3.BucketObjectLockConfiguration(
            f"{self.label}-copy",
            region=self.region,
            bucket=bucket.id,
            rule={"default_retention": {"mode": self.retention.lock.value.upper(), "days": self.retention.lock_days}},
            opts=self.mine(depends_on=[versions]),
        )

    def _close(self) -> None:
        """Refuse the public, who comes without TLS, and the writer where it would delete or unlock."""
        blocked = aws.s3.BucketPublicAccessBlock(
            f"{self.label}-copy",
            region=self.region,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.mine(),
        )
        aws.s3.BucketOwnershipControls(
            f"{self.label}-copy",
            region=self.region,
            bucket=self.bucket.id,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.mine(),
        )
        aws.s3.BucketPolicy(
            f"{self.label}-copy",
            region=self.region,
            bucket=self.bucket.id,
            policy=pulumi.Output.all(self.bucket.arn, self.writer.arn).apply(lambda known: _closed(*known)),
            opts=self.mine(depends_on=[blocked]),
        )

    def _writer(self, asker: Asker) -> aws.iam.Role:
        trust = self._trust(asker)
        writer = aws.iam.Role(
            f"{self.label}-writer",
            name=self.named("copy-writer"),
            description="Adds copies; can neither delete nor unlock them.",
            assume_role_policy=trust,
            tags=self.tags,
            opts=self.mine(),
        )
        locked = self.retention.lock is not Lock.NONE
        aws.iam.RolePolicy(
            f"{self.label}-writer",
            role=writer.id,
            policy=pulumi.Output.all(self.bucket.arn, self.key.arn).apply(
                lambda known: _writing(*known, locked=locked)
            ),
            opts=self.mine(),
        )
        return writer

    def _trust(self, asker: Asker) -> pulumi.Output[str]:
        if asker.cloud is Cloud.GCP:
            return pulumi.Output.from_input(asker.subject).apply(
                lambda subject: _trusting(
                    GOOGLE, {f"{GOOGLE}:sub": subject, f"{GOOGLE}:oaud": asker.audience, f"{GOOGLE}:aud": subject}
                )
            )
        provider = aws.iam.OpenIdConnectProvider(
            f"{self.label}-primary",
            url=asker.issuer,
            client_id_lists=[asker.audience],
            tags=self.tags,
            opts=self.mine(),
        )
        return pulumi.Output.all(provider.arn, provider.url, asker.subject).apply(
            lambda known: _trusting(
                known[0],
                {f"{_bare(known[1])}:sub": known[2], f"{_bare(known[1])}:aud": asker.audience},
            )
        )


def _bare(url: str) -> str:
    return url.removeprefix("https://")


def _trusting(provider: str, conditions: dict[str, str]) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": conditions},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _writing(bucket: str, key: str, *, locked: bool) -> str:
    """Allow adding and reading back; a lock may be set on what is added, which in compliance can only grow."""
    adding = ["s3:PutObject", "s3:GetObject", *(["s3:PutObjectRetention"] if locked else [])]
    allowed = (
        (["s3:ListBucket"], bucket),
        (adding, f"{bucket}/*"),
        (["kms:GenerateDataKey", "kms:Decrypt"], key),
    )
    statements = [{"Effect": "Allow", "Action": actions, "Resource": [where]} for actions, where in allowed]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _closed(bucket: str, writer: str) -> str:
    places = [bucket, f"{bucket}/*"]
    only_by_tls = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": places,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    never_deletes = {
        "Sid": "WriterNeverDeletes",
        "Effect": "Deny",
        "Principal": {"AWS": writer},
        "Action": list(FORBIDDEN),
        "Resource": places,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [only_by_tls, never_deletes]})
