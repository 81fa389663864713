"""Object storage: closed, encrypted, given by TLS only, and with its old versions."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra_templates.guardrails.rule import Severity, Subject, Terrain, is_copy, rule
from infra_templates.planned import UNKNOWN, part_of, rows_of

BUCKET = "aws:s3/bucket:Bucket"
ACCOUNT = "azure-native:storage:StorageAccount"
GCS = "gcp:storage/bucket:Bucket"

_AWS_CLOSED = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_TLS = ("TLS1_2", "TLS1_3")


@rule(
    "aws-bucket-encrypted",
    Severity.BLOCKING,
    why=("S3 儲存貯體沒有用自己的金鑰加密。", "An S3 bucket is not encrypted with a key of one's own."),
    do=(
        "加上 BucketServerSideEncryptionConfiguration，sseAlgorithm 設為 aws:kms。",
        "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms.",
    ),
)
def aws_bucket_encrypted(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket without encryption by a key of KMS."""
    type_ = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    for bucket in plan.of(BUCKET):
        settings = plan.for_(bucket, type_)
        path = "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm"
        if not any(one.is_(path, "aws:kms", "aws:kms:dsse") for one in settings):
            yield bucket


@rule(
    "aws-bucket-closed",
    Severity.BLOCKING,
    why=("S3 儲存貯體沒有完全封鎖公開存取。", "An S3 bucket does not block every way of public access."),
    do=(
        "加上 BucketPublicAccessBlock，四個開關都設為 true。",
        "Add a BucketPublicAccessBlock with all four switches on.",
    ),
)
def aws_bucket_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket that could be opened to everybody."""
    for bucket in plan.of(BUCKET):
        blocks = plan.for_(bucket, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
        if not any(all(block.is_(way, True) for way in _AWS_CLOSED) for block in blocks):
            yield bucket


@rule(
    "aws-bucket-versioned",
    Severity.BLOCKING,
    why=("S3 儲存貯體不保留舊版本，誤刪救不回來。", "An S3 bucket keeps no old versions: what is deleted is gone."),
    do=("加上 BucketVersioning，狀態設為 Enabled。", "Add a BucketVersioning with status Enabled."),
)
def aws_bucket_versioned(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket without versions."""
    for bucket in plan.of(BUCKET):
        settings = plan.for_(bucket, "aws:s3/bucketVersioning:BucketVersioning")
        if not any(one.is_("versioningConfiguration.status", "Enabled") for one in settings):
            yield bucket


@rule(
    "aws-bucket-tls",
    Severity.BLOCKING,
    why=("S3 儲存貯體接受沒有加密的連線。", "An S3 bucket answers connections that are not encrypted."),
    do=(
        "加上 BucketPolicy，aws:SecureTransport 為 false 時一律拒絕。",
        "Add a BucketPolicy that denies everything where aws:SecureTransport is false.",
    ),
)
def aws_bucket_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket whose policy lets plain connections in."""
    for bucket in plan.of(BUCKET):
        policies = plan.for_(bucket, "aws:s3/bucketPolicy:BucketPolicy")
        if not any(_refuses_plain(policy.get("policy")) for policy in policies):
            yield bucket


@rule(
    "aws-bucket-ages",
    Severity.WARNING,
    why=(
        "S3 儲存貯體的舊版本永遠不會清除，費用只增不減。",
        "Old versions in an S3 bucket stay for ever and cost more each month.",
    ),
    do=(
        "加上 BucketLifecycleConfiguration，設定 noncurrentVersionExpiration。",
        "Add a BucketLifecycleConfiguration with noncurrentVersionExpiration.",
    ),
)
def aws_bucket_ages(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket without a lifecycle."""
    type_ = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    return (bucket for bucket in plan.of(BUCKET) if not plan.for_(bucket, type_))


@rule(
    "azure-storage-closed",
    Severity.BLOCKING,
    why=("Azure 儲存體帳戶可以開放匿名讀取。", "An Azure storage account may be opened to anonymous readers."),
    do=("allowBlobPublicAccess 設為 false。", "Set allowBlobPublicAccess to false."),
)
def azure_storage_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to an account that allows public blobs; not said means allowed."""
    return (one for one in plan.of(ACCOUNT) if not one.is_("allowBlobPublicAccess", False))


@rule(
    "azure-container-closed",
    Severity.BLOCKING,
    why=("Azure Blob 容器開放匿名讀取。", "An Azure blob container is open to anonymous readers."),
    do=("publicAccess 設為 None。", "Set publicAccess to None."),
)
def azure_container_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to a container that anybody may read."""
    containers = plan.of("azure-native:storage:BlobContainer")
    return (one for one in containers if one.get("publicAccess") in ("Blob", "Container"))


@rule(
    "azure-storage-tls",
    Severity.BLOCKING,
    why=(
        "Azure 儲存體帳戶接受舊版 TLS 或沒有加密的連線。",
        "An Azure storage account answers old TLS or connections that are not encrypted.",
    ),
    do=(
        "minimumTlsVersion 設為 TLS1_2，enableHttpsTrafficOnly 設為 true。",
        "Set minimumTlsVersion to TLS1_2 and enableHttpsTrafficOnly to true.",
    ),
)
def azure_storage_tls(plan: Terrain) -> Iterator[Subject]:
    """Object to an account without TLS 1.2; not said means 1.0."""
    for account in plan.of(ACCOUNT):
        if not (account.is_("minimumTlsVersion", *_TLS) and account.is_("enableHttpsTrafficOnly", True)):
            yield account


