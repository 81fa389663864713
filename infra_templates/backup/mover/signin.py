"""How the container proves who it is: by a token of its own cloud that the second cloud trusts, renewed while it runs."""

import json
import os
import threading
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

import boto3

RENEW_SECONDS = 300
_SECONDS = 30
_METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default"
_DATABASE_OF_AZURE = "https://ossrdbms-aad.database.windows.net"
_LONGEST_TOKEN = 3_600
_SIGNED_BY_ANOTHER = "urn:ietf:params:oauth:token-type:jwt"
_EXCHANGE = "https://sts.googleapis.com/v1/token"


def token_for(environment: Mapping[str, str]) -> str:
    """Ask the primary's cloud for a token that says who this job is."""
    return _TOKENS[environment["SOURCE_CLOUD"]](environment)


def database_password(environment: Mapping[str, str]) -> str:
    """Ask the primary's cloud for what a database takes instead of a password."""
    if environment["SOURCE_CLOUD"] == "azure":
        return _azure_token(environment, _DATABASE_OF_AZURE)
    answer = _get(f"{_METADATA}/token", {"Metadata-Flavor": "Google"})
    return str(json.loads(answer)["access_token"])


def keep_fresh(write: Callable[[], None], ended: threading.Event) -> None:
    """Write the token now, and again every few minutes, since a long copy outlives a token."""
    write()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            write()

    threading.Thread(target=renew, daemon=True, name="token").start()


def write_privately(path: Path, content: str) -> None:
    """Replace a file that nobody else may read, so that a reader never sees half of it."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    beside.replace(path)


def google_settings(environment: Mapping[str, str], token: Path) -> str:
    """Write the file by which Google's libraries exchange the token for one of the writer's account."""
    account = environment["COPY_SERVICE_ACCOUNT"]
    return json.dumps(
        {
            "type": "external_account",
            "audience": f"//iam.googleapis.com/{environment['COPY_PROVIDER']}",
            "subject_token_type": _SIGNED_BY_ANOTHER,
            "token_url": _EXCHANGE,
            "credential_source": {"file": str(token)},
            "service_account_impersonation_url": (
                f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
            ),
        }
    )


def _aws_token(environment: Mapping[str, str]) -> str:
    client = boto3.client("sts", region_name=environment["SOURCE_REGION"])
    answer = client.get_web_identity_token(
        Audience=[environment["COPY_AUDIENCE"]], SigningAlgorithm="RS256", DurationSeconds=_LONGEST_TOKEN
    )
    return str(answer["WebIdentityToken"])


def _azure_token(environment: Mapping[str, str], resource: str) -> str:
    asked = {"api-version": "2019-08-01", "resource": resource, "client_id": environment["SOURCE_CLIENT"]}
    address = f"{environment['IDENTITY_ENDPOINT']}?{urlencode(asked)}"
    answer = _get(address, {"X-IDENTITY-HEADER": environment["IDENTITY_HEADER"]})
    return str(json.loads(answer)["access_token"])


def _google_token(environment: Mapping[str, str]) -> str:
    asked = urlencode({"audience": environment["COPY_AUDIENCE"], "format": "full"})
    return _get(f"{_METADATA}/identity?{asked}", {"Metadata-Flavor": "Google"})


_TOKENS: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "aws": _aws_token,
    "azure": lambda environment: _azure_token(environment, environment["COPY_AUDIENCE"]),
    "gcp": _google_token,
}


def _get(address: str, headers: Mapping[str, str]) -> str:
    """Ask a service of the container's own host."""
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 - addresses of the cloud's own host, by http on purpose
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
        return str(answer.read().decode())
