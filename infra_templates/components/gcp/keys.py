"""Keys of the stack's own, one for all or one for each tenant.

Google Cloud never deletes a key ring or a key: `destroy` destroys what the keys hold and leaves their names behind for good. So the
engine gives both an ending of its own, and a sandbox that is built a second time under the same name gets new ones.
"""

import pulumi
import pulumi_gcp as gcp

from infra_templates.cells import key_cells_of, part_for
from infra_templates.components.gcp.places import LONGEST_BEFORE_ENDING
from infra_templates.components.gcp.project import Project
from infra_templates.components.part import Part
from infra_templates.settings import SHARED, SaasSettings

DAY = 86_400
DAYS_TO_REGRET = {"sandbox": 1, "production": 30}
DAYS_UNTIL_RENEWED = 90
USES = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


class Keys(Part):
    """A key ring with a key for each cell, and one for what belongs to no tenant."""

    kind = "cloudsteps:gcp:Keys"

    def __init__(
        self, name: str, settings: SaasSettings, project: Project, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.ring = gcp.kms.KeyRing(
            self.named("keys", LONGEST_BEFORE_ENDING),
            location=settings.region,
            project=project.id,
            opts=self.mine(),
        )
        self.of = {cell: self._key(cell) for cell in dict.fromkeys((SHARED, *key_cells_of(settings)))}
        self.shared = self.of[SHARED]
        self._services = project.services
        self._lent: dict[tuple[str, str], gcp.kms.CryptoKeyIAMMember] = {}
        self.finish(keys=[key.id for key in self.of.values()])

    @property
    def ending(self) -> pulumi.Output[str]:
        """Give the ending that tells this life of the stack from an earlier one, for other names that are used up."""
        ring: pulumi.Output[str] = self.ring.name
        return ring.apply(lambda name: name.rsplit("-", 1)[-1])

    def for_cell(self, cell: str) -> gcp.kms.CryptoKey:
        """Give the key of a tenant's part."""
        return self.of[self._part(cell)]

    def lend(self, cell: str, service: str, agent: pulumi.Input[str]) -> gcp.kms.CryptoKeyIAMMember:
        """Let a service of Google use the key of a tenant's part; whatever it encrypts has to wait for this."""
        part = self._part(cell)
        if (part, service) not in self._lent:
            self._lent[part, service] = gcp.kms.CryptoKeyIAMMember(
                f"{self.label}-{part}-{service}",
                crypto_key_id=self.of[part].id,
                role=USES,
                member=agent,
                # A plan knows of what the agent depends on only if it is said: its name is not known before the services are on.
                opts=self.mine(depends_on=self._services),
            )
        return self._lent[part, service]

    def _part(self, cell: str) -> str:
        return part_for(cell, tuple(self.of))

    def _key(self, cell: str) -> gcp.kms.CryptoKey:
        return gcp.kms.CryptoKey(
            f"key-{cell}",
            key_ring=self.ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{DAYS_UNTIL_RENEWED * DAY}s",
            destroy_scheduled_duration=f"{DAYS_TO_REGRET[self.settings.mode] * DAY}s",
            labels={**self.tags, "tenant": cell},
            opts=self.kept(),
        )
