"""What is measured and logged of every request: which page, how it ended, how long it took, who asked; never what was in it."""

import os
import time
from collections.abc import Iterable

import structlog
from flask import Flask, Response, g, request
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from tracker.accounts.models import WebSession
from tracker.core import clock, heartbeats, queue
from tracker.core.db import session
from tracker.notifications import queries as notification_queries

log = structlog.get_logger()

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
ROLES = ("worker", "scheduler")
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUESTS = Counter("cloudsteps_http_requests", "Requests answered.", ["endpoint", "method", "status"])
SECONDS = Histogram("cloudsteps_http_request_seconds", "Time to answer a request.", ["endpoint"], buckets=BUCKETS)
QUIET = frozenset({"static", "health.alive", "health.ready", "health.metrics"})


def set_up(app: Flask) -> None:
    """Measure every request of the app."""
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    REQUESTS.labels(endpoint, request.method, str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(seconds)
    if endpoint not in QUIET:
        log.info(
            "request",
            request_id=g.get("request_id"),
            endpoint=endpoint,
            method=request.method,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            user_id=g.actor.user_id if "actor" in g else None,
        )
    return response


class Rows(Collector):
    """Figures that stand in the database, counted when they are asked for."""

    def collect(self) -> Iterable[Metric]:
        """Count work, mails, sessions and signs of life."""
        work = session()
        waiting = GaugeMetricFamily("cloudsteps_work", "Work that is not done.", labels=["state"])
        for state, number in queue.counts(work).items():
            waiting.add_metric([state.value], number)
        mails = GaugeMetricFamily("cloudsteps_mails", "Mails that are not through.", labels=["state"])
        for mail_state, number in notification_queries.outbox_counts().items():
            mails.add_metric([mail_state.value], number)
        yield from (waiting, mails)
        yield GaugeMetricFamily(
            "cloudsteps_sessions",
            "Sessions kept.",
            value=work.scalar(select(func.count()).select_from(WebSession)) or 0,
        )
        alive = GaugeMetricFamily(
            "cloudsteps_heartbeat_age_seconds", "Seconds since a role was last alive.", labels=["role"]
        )
        for role in ROLES:
            if (last := heartbeats.last_beat(work, role)) is not None:
                alive.add_metric([role], (clock.now() - last).total_seconds())
        yield alive


def exposition() -> bytes:
    """Give all figures in Prometheus's text format, of every process of the web role."""
    rows = CollectorRegistry(auto_describe=False)
    rows.register(Rows())
    return generate_latest(_requests()) + generate_latest(rows)


def _requests() -> CollectorRegistry:
    if FOLDER not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the package leaves it without types
    return shared
