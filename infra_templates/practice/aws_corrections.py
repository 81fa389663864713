"""Where moto refuses or breaks at what AWS does: mended here, so that a practice run ends as a real one would."""

from collections.abc import Callable
from typing import Any

from moto.core.base_backend import AccountSpecificBackend
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeDeleteMarker, S3Backend


def correct() -> None:
    """Mend moto in this process."""
    _replace(FakeDeleteMarker, "dispose", _nothing_to_dispose)
    _replace(AccountSpecificBackend, "__getitem__", _same_at_every_start(AccountSpecificBackend.__getitem__))
    _replace(S3Backend, "put_object_lock_configuration", _lock_buckets_that_hold_objects)


def _replace(owner: Any, name: str, function: Callable[..., Any]) -> None:
    setattr(owner, name, function)


def _same_at_every_start(get: Callable[..., Any]) -> Callable[..., Any]:
    """Let a service of a region begin the same, whichever request it is that needs it first: EC2 brings a VPC of its own."""

    def seeded(services: AccountSpecificBackend[Any], region: str) -> Any:
        if region in services.keys():  # noqa: SIM118 - `in` asks which regions there could be
            return get(services, region)
        before = mock_random.getstate()
        mock_random.seed(f"{services.service_name} {services.account_id} {region}")
        try:
            return get(services, region)
        finally:
            mock_random.setstate(before)

    return seeded


def _nothing_to_dispose(marker: FakeDeleteMarker, garbage: bool = False) -> None:
    """Let a delete marker be deleted, as `delete_objects` tries to."""


def _lock_buckets_that_hold_objects(
    backend: S3Backend,
    bucket_name: str,
    lock_enabled: bool,
    mode: str | None = None,
    days: int | None = None,
    years: int | None = None,
) -> None:
    """Set the default lock of a bucket; AWS allows it however many objects there are."""
    bucket = backend.get_bucket(bucket_name)
    if lock_enabled:
        bucket.object_lock_enabled = True
        bucket.versioning_status = "Enabled"
    bucket.default_lock_mode = mode
    bucket.default_lock_days = days
    bucket.default_lock_years = years
