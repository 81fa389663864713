"""Who may do what: an account for each cell of containers, and a deploy account that a repository takes without a key."""

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra_templates.components.gcp.database import Database
from infra_templates.components.gcp.files import Files
from infra_templates.components.gcp.keys import Keys
from infra_templates.components.gcp.places import LONGEST_ACCOUNT, Reach, reaches_of, short
from infra_templates.components.gcp.project import Project
from infra_templates.components.gcp.secrets import Secrets
from infra_templates.components.part import Part
from infra_templates.settings import SaasSettings

ISSUER = "https://token.actions.githubusercontent.com"
BRANCH = "refs/heads/main"
LONGEST_POOL = 24
"""Google allows 32 characters, of which the ending takes 8."""
SIGN_IN_ROLES = ("roles/cloudsql.client", "roles/cloudsql.instanceUser")


@dataclass(frozen=True)
class Holdings:
    """What accounts are given a part of."""

    project: Project
    keys: Keys
    files: Files
    database: Database
    secrets: Secrets


class Identity(Part):
    """Accounts with the least that each needs; none has a key that could be stolen."""

    kind = "cloudsteps:gcp:Identity"

    def __init__(
        self, name: str, settings: SaasSettings, holdings: Holdings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Build them."""
        super().__init__(name, settings, opts=opts)
        self.holdings = holdings
        self.project = holdings.project.id
        self.reaches = reaches_of(settings)
        self.runs = {cell: self._runs(cell, reach) for cell, reach in self.reaches.items()}
        self.deploys = self.account("deploys", "Puts out new versions") if settings.repository else None
        self.trust = self._trust(self.deploys) if self.deploys else None
        self.finish(runs=[account.email for account in self.runs.values()])

    def account(self, part: str, title: str) -> gcp.serviceaccount.Account:
        """Make an account that may do nothing yet."""
        return gcp.serviceaccount.Account(
            f"{self.label}-{part}",
            account_id=self.named(part, LONGEST_ACCOUNT),
            project=self.project,
            display_name=f"CloudSteps {self.settings.sandbox}: {title}"[:100],
            opts=self.mine(),
        )

    def _runs(self, cell: str, reach: Reach) -> gcp.serviceaccount.Account:
        account = self.account(f"run-{short(cell)}", f"containers of {cell}")
        for part in reach.files:
            self._use_files(cell, part, account)
        for part in reach.databases:
            self._sign_in(cell, part, account)
        gcp.secretmanager.SecretIamMember(
            f"{self.label}-{cell}-secret",
            project=self.project,
            secret_id=self.holdings.secrets.of[cell].secret_id,
            role="roles/secretmanager.secretAccessor",
            member=account.member,
            opts=self.mine(),
        )
        return account

    def _use_files(self, cell: str, part: str, account: gcp.serviceaccount.Account) -> None:
        """Allow reading and writing of files; settings of the bucket and its locks are left out on purpose."""
        gcp.storage.BucketIAMMember(
            f"{self.label}-{cell}-files-{part}",
            bucket=self.holdings.files.buckets[part].name,
            role="roles/storage.objectUser",
            member=account.member,
            opts=self.mine(),
        )

    def _sign_in(self, cell: str, part: str, account: gcp.serviceaccount.Account) -> None:
        """Admit an account to one database; Google gives the roles for a project, the condition narrows them to it."""
        self.holdings.database.admit(part, cell, account)
        instance = self.holdings.database.instances[part].name
        only = pulumi.Output.concat(
            "resource.service == 'sqladmin.googleapis.com' && resource.name == 'projects/",
            self.project,
            "/instances/",
            instance,
            "'",
        )
        for role in SIGN_IN_ROLES:
            gcp.projects.IAMMember(
                f"{self.label}-{cell}-{role.rsplit('.', 1)[-1]}-{part}",
                project=self.project,
                role=role,
                member=account.member,
                condition={"title": self.named(f"db-{short(part)}"), "expression": only},
                opts=self.mine(),
            )

    def _trust(self, deploys: gcp.serviceaccount.Account) -> gcp.iam.WorkloadIdentityPoolProvider:
        """Let the main branch of one repository take the account, by a token that lives for minutes."""
        repository = str(self.settings.repository)
        pool = gcp.iam.WorkloadIdentityPool(
            f"{self.label}-repositories",
            project=self.project,
            # A deleted pool keeps its name for 30 days.
            workload_identity_pool_id=pulumi.Output.concat(
                self.named("ci", LONGEST_POOL), "-", self.holdings.keys.ending
            ),
            display_name=f"CloudSteps {self.settings.sandbox}"[:32],
            opts=self.mine(),
        )
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            f"{self.label}-repositories",
            project=self.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="repository",
            attribute_mapping={
                "google.subject": "assertion.sub",
                "attribute.repository": "assertion.repository",
                "attribute.ref": "assertion.ref",
            },
            attribute_condition=f"assertion.repository == '{repository}' && assertion.ref == '{BRANCH}'",
            oidc={"issuer_uri": ISSUER},
            opts=self.mine(),
        )
        gcp.serviceaccount.IAMMember(
            f"{self.label}-repositories",
            service_account_id=deploys.name,
            role="roles/iam.workloadIdentityUser",
            member=pulumi.Output.concat(
                "principal://iam.googleapis.com/", pool.name, f"/subject/repo:{repository}:ref:{BRANCH}"
            ),
            opts=self.mine(),
        )
        for cell, account in self.runs.items():
            gcp.serviceaccount.IAMMember(
                f"{self.label}-deploys-as-{cell}",
                service_account_id=account.name,
                role="roles/iam.serviceAccountUser",
                member=deploys.member,
                opts=self.mine(),
            )
        return provider
