"""Object storage for what tenants upload: versioned, encrypted with own keys, closed to the public."""

import pulumi
import pulumi_gcp as gcp

from infra_templates.cells import cells_of
from infra_templates.components.gcp.keys import DAY, Keys
from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

DAYS_IN_ONE_PIECE = 7
"""After this many days an upload that was never finished is removed; until then it would be paid for unseen."""
FEWEST_REGRETTED, MOST_REGRETTED = 7, 90
"""Days that Cloud Storage itself can keep what was deleted, whoever deleted it."""


class Files(Part):
    """A bucket for each cell.

    In production whatever is deleted, old versions too, can be restored for the days of the backup, and nobody who merely uses the
    bucket can shorten that. A retention policy of the whole bucket is left out: sources disagree whether it goes together with versions,
    it would keep the application from replacing a file, and once locked it can never be taken back. Single files can be locked.
    """

    kind = "cloudsteps:gcp:Files"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        project: Project,
        keys: Keys,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.project, self.keys = project, keys
        self.agent = project.storage_agent()
        self.buckets = {cell: self._bucket(cell) for cell in cells_of(settings.tenancy_files, settings.tenants)}
        self.finish(buckets=[bucket.name for bucket in self.buckets.values()])

    def _bucket(self, cell: str) -> gcp.storage.Bucket:
        lent = self.keys.lend(cell, "storage", self.agent)
        return gcp.storage.Bucket(
            f"{self.label}-{cell}",
            name=self.named(f"files-{cell}"),
            project=self.project.id,
            location=self.settings.region,
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning={"enabled": True},
            encryption={"default_kms_key_name": self.keys.for_cell(cell).id},
            enable_object_retention=self.production,
            soft_delete_policy={"retention_duration_seconds": self._regretted_days() * DAY},
            lifecycle_rules=self._ages(),
            force_destroy=not self.production,
            labels={**self.tags, "tenant": cell},
            opts=self.kept(depends_on=[lent]),
        )

    def _regretted_days(self) -> int:
        """Keep nothing of a sandbox; in production the days of the backup, as far as Google allows."""
        if not self.production:
            return 0
        return max(FEWEST_REGRETTED, min(self.settings.kept_days, MOST_REGRETTED))

    def _ages(self) -> list[dict[str, object]]:
        """Let old versions go one day after the last backup that may need them."""
        return [
            {
                "action": {"type": "Delete"},
                "condition": {"days_since_noncurrent_time": self.settings.kept_days + 1, "with_state": "ARCHIVED"},
            },
            {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": DAYS_IN_ONE_PIECE}},
        ]
