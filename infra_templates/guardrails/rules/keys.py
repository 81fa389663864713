"""Keys that change, and secrets that nobody can read where everybody looks."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra_templates.guardrails.rule import Severity, Subject, Terrain, rule
from infra_templates.planned import HIDDEN, UNKNOWN, Planned, part_of, rows_of, texts_in

_LOOKS_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|AccountKey=|SharedAccessKey=|[?&]sig=|InstrumentationKey="
    r"|\"private_key\"|\b(ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{20,}|://[^/\s:@]+:[^/\s@]+@",
)
_NAMED_SECRET = re.compile(
    r"(password|passwd|passphrase|pwd|api_?key|private_?key|connection_?string|access_?token|_token|_salt)$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"^(arn:|projects/|https://[^/]+\.vault\.azure\.net/|/subscriptions/)")
_TASK = "aws:ecs/taskDefinition:TaskDefinition"


@rule(
    "aws-key-rotates",
    Severity.BLOCKING,
    why=("KMS 金鑰不會定期更換。", "A key of KMS never changes."),
    do=("enableKeyRotation 設為 true。", "Set enableKeyRotation to true."),
)
def aws_key_rotates(plan: Terrain) -> Iterator[Subject]:
    """Object to a key for ever."""
    return (one for one in plan.of("aws:kms/key:Key") if not one.is_("enableKeyRotation", True))


@rule(
    "azure-key-rotates",
    Severity.WARNING,
    why=("Key Vault 的金鑰不會定期更換。", "A key of Key Vault never changes."),
    do=("加上 rotationPolicy，動作設為 rotate。", "Add a rotationPolicy with the action rotate."),
)
def azure_key_rotates(plan: Terrain) -> Iterator[Subject]:
    """Object to a key for ever."""
    for key in plan.of("azure-native:keyvault:Key"):
        actions = key.rows("properties.rotationPolicy.lifetimeActions")
        if not any(str(part_of(one, "action").get("type")).lower() == "rotate" for one in actions):
            yield key


@rule(
    "gcp-key-rotates",
    Severity.BLOCKING,
    why=("Cloud KMS 金鑰不會定期更換。", "A key of Cloud KMS never changes."),
    do=("設定 rotationPeriod。", "Set rotationPeriod."),
)
def gcp_key_rotates(plan: Terrain) -> Iterator[Subject]:
    """Object to a key for ever; keys that sign can't rotate by themselves."""
    keys = (one for one in plan.of("gcp:kms/cryptoKey:CryptoKey") if one.get("purpose") in (None, "ENCRYPT_DECRYPT"))
    return (one for one in keys if not one.get("rotationPeriod"))


@rule(
    "azure-vault-by-roles",
    Severity.BLOCKING,
    why=("Key Vault 不是用角色控管。", "A Key Vault is not governed by roles."),
    do=("enableRbacAuthorization 設為 true。", "Set enableRbacAuthorization to true."),
)
def azure_vault_by_roles(plan: Terrain) -> Iterator[Subject]:
    """Object to policies of a vault's own, which nobody reviews."""
    vaults = plan.of("azure-native:keyvault:Vault")
    return (one for one in vaults if not one.is_("properties.enableRbacAuthorization", True))


@rule(
    "azure-vault-keeps",
    Severity.BLOCKING,
    why=(
        "正式環境的 Key Vault 可以立即永久刪除，資料會一起失去。",
        "A Key Vault in production can be purged at once, and what it encrypts is lost with it.",
    ),
    do=("enablePurgeProtection 設為 true。", "Set enablePurgeProtection to true."),
)
def azure_vault_keeps(plan: Terrain) -> Iterator[Subject]:
    """Object to keys that an attacker can destroy for good."""
    if plan.production:
        vaults = plan.of("azure-native:keyvault:Vault")
        yield from (one for one in vaults if not one.is_("properties.enablePurgeProtection", True))


@rule(
    "no-secret-in-outputs",
    Severity.BLOCKING,
    why=(
        "輸出含有明文的機密，任何看得到環境的人都讀得到。",
        "An output holds a secret in plain text: whoever may look at the stack reads it.",
    ),
    do=(
        "用 pulumi.Output.secret 包起來，或只輸出機密的位置。",
        "Wrap it in pulumi.Output.secret, or export where the secret is kept.",
    ),
)
def no_secret_in_outputs(plan: Terrain) -> Iterator[Subject]:
    """Object to outputs that are secrets and not marked so."""
    if any(_is_secret(name, value) for name, value in plan.outputs.items()):
        yield None


@rule(
    "no-secret-in-environment",
    Severity.BLOCKING,
    why=(
        "容器的環境變數含有明文的機密。",
        "A container is told a secret in a plain environment variable.",
    ),
    do=("改從機密儲存區參照。", "Refer to the secret store instead."),
)
def no_secret_in_environment(plan: Terrain) -> Iterator[Subject]:
    """Object to containers that are told secrets where everybody looks."""
    for resource in plan.custom:
        told = ((one.get("name", ""), one.get("value")) for one in _environment(resource))
        if any(_is_secret(str(name), value) for name, value in told):
            yield resource


@rule(
    "image-pinned",
    Severity.WARNING,
    why=(
        "容器映像沒有固定版本，明天執行的可能是別的東西。",
        "A container image has no fixed version: tomorrow something else may run.",
    ),
    do=("寫明版本或摘要，不使用 latest。", "Name a version or a digest, never latest."),
)
def image_pinned(plan: Terrain) -> Iterator[Subject]:
    """Object to images that change behind a name."""
    for resource in plan.custom:
        images = (
            str(one.get("image")) for one in _containers(resource) if one.get("image") not in (None, UNKNOWN, HIDDEN)
        )
        if any(_is_loose(image) for image in images):
            yield resource


def _is_secret(name: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_secret(f"{name}.{key}", part) for key, part in value.items())
    told = [text for text in texts_in(value) if text not in (UNKNOWN, HIDDEN, "")]
    if any(_LOOKS_SECRET.search(text) for text in told):
        return True
    return bool(_NAMED_SECRET.search(name)) and any(not _REFERENCE.match(text) for text in told)


def _environment(resource: Planned) -> Iterator[Mapping[str, Any]]:
    for container in _containers(resource):
        for name in ("environment", "env", "envs"):
            yield from rows_of(container.get(name))


def _containers(resource: Planned) -> list[Mapping[str, Any]]:
    """Give the containers of a service or job of any cloud."""
    if resource.type == _TASK:
        try:
            return rows_of(json.loads(resource.get("containerDefinitions")))
        except (TypeError, ValueError):
            return []
    return resource.rows("template.containers") or resource.rows("template.template.containers")


def _is_loose(image: str) -> bool:
    """Whether an image has neither a version of its own nor a digest."""
    last = image.rsplit("/", 1)[-1]
    return "@sha256:" not in image and (":" not in last or last.endswith(":latest"))
