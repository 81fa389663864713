"""The copy on Google Cloud: a bucket with a locked retention, and an account that a token of the other cloud takes."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.backup.handover import Asker, Destination, second_region
from infra_templates.backup.retention import Lock, Retention
from infra_templates.components.part import Part
from infra_templates.settings import Cloud, SaasSettings

SECONDS_A_DAY = 86_400
LONGEST_ACCOUNT, LONGEST_POOL = 30, 32
DAYS_IN_ONE_PIECE = 7
YEAR = f"{365 * SECONDS_A_DAY}s"
DAYS_TO_REGRET = 7
WRITER_ROLES = ("roles/storage.objectCreator", "roles/storage.objectViewer")
"""To add and to read back. Who may only create cannot even replace an object, since Google takes that for a deletion."""


class GcpTarget(Part):
    """A bucket for the copy with its writer."""

    kind = "cloudsteps:backup:GcpTarget"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        retention: Retention,
        asker: Asker,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them in the project that `gcp:project` names."""
        super().__init__(name, settings, opts=opts)
        self.retention, self.region = retention, second_region(settings)
        self.project = pulumi.Config("gcp").require("project")
        self.bucket = self._bucket()
        self.writer = self._writer()
        self.trust = self._trust(asker)
        self.destination = Destination(
            pulumi.Output.concat("gs://", self.bucket.name),
            {
                "COPY_CLOUD": Cloud.GCP.value,
                "COPY_BUCKET": self.bucket.name,
                "COPY_SERVICE_ACCOUNT": self.writer.email,
                "COPY_PROVIDER": self.trust.name,
            },
        )
        self.finish(bucket=self.bucket.name)

    def _bucket(self) -> gcp.storage.Bucket:
        """Lock production by retention, which Google refuses beside versions; names in the copy never repeat, so nothing is lost."""
        locked = self.retention.lock is not Lock.NONE
        key = self._key() if self.production else None
        days = self.retention.stored_days + 1
        return gcp.storage.Bucket(
            f"{self.label}-copy",
            name=self.named("copy"),
            project=self.project,
            location=self.region,
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning={"enabled": not locked},
            retention_policy=self._lock() if locked else None,
            soft_delete_policy={"retention_duration_seconds": DAYS_TO_REGRET * SECONDS_A_DAY if self.production else 0},
            encryption={"default_kms_key_name": key} if key else None,
            lifecycle_rules=[
                {"action": {"type": "Delete"}, "condition": {"age": days}},
                {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": DAYS_IN_ONE_PIECE}},
            ],
            force_destroy=not self.production,
            labels=self.tags,
            opts=self.kept(),
        )

    def _lock(self) -> dict[str, object]:
        seconds = self.retention.lock_days * SECONDS_A_DAY
        return {"retention_period": str(seconds), "is_locked": self.retention.lock is Lock.COMPLIANCE}

    def _key(self) -> pulumi.Output[str]:
        """Encrypt by a key of one's own. Google never deletes a ring of keys, so a sandbox has none."""
        ring = gcp.kms.KeyRing(
            f"{self.label}-ring",
            name=self.named("copy"),
            project=self.project,
            location=self.region,
            opts=self.mine(),
        )
        key = gcp.kms.CryptoKey(
            f"{self.label}-key", name="copy", key_ring=ring.id, rotation_period=YEAR, labels=self.tags, opts=self.kept()
        )
        agent = gcp.storage.get_project_service_account_output(
            project=self.project, opts=pulumi.InvokeOptions(parent=self)
        )
        lent = gcp.kms.CryptoKeyIAMMember(
            f"{self.label}-key",
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=agent.email_address.apply(lambda email: f"serviceAccount:{email}"),
            opts=self.mine(),
        )
        return pulumi.Output.all(key.id, lent.id).apply(lambda known: str(known[0]))

    def _writer(self) -> gcp.serviceaccount.Account:
        writer = gcp.serviceaccount.Account(
            f"{self.label}-writer",
            account_id=self.named("copy", LONGEST_ACCOUNT),
            project=self.project,
            display_name="Adds copies; can neither delete nor unlock them",
            opts=self.mine(),
        )
        for role in WRITER_ROLES:
            gcp.storage.BucketIAMMember(
                f"{self.label}-{role.rsplit('.', 1)[-1]}",
                bucket=self.bucket.name,
                role=role,
                member=writer.member,
                opts=self.mine(),
            )
        return writer

    def _trust(self, asker: Asker) -> gcp.iam.WorkloadIdentityPoolProvider:
        pool = gcp.iam.WorkloadIdentityPool(
            f"{self.label}-primary",
            project=self.project,
            workload_identity_pool_id=self.named("copy", LONGEST_POOL),
            display_name="CloudSteps backup copy",
            opts=self.mine(),
        )
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            f"{self.label}-primary",
            project=self.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="primary",
            attribute_mapping={"google.subject": "assertion.sub"},
            attribute_condition=pulumi.Output.concat("assertion.sub == '", asker.subject, "'"),
            oidc={"issuer_uri": asker.issuer, "allowed_audiences": [asker.audience]},
            opts=self.mine(),
        )
        gcp.serviceaccount.IAMMember(
            f"{self.label}-primary",
            service_account_id=self.writer.name,
            role="roles/iam.workloadIdentityUser",
            member=pulumi.Output.concat("principal://iam.googleapis.com/", pool.name, "/subject/", asker.subject),
            opts=self.mine(),
        )
        return provider
