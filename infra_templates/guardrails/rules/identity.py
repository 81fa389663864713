"""Who may do what: no keys that live long, no rights over everything, and a pipeline that only its own branch can start."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra_templates.guardrails.rule import Severity, Subject, Terrain, rule
from infra_templates.planned import Planned, list_of, part_of

GITHUB = "token.actions.githubusercontent.com"
_OVER_EVERYTHING = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}
_BASIC = ("roles/owner", "roles/editor", "roles/viewer")
_EVERYBODY = ("allUsers", "allAuthenticatedUsers")
_PARTS_OF_A_SUBJECT = 4


@rule(
    "aws-policy-narrow",
    Severity.BLOCKING,
    why=(
        "IAM 政策允許一個服務的所有動作，或對所有資源做任何事。",
        "A policy of IAM allows every action of a service, or anything at all.",
    ),
    do=("列出需要的動作與資源。", "Name the actions and the resources that are needed."),
)
def aws_policy_narrow(plan: Terrain) -> Iterator[Subject]:
    """Object to rights over everything."""
    types = ("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy")
    return (one for one in plan.of(*types) if any(_is_wide(part) for part in _statements(one.get("policy"))))


@rule(
    "aws-managed-policy-narrow",
    Severity.BLOCKING,
    why=("角色附上了管理員政策。", "A role carries an administrator's policy."),
    do=("改用只含需要動作的政策。", "Attach a policy with the needed actions only."),
)
def aws_managed_policy_narrow(plan: Terrain) -> Iterator[Subject]:
    """Object to AWS's own policies over everything."""
    wide = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
    attachments = plan.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    return (one for one in attachments if str(one.get("policyArn")).rsplit("/", 1)[-1] in wide)


@rule(
    "aws-no-long-lived-keys",
    Severity.BLOCKING,
    why=("建立了長期金鑰或登入使用者。", "A long-lived key or a user that signs in is made."),
    do=("改用角色與 OIDC 登入。", "Use a role, signed in to by OIDC."),
)
def aws_no_long_lived_keys(plan: Terrain) -> Iterator[Subject]:
    """Object to keys that somebody may lose."""
    return plan.of("aws:iam/accessKey:AccessKey", "aws:iam/user:User", "aws:iam/userLoginProfile:UserLoginProfile")


@rule(
    "azure-no-wide-roles",
    Severity.BLOCKING,
    why=("指派了擁有者、參與者或存取管理員。", "Somebody is made owner, contributor or administrator of access."),
    do=("改用內建的窄角色，或自訂角色。", "Assign a narrow built-in role, or one of your own."),
)
def azure_no_wide_roles(plan: Terrain) -> Iterator[Subject]:
    """Object to rights over everything."""
    assignments = plan.of("azure-native:authorization:RoleAssignment")
    return (one for one in assignments if str(one.get("roleDefinitionId")).rsplit("/", 1)[-1] in _OVER_EVERYTHING)


@rule(
    "azure-role-narrow",
    Severity.BLOCKING,
    why=("自訂角色允許所有動作。", "A role of one's own allows every action."),
    do=("列出需要的動作。", "Name the actions that are needed."),
)
def azure_role_narrow(plan: Terrain) -> Iterator[Subject]:
    """Object to a role that may do everything."""
    for role in plan.of("azure-native:authorization:RoleDefinition"):
        allowed = role.rows("permissions")
        if any("*" in [*list_of(one, "actions"), *list_of(one, "dataActions")] for one in allowed):
            yield role


@rule(
    "azure-no-long-lived-keys",
    Severity.BLOCKING,
    why=("建立了應用程式密碼。", "A password of an application is made."),
    do=("改用受控識別與同盟認證。", "Use a managed identity with a federated credential."),
)
def azure_no_long_lived_keys(plan: Terrain) -> Iterator[Subject]:
    """Object to passwords that somebody may lose."""
    return plan.of(
        "azuread:index/applicationPassword:ApplicationPassword",
        "azuread:index/servicePrincipalPassword:ServicePrincipalPassword",
    )


