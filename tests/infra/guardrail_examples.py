"""For each guardrail a plan that keeps it and one that breaks it, as small as both can be."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from infra_templates.planned import HIDDEN, Planned
from infra_templates.settings import Mode
from tests.infra.plans import one

SANDBOX, PRODUCTION = Mode.SANDBOX, Mode.PRODUCTION


class Example(NamedTuple):
    """What keeps a rule and what breaks it, in the mode in which it speaks."""

    good: Sequence[Planned]
    bad: Sequence[Planned]
    mode: Mode = PRODUCTION
    good_outputs: Mapping[str, Any] = {}
    bad_outputs: Mapping[str, Any] = {}


BUCKET = one("aws:s3/bucket:Bucket")
VPC = one("aws:ec2/vpc:Vpc")
ACCOUNT_TYPE, GCS, RDS = "azure-native:storage:StorageAccount", "gcp:storage/bucket:Bucket", "aws:rds/instance:Instance"
FLEXIBLE, SQL = "azure-native:dbforpostgresql:Server", "gcp:sql/databaseInstance:DatabaseInstance"
APP, RUN = "azure-native:app:ContainerApp", "gcp:cloudrunv2/service:Service"
LISTENER, TARGET = "aws:lb/listener:Listener", "aws:appautoscaling/target:Target"
ACCOUNT = one(ACCOUNT_TYPE)
GITHUB = "https://token.actions.githubusercontent.com"
TAGS = {
    f"cloudsteps-{name}": "x" for name in ("programme", "engagement", "sandbox", "operation", "owner", "expiry", "cost")
}


def side(type_: str, **inputs: Any) -> list[Planned]:
    """Give a bucket with one of the resources that say how it behaves."""
    return [BUCKET, one(type_, needs={"bucket": BUCKET}, **inputs)]


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusted(subject: str) -> str:
    condition = {"StringLike": {"token.actions.githubusercontent.com:sub": subject}}
    return policy({"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition})


def database(**inputs: Any) -> list[Planned]:
    return [one(RDS, **inputs)]


def azure_database(**inputs: Any) -> list[Planned]:
    return [one(FLEXIBLE, **inputs)]


def sql(**settings: Any) -> list[Planned]:
    return [one(SQL, settings=settings)]


def backed_up(target: str = GCS, **lock: Any) -> list[Planned]:
    """Give a stack on AWS with all that the digits ask for."""
    second = "cloudsteps:aws:Backup$cloudsteps:backup:GcpTarget"
    return [
        BUCKET,
        one("aws:backup/selection:Selection"),
        one("aws:scheduler/schedule:Schedule", within="cloudsteps:aws:Backup"),
        one(target, "copy", within=second, location="asia-east1", **lock),
    ]


def environment(**pairs: str) -> list[Planned]:
    env = [{"name": name, "value": value} for name, value in pairs.items()]
    return [one(APP, template={"containers": [{"name": "app", "env": env}]})]


def image(name: str) -> list[Planned]:
    return [one(RUN, template={"containers": [{"image": name}]})]


STORAGE: dict[str, Example] = {
    "aws-bucket-encrypted": Example(
        side(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}],
        ),
        side(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
        ),
    ),
    "aws-bucket-closed": Example(
        side(
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            blockPublicAcls=True,
            blockPublicPolicy=True,
            ignorePublicAcls=True,
            restrictPublicBuckets=True,
        ),
        side("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", blockPublicAcls=True),
    ),
    "aws-bucket-versioned": Example(
        side("aws:s3/bucketVersioning:BucketVersioning", versioningConfiguration={"status": "Enabled"}),
        side("aws:s3/bucketVersioning:BucketVersioning", versioningConfiguration={"status": "Suspended"}),
    ),
    "aws-bucket-tls": Example(
        side(
            "aws:s3/bucketPolicy:BucketPolicy",
            policy=policy({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
        ),
        side("aws:s3/bucketPolicy:BucketPolicy", policy=policy({"Effect": "Allow", "Action": "s3:GetObject"})),
    ),
    "aws-bucket-ages": Example(side("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"), [BUCKET]),
    "azure-storage-closed": Example([one(ACCOUNT_TYPE, allowBlobPublicAccess=False)], [ACCOUNT]),
    "azure-container-closed": Example(
        [one("azure-native:storage:BlobContainer", publicAccess="None")],
        [one("azure-native:storage:BlobContainer", publicAccess="Blob")],
    ),
    "azure-storage-tls": Example(
        [one(ACCOUNT_TYPE, minimumTlsVersion="TLS1_2", enableHttpsTrafficOnly=True)],
        [one(ACCOUNT_TYPE, minimumTlsVersion="TLS1_0", enableHttpsTrafficOnly=True)],
    ),
    "azure-storage-without-keys": Example([one(ACCOUNT_TYPE, allowSharedKeyAccess=False)], [ACCOUNT]),
    "azure-storage-versioned": Example(
        [
            ACCOUNT,
            one(
                "azure-native:storage:BlobServiceProperties",
                needs={"accountName": ACCOUNT},
                isVersioningEnabled=True,
                deleteRetentionPolicy={"enabled": True, "days": 7},
            ),
        ],
        [ACCOUNT],
    ),
    "azure-storage-private": Example(
        [one(ACCOUNT_TYPE, publicNetworkAccess="Disabled"), one(ACCOUNT_TYPE, within="cloudsteps:backup:AzureTarget")],
        [one(ACCOUNT_TYPE, publicNetworkAccess="Enabled")],
    ),
    "azure-storage-own-key": Example(
        [one(ACCOUNT_TYPE, encryption={"keySource": "Microsoft.Keyvault"})],
        [one(ACCOUNT_TYPE, encryption={"keySource": "Microsoft.Storage"})],
    ),
    "gcp-bucket-closed": Example(
        [one(GCS, publicAccessPrevention="enforced", uniformBucketLevelAccess=True)],
        [one(GCS, publicAccessPrevention="inherited", uniformBucketLevelAccess=True)],
    ),
    "gcp-bucket-own-key": Example([one(GCS, encryption={"defaultKmsKeyName": "key"})], [one(GCS)]),
    "gcp-bucket-versioned": Example(
        [one(GCS, versioning={"enabled": True}), one(GCS, retentionPolicy={"retentionPeriod": "86400"})],
        [one(GCS, versioning={"enabled": False})],
    ),
}

_FORCED = one("aws:rds/parameterGroup:ParameterGroup", parameters=[{"name": "rds.force_ssl", "value": "1"}])
_LOOSE = one("aws:rds/parameterGroup:ParameterGroup", parameters=[{"name": "rds.force_ssl", "value": "0"}])
_SERVER = one(FLEXIBLE)

DATABASES: dict[str, Example] = {
    "aws-database-encrypted": Example(database(storageEncrypted=True, kmsKeyId="key"), database(storageEncrypted=True)),
    "aws-database-private": Example(database(publiclyAccessible=False), database(publiclyAccessible=True)),
    "aws-database-password": Example(
        database(manageMasterUserPassword=True), database(manageMasterUserPassword=True, password=HIDDEN)
    ),
    "aws-database-tls": Example(
        [_FORCED, one(RDS, needs={"parameterGroupName": _FORCED})],
        [_LOOSE, one(RDS, needs={"parameterGroupName": _LOOSE})],
    ),
    "aws-database-backups": Example(database(backupRetentionPeriod=14), database(backupRetentionPeriod=7)),
    "aws-database-survives-zone": Example(database(multiAz=True), database()),
    "azure-database-private": Example(
        azure_database(network={"publicNetworkAccess": "Disabled"}), azure_database(network={})
    ),
    "azure-database-tls": Example(
        [
            _SERVER,
            one(
                "azure-native:dbforpostgresql:Configuration",
                needs={"serverName": _SERVER},
                configurationName="require_secure_transport",
                value="ON",
            ),
        ],
        [_SERVER],
    ),
    "azure-database-passwordless": Example(
        azure_database(authConfig={"passwordAuth": "Disabled"}), azure_database(authConfig={"passwordAuth": "Enabled"})
    ),
    "azure-database-backups": Example(
        azure_database(backup={"backupRetentionDays": 30}), azure_database(backup={"backupRetentionDays": 7})
    ),
    "azure-database-survives-zone": Example(
        azure_database(highAvailability={"mode": "ZoneRedundant"}),
        azure_database(highAvailability={"mode": "Disabled"}),
    ),
    "gcp-database-private": Example(sql(ipConfiguration={"ipv4Enabled": False}), sql(ipConfiguration={})),
    "gcp-database-tls": Example(
        sql(ipConfiguration={"sslMode": "ENCRYPTED_ONLY"}),
        sql(ipConfiguration={"sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"}),
    ),
    "gcp-database-encrypted": Example([one(SQL, encryptionKeyName="key")], [one(SQL)]),
    "gcp-database-backups": Example(
        sql(backupConfiguration={"enabled": True, "pointInTimeRecoveryEnabled": True}),
        sql(backupConfiguration={"enabled": True}),
    ),
    "gcp-database-survives-zone": Example(sql(availabilityType="REGIONAL"), sql(availabilityType="ZONAL")),
}

_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_PLAIN_LISTENER = one(LISTENER, protocol="HTTP", defaultActions=[{"type": "forward"}])
_REDIRECTS = one(LISTENER, protocol="HTTP", defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS"}}])
_NAME = one(
    "aws:cloudfront/distribution:Distribution", defaultCacheBehavior={"viewerProtocolPolicy": "redirect-to-https"}
)
_PLAIN_NAME = one(
    "aws:cloudfront/distribution:Distribution", defaultCacheBehavior={"viewerProtocolPolicy": "allow-all"}
)
_REDIRECTING = one("gcp:compute/uRLMap:URLMap", defaultUrlRedirect={"httpsRedirect": True})
_SERVING = one("gcp:compute/uRLMap:URLMap", defaultService="service")
_MODERN = one("gcp:compute/sSLPolicy:SSLPolicy", minTlsVersion="TLS_1_2")
_OLD = one("gcp:compute/sSLPolicy:SSLPolicy", minTlsVersion="TLS_1_0")
_BALANCER = one("aws:lb/loadBalancer:LoadBalancer")


def azure_rule(**changes: Any) -> list[Planned]:
    entry = {
        "direction": "Inbound",
        "access": "Allow",
        "sourceAddressPrefix": "Internet",
        "destinationPortRange": "443",
        **changes,
    }
    return [one("azure-native:network:NetworkSecurityGroup", securityRules=[entry])]


def firewall(port: str) -> list[Planned]:
    return [
        one(
            "gcp:compute/firewall:Firewall",
            direction="INGRESS",
            sourceRanges=["0.0.0.0/0"],
            allows=[{"protocol": "tcp", "ports": [port]}],
        )
    ]


NETWORK: dict[str, Example] = {
    "aws-security-group-closed": Example(
        [one(_INGRESS, cidrIpv4="0.0.0.0/0", fromPort=443, toPort=443)],
        [one(_INGRESS, cidrIpv4="0.0.0.0/0", fromPort=22, toPort=22)],
    ),
    "aws-default-group-closed": Example(
        [VPC, one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", needs={"vpcId": VPC}, ingress=[], egress=[])],
        [VPC],
    ),
    "aws-visitors-tls": Example([_REDIRECTS], [_PLAIN_LISTENER]),
    "aws-balancer-tls": Example([_NAME, _REDIRECTS], [_NAME, _PLAIN_LISTENER]),
    "aws-tls-version": Example(
        [one(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06")],
        [one(LISTENER, protocol="HTTPS", sslPolicy="ELBSecurityPolicy-2016-08")],
    ),
    "aws-flow-logs": Example([VPC, one("aws:ec2/flowLog:FlowLog", needs={"vpcId": VPC})], [VPC]),
    "azure-network-closed": Example(azure_rule(), azure_rule(destinationPortRange="5432")),
    "azure-visitors-tls": Example(
        [one("azure-native:cdn:Route", httpsRedirect="Enabled", forwardingProtocol="HttpsOnly")],
        [one("azure-native:cdn:Route", httpsRedirect="Enabled", forwardingProtocol="MatchRequest")],
    ),
    "azure-app-tls": Example(
        [one(APP, configuration={"ingress": {"allowInsecure": False}})],
        [one(APP, configuration={"ingress": {"allowInsecure": True}})],
    ),
    "azure-domain-tls": Example(
        [one("azure-native:cdn:AFDCustomDomain", tlsSettings={"minimumTlsVersion": "TLS12"})],
        [one("azure-native:cdn:AFDCustomDomain", tlsSettings={"minimumTlsVersion": "TLS10"})],
    ),
    "gcp-firewall-closed": Example(firewall("443"), firewall("3306")),
    "gcp-visitors-tls": Example(
        [_REDIRECTING, one("gcp:compute/targetHttpProxy:TargetHttpProxy", needs={"urlMap": _REDIRECTING})],
        [_SERVING, one("gcp:compute/targetHttpProxy:TargetHttpProxy", needs={"urlMap": _SERVING})],
    ),
    "gcp-tls-version": Example(
        [_MODERN, one("gcp:compute/targetHttpsProxy:TargetHttpsProxy", needs={"sslPolicy": _MODERN})],
        [_OLD, one("gcp:compute/targetHttpsProxy:TargetHttpsProxy", needs={"sslPolicy": _OLD})],
    ),
    "gcp-service-behind-balancer": Example(
        [one(RUN, ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER")], [one(RUN, ingress="INGRESS_TRAFFIC_ALL")]
    ),
    "web-firewall": Example(
        [_BALANCER, one("aws:wafv2/webAclAssociation:WebAclAssociation", needs={"resourceArn": _BALANCER})], [_BALANCER]
    ),
}

_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_ASSIGNMENT = "azure-native:authorization:RoleAssignment"
_DEFINITION = "azure-native:authorization:RoleDefinition"
_MEMBER = "gcp:projects/iAMMember:IAMMember"
_CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
_ROLES = "/providers/Microsoft.Authorization/roleDefinitions"

IDENTITY: dict[str, Example] = {
    "aws-policy-narrow": Example(
        [one(_ROLE_POLICY, policy=policy({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:x"]}))],
        [one(_ROLE_POLICY, policy=policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))],
    ),
    "aws-managed-policy-narrow": Example(
        [one(_ATTACHMENT, policyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")],
        [one(_ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AdministratorAccess")],
    ),
    "aws-no-long-lived-keys": Example([one("aws:iam/role:Role")], [one("aws:iam/accessKey:AccessKey")]),
    "azure-no-wide-roles": Example(
        [one(_ASSIGNMENT, roleDefinitionId=f"{_ROLES}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")],
        [one(_ASSIGNMENT, roleDefinitionId=f"{_ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635")],
    ),
    "azure-role-narrow": Example(
        [one(_DEFINITION, permissions=[{"actions": ["Microsoft.App/containerApps/read"]}])],
        [one(_DEFINITION, permissions=[{"actions": ["*"]}])],
    ),
    "azure-no-long-lived-keys": Example(
        [one(_CREDENTIAL)], [one("azuread:index/applicationPassword:ApplicationPassword")]
    ),
    "gcp-no-long-lived-keys": Example([one("gcp:serviceaccount/account:Account")], [one("gcp:serviceaccount/key:Key")]),
    "gcp-no-basic-roles": Example([one(_MEMBER, role="roles/run.invoker")], [one(_MEMBER, role="roles/editor")]),
    "gcp-nobody-anonymous": Example(
        [
            one("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", member="allUsers"),
            one(_MEMBER, member="serviceAccount:x@y.example"),
        ],
        [one("gcp:storage/bucketIAMMember:BucketIAMMember", member="allUsers")],
    ),
    "pipeline-bound": Example(
        [
            one("aws:iam/role:Role", assumeRolePolicy=trusted("repo:vendor/shop:ref:refs/heads/main")),
            one(_CREDENTIAL, issuer=GITHUB, subject="repo:vendor/shop:ref:refs/heads/main"),
        ],
        [one("aws:iam/role:Role", assumeRolePolicy=trusted("repo:vendor/*"))],
    ),
}

_KEY, _AZURE_KEY, _GCP_KEY = "aws:kms/key:Key", "azure-native:keyvault:Key", "gcp:kms/cryptoKey:CryptoKey"
_VAULT = "azure-native:keyvault:Vault"

KEYS: dict[str, Example] = {
    "aws-key-rotates": Example([one(_KEY, enableKeyRotation=True)], [one(_KEY)]),
    "azure-key-rotates": Example(
        [one(_AZURE_KEY, properties={"rotationPolicy": {"lifetimeActions": [{"action": {"type": "rotate"}}]}})],
        [one(_AZURE_KEY, properties={"kty": "RSA"})],
    ),
    "gcp-key-rotates": Example([one(_GCP_KEY, rotationPeriod="7776000s")], [one(_GCP_KEY)]),
    "azure-vault-by-roles": Example(
        [one(_VAULT, properties={"enableRbacAuthorization": True})],
        [one(_VAULT, properties={"enableRbacAuthorization": False})],
    ),
    "azure-vault-keeps": Example(
        [one(_VAULT, properties={"enablePurgeProtection": True})], [one(_VAULT, properties={})]
    ),
    "no-secret-in-outputs": Example(
        [],
        [],
        good_outputs={
            "password": HIDDEN,
            "database_secret": "arn:aws:secretsmanager:x",
            "address": "https://shop.example",
        },
        bad_outputs={"database": {"admin_password": "hunter2hunter2"}},
    ),
    "no-secret-in-environment": Example(
        environment(DATABASE_NAME="app", APP_PASSWORD=HIDDEN), environment(DATABASE_PASSWORD="hunter2hunter2")
    ),
    "image-pinned": Example(image("registry.example:5000/shop:1.4.2"), image("registry.example/shop:latest")),
}

_BACKUP_VAULT = one("aws:backup/vault:Vault")
_AZURE_VAULT = "azure-native:dataprotection:BackupVault"
_LOCKED: dict[str, Any] = {"retentionPolicy": {"retentionPeriod": "86400", "isLocked": True}}
_UNLOCKED: dict[str, Any] = {"retentionPolicy": {"retentionPeriod": "86400", "isLocked": False}}


def azure_vault(state: str) -> list[Planned]:
    return [one(_AZURE_VAULT, properties={"securitySettings": {"immutabilitySettings": {"state": state}}})]


BACKUP: dict[str, Example] = {
    "backup-three-copies": Example(backed_up(), [BUCKET]),
    "backup-two-providers": Example(backed_up(), [BUCKET]),
    "backup-elsewhere": Example(backed_up(), backed_up(target="aws:s3/bucket:Bucket")),
    "backup-locked": Example(backed_up(**_LOCKED), backed_up()),
    "backup-lock-final": Example(backed_up(**_LOCKED), backed_up(**_UNLOCKED)),
    "backup-alarm": Example(
        [BUCKET, one("aws:cloudwatch/metricAlarm:MetricAlarm", within="cloudsteps:aws:Backup")], [BUCKET]
    ),
    "aws-vault-locked": Example(
        [
            _BACKUP_VAULT,
            one(
                "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
                needs={"backupVaultName": _BACKUP_VAULT},
            ),
        ],
        [_BACKUP_VAULT],
    ),
    "azure-vault-locked": Example(azure_vault("Locked"), azure_vault("Disabled")),
    "gcp-database-keeps-backups": Example(sql(retainBackupsOnDelete=True), sql()),
    "sandbox-without-locks": Example([one(GCS, **_UNLOCKED)], [one(GCS, **_LOCKED)], SANDBOX),
    "sandbox-goes-to-nothing": Example([one(GCS, forceDestroy=True)], [one(GCS, forceDestroy=False)], SANDBOX),
    "production-protected": Example(
        [one(RDS, protected=True, deletionProtection=True)], [one(RDS, protected=True, deletionProtection=False)]
    ),
}


def scaled(least: int, most: int) -> list[Planned]:
    return [one(TARGET, minCapacity=least, maxCapacity=most)]


WHOLE: dict[str, Example] = {
    "tags-complete": Example([one(RDS, tags=TAGS)], [one(RDS, tags={**TAGS, "cloudsteps-owner": ""})]),
    "region-allowed": Example([one(GCS, location="asia-east1")], [one(GCS, location="us-central1")]),
    "budget-present": Example([one(RUN), one("gcp:billing/budget:Budget")], [one(RUN)]),
    "budget-tells": Example(
        [one("aws:budgets/budget:Budget", notifications=[{"threshold": 80}])], [one("aws:budgets/budget:Budget")]
    ),
    "sandbox-expires": Example(
        [one(GCS, labels={"cloudsteps-cost": "sandbox", "cloudsteps-expiry": "2026-12-01"})],
        [one(GCS, labels={"cloudsteps-cost": "sandbox", "cloudsteps-expiry": "never"})],
        SANDBOX,
    ),
    "sandbox-small": Example(
        database(instanceClass="db.t4g.micro", allocatedStorage=20),
        database(instanceClass="db.r7g.2xlarge", allocatedStorage=20),
        SANDBOX,
    ),
    "scaling-limited": Example(scaled(2, 24), scaled(2, 500)),
    "production-redundant": Example(scaled(2, 6), scaled(1, 6)),
    "health-checked": Example(
        [one("aws:lb/targetGroup:TargetGroup", healthCheck={"path": "/healthz"})],
        [one("aws:lb/targetGroup:TargetGroup")],
    ),
    "logs-end": Example(
        [one("aws:cloudwatch/logGroup:LogGroup", retentionInDays=30)], [one("aws:cloudwatch/logGroup:LogGroup")]
    ),
    "alarms-present": Example([one(APP), one("azure-native:monitor:MetricAlert")], [one(APP)]),
}

EXAMPLES: dict[str, Example] = {**STORAGE, **DATABASES, **NETWORK, **IDENTITY, **KEYS, **BACKUP, **WHOLE}
