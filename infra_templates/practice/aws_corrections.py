"""Where moto refuses or breaks at what AWS does: mended here, so that a practice run ends as a real one would."""

from collections.abc import Callable
from typing import Any

from moto.backup.models import BackupBackend
from moto.core.base_backend import AccountSpecificBackend
from moto.ec2.exceptions import InvalidRouteError, InvalidRouteTableIdError
from moto.ec2.models import EC2Backend
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeDeleteMarker, S3Backend


def correct() -> None:
    """Mend moto in this process."""
    _replace(FakeDeleteMarker, "dispose", _nothing_to_dispose)
    _replace(AccountSpecificBackend, "__getitem__", _same_at_every_start(AccountSpecificBackend.__getitem__))
    _replace(BackupBackend, "create_backup_plan", _names_of_deleted_plans_are_free(BackupBackend.create_backup_plan))
    _replace(EC2Backend, "delete_vpc_endpoints", _endpoints_without_routes(EC2Backend.delete_vpc_endpoints))
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


def _endpoints_without_routes(delete: Callable[..., None]) -> Callable[..., None]:
    """Let a gateway endpoint go although a route to it is already gone, or its whole table."""

    def deleted(backend: EC2Backend, vpce_ids: list[str] | None = None) -> None:
        for id_ in vpce_ids or []:
            endpoint = backend.vpc_end_points.get(id_)
            try:
                delete(backend, [id_])
            except (InvalidRouteError, InvalidRouteTableIdError):
                if endpoint is not None:
                    endpoint.state = "deleted"

    return deleted


def _names_of_deleted_plans_are_free(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let a plan have the name of one that was deleted."""

    def created(backend: BackupBackend, backup_plan: dict[str, Any], *more: Any, **named: Any) -> Any:
        gone = [id_ for id_, plan in backend.plans.items() if plan.deletion_date is not None]
        for id_ in gone:
            if backend.plans[id_].backup_plan["BackupPlanName"] == backup_plan["BackupPlanName"]:
                del backend.plans[id_]
        return create(backend, backup_plan, *more, **named)

    return created


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
