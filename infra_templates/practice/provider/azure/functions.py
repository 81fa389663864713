"""Functions of the Azure package."""

from collections.abc import Mapping

from infra_templates.practice.emulators import ACCOUNT_KEY
from infra_templates.practice.provider.functions import Function
from infra_templates.practice.provider.handlers import Setting
from infra_templates.practice.provider.templates import uuid
from infra_templates.practice.provider.wire import Properties

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"


def azure_functions() -> Mapping[str, Function]:
    """Give the functions of Azure that the practice cloud answers."""
    return {
        "azure-native:authorization:getClientConfig": _client,
        "azure-native:storage:listStorageAccountKeys": _account_keys,
        "azure-native:operationalinsights:getSharedKeys": _workspace_keys,
        "azure-native:operationalinsights:getWorkspaceSharedKeys": _workspace_keys,
    }


def _client(args: Properties, setting: Setting) -> Properties:
    names = ("clientId", "objectId", "tenantId")
    return {name: uuid(name) for name in names} | {"subscriptionId": setting.account}


def _account_keys(args: Properties, setting: Setting) -> Properties:
    keys = [{"keyName": name, "permissions": "FULL", "value": ACCOUNT_KEY} for name in ("key1", "key2")]
    return {"keys": keys}


def _workspace_keys(args: Properties, setting: Setting) -> Properties:
    return {"primarySharedKey": uuid("primary"), "secondarySharedKey": uuid("secondary")}
