"""The two containers of a cell: the application, and the proxy by which it signs in to its databases without a password."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra_templates.sizes import Capacity

PORT = 8080
HEALTH = "/health"
"""Not `/healthz`: Google answers paths that end in z itself, so no request from outside would reach the container."""
PROXY = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.15.2"
PROXY_HEALTH_PORT = 9090
FIRST_DATABASE_PORT = 5432
MILLI = 1_000


def application(image: str, capacity: Capacity, values: Mapping[str, Any], *, always_awake: bool) -> dict[str, object]:
    """Describe the application's container."""
    check = {"path": HEALTH, "port": PORT}
    return {
        "name": "app",
        "image": image,
        "ports": {"name": "http1", "container_port": PORT},
        "envs": [{"name": name, "value": value} for name, value in values.items()],
        "resources": {
            "limits": {"cpu": _whole_cpus(capacity), "memory": f"{capacity.memory_mib}Mi"},
            "cpu_idle": not always_awake,
            "startup_cpu_boost": True,
        },
        "startup_probe": {"http_get": check, "period_seconds": 5, "timeout_seconds": 3, "failure_threshold": 24},
        "liveness_probe": {"http_get": check, "period_seconds": 15, "timeout_seconds": 5, "failure_threshold": 3},
    }


def proxy(connections: Sequence[Any]) -> dict[str, object]:
    """Describe the proxy: it listens for each database on a port of its own, inside the cell only."""
    return {
        "name": "database",
        "image": PROXY,
        "args": [
            "--psc",
            "--auto-iam-authn",
            "--structured-logs",
            "--health-check",
            "--http-address=0.0.0.0",
            f"--http-port={PROXY_HEALTH_PORT}",
            f"--port={FIRST_DATABASE_PORT}",
            *connections,
        ],
        "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}},
        "startup_probe": {
            "http_get": {"path": "/startup", "port": PROXY_HEALTH_PORT},
            "period_seconds": 2,
            "timeout_seconds": 1,
            "failure_threshold": 30,
        },
    }


def after_proxy(container: dict[str, object]) -> dict[str, object]:
    """Let a container start once the proxy is ready."""
    return {**container, "depends_ons": ["database"]}


def ports_of(databases: Sequence[str]) -> dict[str, int]:
    """Tell on which port the proxy listens for each database."""
    return {cell: FIRST_DATABASE_PORT + place for place, cell in enumerate(databases)}


def _whole_cpus(capacity: Capacity) -> str:
    """Take whole processors: with less than one, Cloud Run lets a container answer one request at a time only."""
    return str(max(1, -(-capacity.milli_cpu // MILLI)))
