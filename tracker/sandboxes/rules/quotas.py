"""How many sandboxes there may be, how long they live and what they may cost: the programme's numbers held against what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tracker.core.errors import Refused
from tracker.core.text import N_
from tracker.programmes.rulebook import Rulebook

SHORTEST_DAYS = 1


@dataclass(frozen=True)
class Limits:
    """What a programme year's rulebook says of sandboxes."""

    default_days: int
    longest_days: int
    grace: timedelta
    per_vendor: int
    per_programme: int
    per_cloud: int
    monthly_budget: int
    """US dollars."""
    notices: tuple[timedelta, ...]
    """How long before the expiry its people are told, the earliest first."""


@dataclass(frozen=True)
class Used:
    """How many sandboxes there are now that count."""

    by_vendor: int
    by_programme: int
    by_cloud: int


def limits_of(rulebook: Rulebook) -> Limits:
    """Read the limits, or refuse where the programme offers no sandboxes."""
    try:
        count = {name: rulebook.count(f"sandboxes.{name}") for name in _COUNTS}
        notices = rulebook.options("sandboxes.notices")
    except KeyError:
        raise Refused(
            N_("The rulebook of this programme says nothing of sandboxes. Ask the programme lead to add it.")
        ) from None
    minutes = sorted((int(option.id.rpartition("-")[2]) for option in notices), reverse=True)
    return Limits(
        default_days=count["default-days"],
        longest_days=count["longest-days"],
        grace=timedelta(hours=count["grace-hours"]),
        per_vendor=count["per-vendor"],
        per_programme=count["per-programme"],
        per_cloud=count["per-cloud"],
        monthly_budget=count["monthly-budget"],
        notices=tuple(timedelta(minutes=one) for one in minutes),
    )


_COUNTS = (
    "default-days",
    "longest-days",
    "grace-hours",
    "per-vendor",
    "per-programme",
    "per-cloud",
    "monthly-budget",
)


def check_quota(limits: Limits, used: Used, names: Mapping[str, object]) -> None:
    """Refuse one sandbox more than the vendor, the programme or the cloud may have; `names` says who they are."""
    if used.by_vendor >= limits.per_vendor:
        raise Refused(
            N_("%(vendor)s has %(used)s of at most %(limit)s sandboxes. Let one be destroyed, then ask again."),
            vendor=names["vendor"],
            used=used.by_vendor,
            limit=limits.per_vendor,
        )
    if used.by_programme >= limits.per_programme:
        raise Refused(
            N_(
                "The programme has %(used)s of at most %(limit)s sandboxes. Wait until one is destroyed, or ask the office."
            ),
            used=used.by_programme,
            limit=limits.per_programme,
        )
    if used.by_cloud >= limits.per_cloud:
        raise Refused(
            N_(
                "The programme has %(used)s of at most %(limit)s sandboxes on %(cloud)s. Choose another cloud, or wait."
            ),
            field="template",
            used=used.by_cloud,
            limit=limits.per_cloud,
            cloud=names["cloud"],
        )


def check_days(limits: Limits, days: int | None) -> int:
    """Give the lifetime that was asked for, or the usual one; refuse one that the programme does not allow."""
    wanted = limits.default_days if days is None else days
    if not SHORTEST_DAYS <= wanted <= limits.longest_days:
        raise Refused(
            N_("A sandbox of this programme lives %(least)s to %(most)s days. Write a number between them."),
            field="days",
            least=SHORTEST_DAYS,
            most=limits.longest_days,
        )
    return wanted


def check_budget(limits: Limits, dollars: int) -> int:
    """Give the monthly budget, or refuse one above the programme's."""
    if not 1 <= dollars <= limits.monthly_budget:
        raise Refused(
            N_("The monthly budget of a sandbox is 1 to %(most)s US dollars. Write a number between them."),
            field="budget",
            most=f"{limits.monthly_budget:,}",
        )
    return dollars
