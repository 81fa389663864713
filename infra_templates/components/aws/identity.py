"""Who may do what: the service's own role, the role that starts it, and a deploy role without long-lived keys."""

import pulumi
import pulumi_aws as aws

from infra_templates.cells import cells_of, parts_for
from infra_templates.components.aws.files import Files
from infra_templates.components.aws.keys import Keys
from infra_templates.components.aws.policies import document, trust
from infra_templates.components.part import Part
from infra_templates.names import cut
from infra_templates.settings import SaasSettings

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
STARTS_TASKS = "ecs-tasks.amazonaws.com"
LONGEST_CELL = 24
"""Signs of a tenant's code in the name of its role, which may have 64."""


class Identity(Part):
    """Roles with the least that each needs."""

    kind = "cloudsteps:aws:Identity"

    def __init__(
        self,
        name: str,
        settings: SaasSettings,
        keys: Keys,
        files: Files,
        secrets: list[pulumi.Output[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build them; `secrets` are those that a container is given at its start."""
        super().__init__(name, settings, opts=opts)
        self.starts = self.role("starts", trust(STARTS_TASKS))
        cells = cells_of(settings.tenancy_compute, settings.tenants)
        self.uses = {cell: parts_for(cell, cells, tuple(files.buckets), settings.tenants) for cell in cells}
        self.runs = {cell: self._runs(cell, files, keys) for cell in cells}
        aws.iam.RolePolicyAttachment(
            f"{name}-starts",
            role=self.starts.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
            opts=self.mine(),
        )
        key_arns = [key.arn for key in keys.of.values()]
        self.allow(
            "starts-secrets",
            self.starts,
            pulumi.Output.all(pulumi.Output.all(*secrets), pulumi.Output.all(*key_arns)).apply(
                lambda known: document(
                    _statement(["secretsmanager:GetSecretValue"], known[0]), _statement(["kms:Decrypt"], known[1])
                )
            ),
        )
        self.deploys = self._deploy_role(keys.account) if settings.repository else None
        self.finish(runs=[role.arn for role in self.runs.values()])

    def role(self, part: str, trusted: pulumi.Input[str]) -> aws.iam.Role:
        """Make a role that somebody may take and that may do nothing yet."""
        return aws.iam.Role(
            f"{self.label}-{part}",
            name=self.named(part),
            assume_role_policy=trusted,
            tags=self.tags,
            opts=self.mine(),
        )

    def allow(self, part: str, role: aws.iam.Role, allowed: pulumi.Input[str]) -> None:
        """Add a policy to a role."""
        aws.iam.RolePolicy(f"{self.label}-{part}", role=role.id, policy=allowed, opts=self.mine())

    def _runs(self, cell: str, files: Files, keys: Keys) -> aws.iam.Role:
        """Make the role of a cell's containers, which reaches the files of its own tenants."""
        role = self.role(f"runs-{cut(cell, LONGEST_CELL)}", trust(STARTS_TASKS))
        parts = self.uses[cell]
        if parts:
            buckets = [files.buckets[part].arn for part in parts]
            self.allow(f"runs-{cell}-files", role, _use_of(buckets, [keys.for_cell(part).arn for part in parts]))
        return role

    def _deploy_role(self, account: str) -> aws.iam.Role:
        """Let the main branch of one repository put out a new version, by a token that lives for minutes."""
        provider = aws.iam.OpenIdConnectProvider(
            f"{self.label}-repositories",
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            tags=self.tags,
            opts=self.mine(),
        )
        role = self.role("deploys", provider.arn.apply(self._trusted))
        region = self.settings.region
        services = f"arn:aws:ecs:{region}:{account}:service/{self.named('service')}/*"
        passed = pulumi.Output.all(self.starts.arn, *(role.arn for role in self.runs.values()))
        self.allow(
            "deploys",
            role,
            passed.apply(
                lambda arns: document(
                    _statement(["ecs:UpdateService", "ecs:DescribeServices"], [services]),
                    # Task definitions have no ARN before they are made, so AWS takes no narrower resource here.
                    _statement(["ecs:RegisterTaskDefinition", "ecs:DescribeTaskDefinition"], ["*"]),
                    _statement(["iam:PassRole"], arns),
                )
            ),
        )
        return role

    def _trusted(self, provider: str) -> str:
        return document(
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}:aud": AUDIENCE,
                        f"{ISSUER}:sub": f"repo:{self.settings.repository}:ref:refs/heads/main",
                    }
                },
            }
        )


def _statement(actions: list[str], resources: list[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _use_of(buckets: list[pulumi.Output[str]], key_arns: list[pulumi.Output[str]]) -> pulumi.Output[str]:
    """Allow reading and writing of files and their keys; deleting a version or a lock is left out on purpose."""
    return pulumi.Output.all(pulumi.Output.all(*buckets), pulumi.Output.all(*key_arns)).apply(
        lambda known: document(
            _statement(["s3:ListBucket"], known[0]),
            _statement(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [f"{arn}/*" for arn in known[0]]),
            _statement(["kms:Decrypt", "kms:GenerateDataKey"], known[1]),
        )
    )