@rule(
    "gcp-no-long-lived-keys",
    Severity.BLOCKING,
    why=("建立了服務帳戶的金鑰。", "A key of a service account is made."),
    do=("改用 Workload Identity。", "Use workload identity."),
)
def gcp_no_long_lived_keys(plan: Terrain) -> Iterator[Subject]:
    """Object to keys that somebody may lose."""
    return plan.of("gcp:serviceaccount/key:Key", "gcp:storage/hmacKey:HmacKey")


@rule(
    "gcp-no-basic-roles",
    Severity.BLOCKING,
    why=("指派了基本角色（擁有者、編輯者、檢視者）。", "A basic role is given: owner, editor or viewer."),
    do=("改用只含需要權限的預先定義角色。", "Give a predefined role with what is needed."),
)
def gcp_no_basic_roles(plan: Terrain) -> Iterator[Subject]:
    """Object to rights over the whole project."""
    return (one for one in plan.custom if one.package == "gcp" and one.get("role") in _BASIC)


@rule(
    "gcp-nobody-anonymous",
    Severity.BLOCKING,
    why=("資料或專案開放給所有人。", "Data or the project is open to everybody."),
    do=("刪除 allUsers 與 allAuthenticatedUsers。", "Remove allUsers and allAuthenticatedUsers."),
)
def gcp_nobody_anonymous(plan: Terrain) -> Iterator[Subject]:
    """Object to rights of everybody; only a service itself may answer visitors."""
    services = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
    given = (one for one in plan.custom if one.package == "gcp" and one.type != services)
    return (one for one in given if one.get("member") in _EVERYBODY)


@rule(
    "pipeline-bound",
    Severity.BLOCKING,
    why=(
        "部署角色沒有限定儲存庫與分支，別的程式碼也能部署。",
        "The role of the pipeline is not bound to one repository and branch: other code could deploy.",
    ),
    do=("條件寫明儲存庫與 ref，不使用萬用字元。", "State repository and ref in its condition, without wildcards."),
)
def pipeline_bound(plan: Terrain) -> Iterator[Subject]:
    """Object to a trust in GitHub that others can use too."""
    for role in plan.of("aws:iam/role:Role"):
        if any(GITHUB in key and key.endswith(":sub") and not _is_bound(value) for key, value in _conditions(role)):
            yield role
    for credential in plan.of("azure-native:managedidentity:FederatedIdentityCredential"):
        if GITHUB in str(credential.get("issuer")) and not _is_bound(credential.get("subject")):
            yield credential
    for provider in plan.of("gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"):
        condition = str(provider.get("attributeCondition") or "")
        named = "repository ==" in condition and "ref ==" in condition
        if GITHUB in str(provider.get("oidc.issuerUri")) and not named:
            yield provider


def _statements(policy: Any) -> list[Mapping[str, Any]]:
    """Read a policy; what only the deployment will tell, or no policy at all, says nothing."""
    try:
        found = json.loads(policy)["Statement"]
    except (KeyError, TypeError, ValueError):
        return []
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]


def _is_wide(statement: Mapping[str, Any]) -> bool:
    actions = statement.get("Action", ())
    named = [actions] if isinstance(actions, str) else list_of(statement, "Action")
    return statement.get("Effect") == "Allow" and any(one == "*" or str(one).endswith(":*") for one in named)


def _conditions(role: Planned) -> Iterator[tuple[str, Any]]:
    for statement in _statements(role.get("assumeRolePolicy")):
        for test in part_of(statement, "Condition").values():
            yield from test.items() if isinstance(test, Mapping) else ()


def _is_bound(subject: Any) -> bool:
    """Whether a subject names a repository and a branch: repo:owner/name:ref:refs/heads/main."""
    subjects = subject if isinstance(subject, list) else [subject]
    return all("*" not in str(one) and len(str(one).split(":")) >= _PARTS_OF_A_SUBJECT for one in subjects)
