"""Keys of the stack's own, one for all or one for each tenant."""

import json

import pulumi
import pulumi_aws as aws

from infra_templates.cells import key_cells_of, part_for
from infra_templates.components.part import Part
from infra_templates.settings import SHARED, SaasSettings

DAYS_TO_REGRET = {"sandbox": 7, "production": 30}


class Keys(Part):
    """A key for each cell, and one for what belongs to no tenant: logs, messages, the load balancer's own."""

    kind = "cloudsteps:aws:Keys"

    def __init__(
        self, name: str, settings: SaasSettings, account: str, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.account = account
        self.cells = key_cells_of(settings)
        self.of = {cell: self._key(cell) for cell in dict.fromkeys((SHARED, *self.cells))}
        self.shared = self.of[SHARED]
        self.finish(keys=[key.arn for key in self.of.values()])

    def for_cell(self, cell: str) -> aws.kms.Key:
        """Give the key of a tenant's part."""
        return self.of[part_for(cell, self.cells)]

    def _key(self, cell: str) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{self.label}-{cell}",
            description=f"CloudSteps {self.settings.sandbox}: {cell}",
            enable_key_rotation=True,
            deletion_window_in_days=DAYS_TO_REGRET[self.settings.mode],
            policy=self._policy(),
            tags={**self.tags, "tenant": cell},
            opts=self.kept(),
        )
        aws.kms.Alias(
            f"{self.label}-{cell}",
            name=f"alias/{self.named(f'key-{cell}')}",
            target_key_id=key.id,
            opts=self.mine(),
        )
        return key

    def _policy(self) -> str:
        """Leave the right to use a key to the roles of the account, and to the log service for its own groups."""
        region, account = self.settings.region, self.account
        return json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "AccountDecides",
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    },
                    {
                        "Sid": "Logs",
                        "Effect": "Allow",
                        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                        "Action": [
                            "kms:Encrypt",
                            "kms:Decrypt",
                            "kms:ReEncrypt*",
                            "kms:GenerateDataKey*",
                            "kms:Describe*",
                        ],
                        "Resource": "*",
                        "Condition": {
                            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account}:*"}
                        },
                    },
                    {
                        "Sid": "Alarms",
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                        "Resource": "*",
                        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
                    },
                ],
            }
        )
