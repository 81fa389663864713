"""A whole program run without an engine: what it would register, as rules of tests read it."""

import asyncio
import contextvars
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc
from pulumi.runtime.stack import run_in_stack

from infra_templates.configuration import config_of
from infra_templates.practice.provider.azure.identities import as_told
from infra_templates.practice.provider.templates import look_up
from infra_templates.settings import Cloud, SaasSettings

Program = Callable[[], None]

ACCOUNT = "123456789012"
PROJECT = "vendor-project"
_OF_THE_PROVIDERS = {"gcp:project": PROJECT}

_COMMON: dict[str, Any] = {
    "programme": "counselling-111",
    "engagement": "e12",
    "sandbox": "s7",
    "owner": "u3",
    "alert_email": "ops@vendor.example",
}
_PLACES: Mapping[str, dict[str, str]] = {
    Cloud.AWS: {"cloud": "aws", "region": "ap-east-2", "backup_cloud": "gcp"},
    Cloud.AZURE: {"cloud": "azure", "region": "japaneast", "backup_cloud": "aws"},
    Cloud.GCP: {"cloud": "gcp", "region": "asia-east1", "backup_cloud": "azure"},
}


def sandbox_on(cloud: str, **changes: Any) -> SaasSettings:
    """Give the settings of a sandbox, with what a test changes in them."""
    return SaasSettings.model_validate({**_COMMON, **_PLACES[cloud], "expires_on": date(2026, 12, 1), **changes})


def production_on(cloud: str, **changes: Any) -> SaasSettings:
    """Give the settings of production, with what a test changes in them."""
    return SaasSettings.model_validate(
        {**_COMMON, **_PLACES[cloud], "mode": "production", "backup_days": 30, **changes}
    )


@dataclass(frozen=True)
class Planned:
    """A resource that a program registered."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    parent: str
    """The URN of what it belongs to."""
    protected: bool
    deleted_with: str
    kept_on_delete: bool
    custom: bool
    urn: str = ""
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """URNs by the property that takes something of them."""

    def get(self, path: str) -> Any:
        """Follow a dotted path through its inputs; None where it leads nowhere."""
        return look_up(self.inputs, path)


@dataclass(frozen=True)
class Plan:
    """All that a program registered and exported."""

    resources: list[Planned] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of(self, type_: str) -> list[Planned]:
        """Give the resources of a type, which may be named by its last part alone."""
        return [planned for planned in self.resources if type_ in (planned.type, planned.type.rsplit(":", 1)[-1])]

    def one(self, type_: str) -> Planned:
        """Give the only resource of a type."""
        (planned,) = self.of(type_)
        return planned

    def without(self, component: str) -> "Plan":
        """Give what is not part of a component, such as `cloudsteps:gcp:Backup`, which has rules of its own."""
        rest = [planned for planned in self.resources if component not in (planned.type, *_types_in(planned.parent))]
        return Plan(rest, self.outputs)

    def within(self, component: str) -> "Plan":
        """Give what is part of a component."""
        return Plan([planned for planned in self.resources if component in _types_in(planned.parent)], self.outputs)

    @property
    def custom(self) -> list[Planned]:
        """Give what a provider makes: everything but components."""
        return [planned for planned in self.resources if planned.custom]


def _types_in(urn: str) -> list[str]:
    """Give the types of a resource and of all that it belongs to, from its URN."""
    parts = urn.split("::")
    return parts[2].split("$") if parts[2:] else []


def plan_of(program: Program, project: str, settings: SaasSettings, more: Mapping[str, str] | None = None) -> Plan:
    """Run a program with these settings, and more configuration by its full names, in a Pulumi runtime of its own."""
    return contextvars.copy_context().run(_run, program, project, settings, {**_OF_THE_PROVIDERS, **(more or {})})


def _run(program: Program, project: str, settings: SaasSettings, more: Mapping[str, str]) -> Plan:
    plan = Plan()
    monitor = _Monitor(_Answers(), plan)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        mocks.set_mocks(_Answers(), project, "test", preview=False, monitor=monitor)
        pulumi.runtime.settings.set_root_resource(None)  # type: ignore[arg-type]  # the run makes its own
        own = {f"{project}:{name}": value for name, value in config_of(settings).items()}
        pulumi.runtime.set_all_config({**own, **more})
        loop.run_until_complete(run_in_stack(program))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return plan


class _Monitor(mocks.MockMonitor):
    """Writes down what is registered, with the options that the SDK's own mocks leave out."""

    def __init__(self, answers: mocks.Mocks, plan: Plan) -> None:
        super().__init__(answers)
        self._plan = plan

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        with _loop_of_this_thread():
            return super().Invoke(request)  # type: ignore[no-untyped-call]  # the SDK has no types here

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        with _loop_of_this_thread():
            return self._register(request)

    def _register(self, request: Any) -> Any:
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK has no types here
        if request.type != "pulumi:pulumi:Stack":
            self._plan.resources.append(
                Planned(
                    request.type,
                    request.name,
                    rpc.deserialize_properties(request.object),
                    request.parent,
                    bool(request.protect),
                    request.deletedWith,
                    bool(request.retainOnDelete),
                    bool(request.custom),
                    answer.urn,
                    {name: list(needed.urns) for name, needed in request.propertyDependencies.items()},
                )
            )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        if "::pulumi:pulumi:Stack::" in request.urn:
            self._plan.outputs.update(rpc.deserialize_properties(request.outputs))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # the same