@rule(
    "azure-storage-without-keys",
    Severity.BLOCKING,
    why=(
        "Azure 儲存體帳戶可以用共用金鑰登入，金鑰外流就失守。",
        "An Azure storage account can be entered with a shared key, which opens everything once it leaks.",
    ),
    do=(
        "allowSharedKeyAccess 設為 false，改用受控識別。",
        "Set allowSharedKeyAccess to false and let managed identities in.",
    ),
)
def azure_storage_without_keys(plan: Terrain) -> Iterator[Subject]:
    """Object to an account with keys; not said means allowed."""
    return (one for one in plan.of(ACCOUNT) if not one.is_("allowSharedKeyAccess", False))


@rule(
    "azure-storage-versioned",
    Severity.BLOCKING,
    why=(
        "Azure 儲存體帳戶不保留舊版本與已刪除的檔案。",
        "An Azure storage account keeps neither old versions nor deleted files.",
    ),
    do=(
        "加上 BlobServiceProperties，開啟 isVersioningEnabled 與 deleteRetentionPolicy。",
        "Add BlobServiceProperties with isVersioningEnabled and a deleteRetentionPolicy.",
    ),
)
def azure_storage_versioned(plan: Terrain) -> Iterator[Subject]:
    """Object to an account without versions."""
    for account in plan.of(ACCOUNT):
        services = plan.for_(account, "azure-native:storage:BlobServiceProperties")
        if not any(
            one.is_("isVersioningEnabled", True) and one.is_("deleteRetentionPolicy.enabled", True) for one in services
        ):
            yield account


@rule(
    "azure-storage-private",
    Severity.BLOCKING,
    why=(
        "Azure 儲存體帳戶可以從網際網路連上。",
        "An Azure storage account of the stack can be reached from the internet.",
    ),
    do=(
        "publicNetworkAccess 設為 Disabled，改用私人端點。",
        "Set publicNetworkAccess to Disabled and use a private endpoint.",
    ),
)
def azure_storage_private(plan: Terrain) -> Iterator[Subject]:
    """Object to an account with a public address; the copy's own writer comes from another cloud."""
    accounts = (one for one in plan.of(ACCOUNT) if not is_copy(one))
    return (one for one in accounts if not one.is_("publicNetworkAccess", "Disabled", "SecuredByPerimeter"))


@rule(
    "azure-storage-own-key",
    Severity.BLOCKING,
    why=(
        "正式環境的 Azure 儲存體帳戶沒有用自己的金鑰加密。",
        "An Azure storage account in production is not encrypted with a key of one's own.",
    ),
    do=(
        "encryption.keySource 設為 Microsoft.Keyvault，並指定金鑰。",
        "Set encryption.keySource to Microsoft.Keyvault and name the key.",
    ),
)
def azure_storage_own_key(plan: Terrain) -> Iterator[Subject]:
    """Object to production data under a key of Microsoft's alone."""
    if plan.production:
        yield from (one for one in plan.of(ACCOUNT) if not one.is_("encryption.keySource", "Microsoft.Keyvault"))


@rule(
    "gcp-bucket-closed",
    Severity.BLOCKING,
    why=("Cloud Storage 儲存空間可以公開。", "A Cloud Storage bucket may be opened to everybody."),
    do=(
        "publicAccessPrevention 設為 enforced，uniformBucketLevelAccess 設為 true。",
        "Set publicAccessPrevention to enforced and uniformBucketLevelAccess to true.",
    ),
)
def gcp_bucket_closed(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket that could be opened to everybody."""
    for bucket in plan.of(GCS):
        if not (bucket.is_("publicAccessPrevention", "enforced") and bucket.is_("uniformBucketLevelAccess", True)):
            yield bucket


@rule(
    "gcp-bucket-own-key",
    Severity.BLOCKING,
    why=(
        "正式環境的 Cloud Storage 儲存空間沒有用自己的金鑰加密。",
        "A Cloud Storage bucket in production is not encrypted with a key of one's own.",
    ),
    do=("設定 encryption.defaultKmsKeyName。", "Set encryption.defaultKmsKeyName."),
)
def gcp_bucket_own_key(plan: Terrain) -> Iterator[Subject]:
    """Object to production data under a key of Google's alone."""
    if plan.production:
        yield from (one for one in plan.of(GCS) if not one.get("encryption.defaultKmsKeyName"))


@rule(
    "gcp-bucket-versioned",
    Severity.BLOCKING,
    why=(
        "Cloud Storage 儲存空間不保留舊版本，也沒有保留期限。",
        "A Cloud Storage bucket keeps no old versions and has no retention either.",
    ),
    do=(
        "開啟 versioning；已鎖定保留期限的備份副本則不需要。",
        "Switch versioning on; a copy under a retention policy does without.",
    ),
)
def gcp_bucket_versioned(plan: Terrain) -> Iterator[Subject]:
    """Object to a bucket whose files can be overwritten for good."""
    for bucket in plan.of(GCS):
        if not (bucket.is_("versioning.enabled", True) or bucket.get("retentionPolicy.retentionPeriod")):
            yield bucket


def _refuses_plain(policy: Any) -> bool:
    """Whether a bucket's policy denies what comes without TLS, or only the deployment will tell it."""
    if policy == UNKNOWN:
        return True
    try:
        statements = rows_of(json.loads(policy)["Statement"])
    except (KeyError, TypeError, ValueError):
        return False
    return any(_denies_plain(one) for one in statements)


def _denies_plain(statement: Mapping[str, Any]) -> bool:
    condition = part_of(part_of(statement, "Condition"), "Bool")
    return statement.get("Effect") == "Deny" and condition.get("aws:SecureTransport") in ("false", False)
