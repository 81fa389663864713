"""What the dashboard shows, in the form that Cloud Monitoring takes."""

from collections.abc import Sequence
from typing import Any

HEIGHT = 16
WIDTH = 24


def dashboard(title: str, services: Sequence[str], databases: Sequence[str]) -> dict[str, Any]:
    """Describe the dashboard: requests by outcome, response time, containers, and what the databases bear."""
    ran = _one_of("cloud_run_revision", "service_name", services)
    kept = _one_of("cloudsql_database", "database_id", databases)
    plots = (
        _plot("Requests per second, by outcome", "run.googleapis.com/request_count", ran, _rate("response_code_class")),
        _plot("Response time, 95 of 100, ms", "run.googleapis.com/request_latencies", ran, _slowest("service_name")),
        _plot("Containers", "run.googleapis.com/container/instance_count", ran, _most("service_name")),
        _plot("Database processor, share", "cloudsql.googleapis.com/database/cpu/utilization", kept, _mean()),
        _plot("Database disk, share", "cloudsql.googleapis.com/database/disk/utilization", kept, _mean()),
        _plot("Database connections", "cloudsql.googleapis.com/database/postgresql/num_backends", kept, _mean()),
    )
    tiles = [
        {"xPos": place % 2 * WIDTH, "yPos": place // 2 * HEIGHT, "width": WIDTH, "height": HEIGHT, "widget": plot}
        for place, plot in enumerate(plots)
    ]
    return {"displayName": title, "mosaicLayout": {"columns": 2 * WIDTH, "tiles": tiles}}


def _plot(title: str, metric: str, which: str, aggregation: dict[str, Any]) -> dict[str, Any]:
    query = {"timeSeriesFilter": {"filter": f'metric.type="{metric}" {which}', "aggregation": aggregation}}
    return {
        "title": title,
        "xyChart": {"dataSets": [{"timeSeriesQuery": query, "plotType": "LINE"}], "yAxis": {"scale": "LINEAR"}},
    }


def _one_of(kind: str, label: str, names: Sequence[str]) -> str:
    listed = ",".join(f'"{name}"' for name in names)
    return f'resource.type="{kind}" resource.label.{label}=one_of({listed})'


def _rate(label: str) -> dict[str, Any]:
    return _aligned("ALIGN_RATE", "REDUCE_SUM", f"metric.label.{label}")


def _slowest(label: str) -> dict[str, Any]:
    return _aligned("ALIGN_DELTA", "REDUCE_PERCENTILE_95", f"resource.label.{label}")


def _most(label: str) -> dict[str, Any]:
    return _aligned("ALIGN_MAX", "REDUCE_SUM", f"resource.label.{label}")


def _mean() -> dict[str, Any]:
    return _aligned("ALIGN_MEAN", "REDUCE_MEAN", "resource.label.database_id")


def _aligned(aligner: str, reducer: str, field: str) -> dict[str, Any]:
    return {
        "alignmentPeriod": "60s",
        "perSeriesAligner": aligner,
        "crossSeriesReducer": reducer,
        "groupByFields": [field],
    }