@contextmanager
def _loop_of_this_thread() -> Iterator[None]:
    """Give the SDK the loop that it asks each of its threads for, and close it, as the SDK does not."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Answers(mocks.Mocks):
    """Answers as a provider would after it has made a resource."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}-id", {**_told(args), **args.inputs, **as_told(args.inputs)}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return dict(_CALLS.get(args.token, {"id": f"{args.token}-id"})), []


def _told(args: mocks.MockResourceArgs) -> dict[str, Any]:
    """Give the outputs of a resource: its name, and what only the cloud knows."""
    named = {"name": args.inputs.get(_NAMES.get(args.typ, ""), args.name)}
    shared = {"arn": f"arn:aws:mock:{ACCOUNT}:{args.name}"} if args.typ.startswith("aws:") else {}
    return {**named, **shared, **_TOLD.get(args.typ, {}), **_account_of(args)}


def _account_of(args: mocks.MockResourceArgs) -> dict[str, str]:
    """Give the address of a service account of Google Cloud, which its id makes."""
    if args.typ != "gcp:serviceaccount/account:Account":
        return {}
    email = f"{args.inputs['accountId']}@{PROJECT}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}", "uniqueId": "100200300"}


_NAMES = {
    "azure-native:app:ContainerApp": "containerAppName",
    "azure-native:app:ManagedEnvironment": "environmentName",
    "azure-native:cdn:Profile": "profileName",
    "azure-native:dbforpostgresql:Server": "serverName",
    "azure-native:keyvault:Key": "keyName",
    "azure-native:keyvault:Secret": "secretName",
    "azure-native:keyvault:Vault": "vaultName",
    "azure-native:managedidentity:UserAssignedIdentity": "resourceName",
    "azure-native:resources:ResourceGroup": "resourceGroupName",
    "azure-native:storage:StorageAccount": "accountName",
    "azure-native:storage:BlobContainer": "containerName",
}
_TOLD: Mapping[str, dict[str, Any]] = {
    "aws:acm/certificate:Certificate": {"domainValidationOptions": [{"resourceRecordName": "_proof.shop.example"}]},
    "aws:cloudfront/distribution:Distribution": {"domainName": "d111.cloudfront.example"},
    "aws:lb/loadBalancer:LoadBalancer": {"arnSuffix": "app/lb/1", "dnsName": "lb.example"},
    "aws:rds/instance:Instance": {
        "address": "db.example",
        "masterUserSecrets": [{"secretArn": "arn:aws:secretsmanager:mock:secret"}],
    },
    "azure-native:app:ManagedEnvironment": {"defaultDomain": "calm.japaneast.containers.example"},
    "azure-native:applicationinsights:Component": {"connectionString": "InstrumentationKey=plain-secret"},
    "azure-native:cdn:AFDCustomDomain": {"validationProperties": {"validationToken": "token", "expirationDate": "x"}},
    "azure-native:cdn:AFDEndpoint": {"hostName": "endpoint.azurefd.example"},
    "azure-native:cdn:Profile": {"frontDoorId": "front-door-id"},
    "azure-native:dbforpostgresql:Server": {"fullyQualifiedDomainName": "db.postgres.example"},
    "azure-native:keyvault:Key": {"keyUriWithVersion": "https://vault.example/keys/key/1"},
    "azure-native:managedidentity:UserAssignedIdentity": {"principalId": "principal", "clientId": "client"},
    "azure-native:storage:StorageAccount": {"primaryEndpoints": {"blob": "https://files.blob.example/"}},
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {
        "dnsResourceRecords": [{"name": "_proof.shop.example."}]
    },
    "gcp:cloudrunv2/service:Service": {"uri": "https://run.example"},
    "gcp:compute/address:Address": {"address": "10.64.16.2"},
    "gcp:compute/globalAddress:GlobalAddress": {"address": "203.0.113.31"},
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": {"uptimeCheckId": "check"},
    "gcp:projects/serviceIdentity:ServiceIdentity": {"email": "agent@google.example"},
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "connectionName": f"{PROJECT}:asia-east1:db",
        "dnsName": "db.asia-east1.sql.goog.",
        "pscServiceAttachmentLink": "attachment",
    },
}
_CALLS: Mapping[str, Mapping[str, Any]] = {
    "aws:iam/getOutboundWebIdentityFederation:getOutboundWebIdentityFederation": {
        "issuerIdentifier": "https://account.tokens.sts.example",
    },
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": ACCOUNT,
        "arn": "arn:aws:iam::123456789012:user/mock",
        "id": ACCOUNT,
        "userId": "mock",
    },
    "azure-native:authorization:getClientConfig": {
        "clientId": "client",
        "objectId": "object",
        "subscriptionId": "subscription",
        "tenantId": "tenant",
    },
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": {
        "id": PROJECT,
        "name": PROJECT,
        "project": PROJECT,
        "kmsKeyName": "",
        "kmsKeyVersionName": "",
        "serviceAccountId": "logs@google.example",
    },
    "gcp:organizations/getProject:getProject": {"id": f"projects/{PROJECT}", "number": ACCOUNT, "projectId": PROJECT},
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
        "id": "files@google.example",
        "emailAddress": "files@google.example",
    },
}
