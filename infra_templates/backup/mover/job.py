"""The job's settings, read from the container's environment: remotes for rclone and databases to dump."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from infra_templates.backup.mover.copying import CopySettings
from infra_templates.backup.mover.databases import DumpSettings
from infra_templates.backup.mover.rclone import COPY, Rclone, crypt_of, s3_lock_of

STORE, SOURCE = "store", "source"
OPTIONS = ("--s3-storage-class=STANDARD",)
"""Azure's storage class goes along with an object, and S3 refuses it."""
NO_LOCK = "none"


class Incomplete(ValueError):
    """A setting of the container that is missing or has no sense."""


def rclone_of(environment: Mapping[str, str], folder: Path) -> Rclone:
    """Give rclone with the sources, the second cloud's bucket and its encryption."""
    words = json.loads(_needed(environment, "CRYPT_WORDS"))
    bucket = _needed(environment, "COPY_BUCKET")
    remotes = {
        **_sources(environment),
        STORE: _STORES[_needed(environment, "COPY_CLOUD")](environment),
        COPY: crypt_of(f"{STORE}:{bucket}", words["password"], words["salt"]),
    }
    return Rclone(remotes, OPTIONS, environment=_signing_in(environment, folder))


def settings_of(environment: Mapping[str, str], password: Callable[[], str]) -> CopySettings:
    """Say what is copied; `password` gives what a database takes that knows no password."""
    sources = json.loads(_needed(environment, "SOURCES"))
    container = environment.get("SOURCE_CONTAINER")
    places = {cell: f"{SOURCE}{number}:{container or sources[cell]}" for number, cell in enumerate(sorted(sources))}
    databases = json.loads(environment.get("DATABASES", "{}"))
    return CopySettings(
        places,
        [DumpSettings(cell, _connection(place, environment, password)) for cell, place in sorted(databases.items())],
        full_every_days=int(_needed(environment, "FULL_EVERY_DAYS")),
    )


def _sources(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    cloud, sources = _needed(environment, "SOURCE_CLOUD"), json.loads(_needed(environment, "SOURCES"))
    return {
        f"{SOURCE}{number}": _SOURCES[cloud](environment, sources[cell]) for number, cell in enumerate(sorted(sources))
    }


def _connection(
    place: Mapping[str, str], environment: Mapping[str, str], password: Callable[[], str]
) -> dict[str, str]:
    by_identity = "login" in place
    return {
        "PGHOST": place["host"],
        "PGPORT": str(place["port"]),
        "PGDATABASE": place["name"],
        "PGUSER": place["login"] if by_identity else _needed(environment, place["user"]),
        "PGPASSWORD": password() if by_identity else _needed(environment, place["password"]),
        "PGSSLMODE": "require",
        "PGCONNECT_TIMEOUT": "30",
    }


def _signing_in(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Tell the cloud's libraries inside rclone where the token is, and what it is exchanged for."""
    token = str(folder / "token")
    own = {name: value for name, value in environment.items() if name.startswith(("AWS_", "IDENTITY_"))}
    second = {
        "aws": {
            "AWS_ROLE_ARN": environment.get("COPY_ROLE", ""),
            "AWS_WEB_IDENTITY_TOKEN_FILE": token,
            "AWS_ROLE_SESSION_NAME": "backup-copy",
        },
        "azure": {
            "AZURE_TENANT_ID": environment.get("COPY_TENANT", ""),
            "AZURE_CLIENT_ID": environment.get("COPY_CLIENT", ""),
            "AZURE_FEDERATED_TOKEN_FILE": token,
        },
        "gcp": {"GOOGLE_APPLICATION_CREDENTIALS": str(folder / "google.json")},
    }
    return {**own, **second[_needed(environment, "COPY_CLOUD")]}


def _s3(region: str) -> dict[str, str]:
    return {"type": "s3", "provider": "AWS", "env_auth": "true", "region": region, "no_check_bucket": "true"}


def _aws_store(environment: Mapping[str, str]) -> dict[str, str]:
    mode, days = environment.get("COPY_LOCK", NO_LOCK), int(environment.get("COPY_LOCK_DAYS", "0"))
    locked = s3_lock_of(mode, days) if mode != NO_LOCK else {}
    return {**_s3(_needed(environment, "COPY_REGION")), **locked}


def _azure_store(environment: Mapping[str, str]) -> dict[str, str]:
    return {"type": "azureblob", "account": _needed(environment, "COPY_ACCOUNT"), "env_auth": "true"}


def _gcs() -> dict[str, str]:
    return {"type": "google cloud storage", "env_auth": "true", "bucket_policy_only": "true", "no_check_bucket": "true"}


def _azure_source(environment: Mapping[str, str], account: str) -> dict[str, str]:
    client = _needed(environment, "SOURCE_CLIENT")
    return {"type": "azureblob", "account": account, "use_msi": "true", "msi_client_id": client}


_STORES: Mapping[str, Callable[[Mapping[str, str]], dict[str, str]]] = {
    "aws": _aws_store,
    "azure": _azure_store,
    "gcp": lambda _: _gcs(),
}
_SOURCES: Mapping[str, Callable[[Mapping[str, str], str], dict[str, str]]] = {
    "aws": lambda environment, _: _s3(_needed(environment, "SOURCE_REGION")),
    "azure": _azure_source,
    "gcp": lambda _, __: _gcs(),
}


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise Incomplete(f"{name} is not set.")
    return value
