"""Small programs for Azure and Google Cloud: what is emulated, and enough of what is recorded."""

import pulumi
import pulumi_azure_native as azure
import pulumi_gcp as gcp

TAGS = {"cloudsteps-sandbox": "both", "cloudsteps-operation": "1"}


def azure_program(operation: str = "1", *, access: str = "None") -> None:
    tags = {**TAGS, "cloudsteps-operation": operation}
    group = azure.resources.ResourceGroup("group", location="japaneast", tags=tags)
    account = azure.storage.StorageAccount(
        "data",
        resource_group_name=group.name,
        location=group.location,
        kind=azure.storage.Kind.STORAGE_V2,
        sku={"name": azure.storage.SkuName.STANDARD_GZRS},
        allow_blob_public_access=False,
        minimum_tls_version="TLS1_2",
        tags=tags,
    )
    container = azure.storage.BlobContainer(
        "backup",
        container_name="backup",
        account_name=account.name,
        resource_group_name=group.name,
        public_access=access,
        metadata={"for": "backup"},
    )
    azure.storage.Blob(
        "readme",
        blob_name="讀我.txt",
        account_name=account.name,
        container_name=container.name,
        resource_group_name=group.name,
        source=pulumi.StringAsset("Hello"),
    )
    identity = azure.managedidentity.UserAssignedIdentity("run", resource_group_name=group.name, tags=tags)
    azure.authorization.RoleAssignment(
        "run",
        scope=account.id,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id="/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    )
    keys = azure.storage.list_storage_account_keys_output(account_name=account.name, resource_group_name=group.name)
    pulumi.export("blobs", account.primary_endpoints.apply(lambda found: found.blob))
    pulumi.export("key", pulumi.Output.secret(keys.keys[0].value))
    pulumi.export("account", account.name)


def gcp_program(operation: str = "1", *, versioned: bool = False) -> None:
    labels = {**TAGS, "cloudsteps-operation": operation}
    network = gcp.compute.Network("network", auto_create_subnetworks=False)
    gcp.compute.Subnetwork("run", network=network.id, ip_cidr_range="10.0.0.0/24", region="asia-east1")
    bucket = gcp.storage.Bucket(
        "data",
        location="asia-east1",
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": versioned},
        force_destroy=True,
        labels=labels,
    )
    gcp.storage.BucketObject("readme", bucket=bucket.name, name="讀我.txt", content="Hello")
    account = gcp.serviceaccount.Account("run", account_id="run")
    gcp.storage.BucketIAMMember("run", bucket=bucket.name, role="roles/storage.objectUser", member=account.member)
    service = gcp.cloudrunv2.Service(
        "app", location="asia-east1", template={"containers": [{"image": "example/app:1"}]}, labels=labels
    )
    pulumi.export("address", service.uri)
    pulumi.export("bucket", bucket.name)
