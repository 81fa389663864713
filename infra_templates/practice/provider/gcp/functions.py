"""Functions of the Google Cloud package."""

from collections.abc import Mapping

from infra_templates.practice.provider.functions import Function
from infra_templates.practice.provider.handlers import Setting
from infra_templates.practice.provider.wire import Properties

PROJECT = "practice-project"
NUMBER = "123456789012"


def gcp_functions() -> Mapping[str, Function]:
    """Give the functions of Google Cloud that the practice cloud answers."""
    return {
        "gcp:organizations/getProject:getProject": _project,
        "gcp:organizations/getClientConfig:getClientConfig": _client,
        "gcp:organizations/getIAMPolicy:getIAMPolicy": _policy,
        "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": _log_account,
        "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _storage_account,
    }


def _project(args: Properties, setting: Setting) -> Properties:
    project = str(args.get("projectId") or setting.account)
    return {"id": f"projects/{project}", "projectId": project, "name": project, "number": NUMBER}


def _client(args: Properties, setting: Setting) -> Properties:
    return {
        "id": setting.account,
        "project": setting.account,
        "region": setting.region,
        "zone": f"{setting.region}-a",
        "accessToken": "practice",
    }


def _policy(args: Properties, setting: Setting) -> Properties:
    return {"id": "policy", "policyData": "{}"}


def _storage_account(args: Properties, setting: Setting) -> Properties:
    address = f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"
    return {"id": address, "emailAddress": address, "member": f"serviceAccount:{address}"}


def _log_account(args: Properties, setting: Setting) -> Properties:
    address = f"cmek-p{NUMBER}@gcp-sa-logging.iam.gserviceaccount.com"
    project = str(args.get("project") or setting.account)
    return {"id": project, "project": project, "name": f"projects/{project}/cmekSettings", "serviceAccountId": address}
