"""How often a backup runs, how long it is kept and locked: computed from what was asked, or refused with the reason.

Nothing here reaches a cloud or the engine, so that a page can say the same as `pulumi up` before anything is built.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from infra_templates.cells import cells_of
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud, Mode, SaasSettings
from infra_templates.sizes import capacity_of

COPY_STEPS = (15, 30, 60, 120, 240, 360, 720)
"""Minutes between two copies that can be chosen; none is longer, since an alarm must see within a day that one is late."""

LATEST_ALARM = 1_380
"""Minutes after which Google Cloud's alarm on an absent signal must speak; the shortest limit of the three clouds."""

NATIVE_STEPS: Mapping[Cloud, tuple[int, ...]] = {
    Cloud.AWS: (1, 2, 4, 6, 12, 24),
    Cloud.AZURE: (24,),
    Cloud.GCP: (24,),
}
"""Hours between two backups that the cloud itself can make: AWS Backup hourly, the others once a day."""

POINT_IN_TIME: Mapping[Cloud, tuple[int, int]] = {Cloud.AWS: (1, 35), Cloud.AZURE: (7, 35), Cloud.GCP: (1, 7)}
"""Fewest and most days for which the managed database can be put back to any minute."""

POINT_IN_TIME_PLUS = 35
"""The same for Cloud SQL Enterprise Plus."""

MIB_PER_SECOND = 50
"""What one container is planned to move, compressing and encrypting. A vendor's own drill gives the figure to use instead."""

MINUTES_FOR_AN_EMPTY_PLACE = 15
"""Until an empty database and bucket are there to restore into."""

DAYS_BETWEEN_FULL_COPIES = 7
HOUR = 60
DAY = 24 * HOUR


class Lock(StrEnum):
    """What keeps a copy from being deleted before its time."""

    NONE = "none"
    GOVERNANCE = "governance"
    """Can be lifted by a person with a right of its own, so a sandbox can still be destroyed."""
    COMPLIANCE = "compliance"
    """Can be lifted by nobody."""


@dataclass(frozen=True)
class Needs:
    """What was asked, and how much there is to move."""

    cloud: Cloud
    mode: Mode
    rto_minutes: int
    rpo_minutes: int
    kept_days: int
    copied_gib: int
    """All that one copy moves."""
    restored_gib: int
    """The largest database, since several are restored side by side."""
    mib_per_second: int = MIB_PER_SECOND
    lock_days: int | None = None
    """Asked for by name; without it the lock is computed."""
    point_in_time_days: int | None = None
    cloud_sql_plus: bool = False
    days_left: int | None = None
    """Days until the sandbox expires, where a lock was asked for."""


@dataclass(frozen=True)
class Retention:
    """What the schedules, lifecycles and locks of a stack are set to."""

    native_every_hours: int
    native_days: int
    point_in_time_days: int
    copy_every_minutes: int
    copy_minutes: int
    """How long one copy is expected to take."""
    full_every_days: int
    """A copy holds only what changed, until everything is copied anew: so nothing ages away that a later copy needs."""
    stored_days: int
    """How long the second cloud keeps an object: the days asked for, and the days until the next full copy."""
    lock: Lock
    lock_days: int
    late_after_minutes: int
    restore_minutes: int
    restore_test_every_days: int


def retention_of(
    settings: SaasSettings, *, mib_per_second: int = MIB_PER_SECOND, lock_days: int | None = None
) -> Retention:
    """Compute the backups of a stack, or raise Unsuitable where what was asked contradicts itself."""
    gib = capacity_of(settings).database_gib
    return compute_retention(
        Needs(
            cloud=settings.cloud,
            mode=settings.mode,
            rto_minutes=settings.rto_minutes,
            rpo_minutes=settings.rpo_minutes,
            kept_days=settings.kept_days,
            copied_gib=gib * len(cells_of(settings.tenancy_database, settings.tenants)),
            restored_gib=gib,
            mib_per_second=mib_per_second,
            lock_days=lock_days,
        )
    )


def compute_retention(needs: Needs) -> Retention:
    """Compute the backups of what was asked, or raise Unsuitable with the first contradiction."""
    restore = MINUTES_FOR_AN_EMPTY_PLACE + minutes_to_move(needs.restored_gib, needs.mib_per_second)
    _check_restore(needs, restore)
    copying = minutes_to_move(needs.copied_gib, needs.mib_per_second)
    every = _interval(needs, copying)
    native = _native_interval(needs)
    full = max(1, min(DAYS_BETWEEN_FULL_COPIES, needs.kept_days // 2))
    stored = needs.kept_days + full
    lock, locked = _lock(needs, stored)
    return Retention(
        native_every_hours=native,
        native_days=needs.kept_days,
        point_in_time_days=_point_in_time(needs),
        copy_every_minutes=every,
        copy_minutes=copying,
        full_every_days=full,
        stored_days=stored,
        lock=lock,
        lock_days=locked,
        late_after_minutes=min(LATEST_ALARM, every + copying + max(15, every // 2)),
        restore_minutes=restore,
        restore_test_every_days=_days_between_tests(needs),
    )


def minutes_to_move(gib: int, mib_per_second: int) -> int:
    """Give how long it takes to move so much data, in whole minutes, at least one."""
    return max(1, math.ceil(gib * 1024 / mib_per_second / 60))


def _check_restore(needs: Needs, restore: int) -> None:
    if needs.rto_minutes < restore:
        raise Unsuitable(
            f"RTO 是 {needs.rto_minutes} 分鐘，但把 {needs.restored_gib} GiB 還原到空的環境約需 {restore} 分鐘。"
            f"請把 RTO 改長、把資料庫改小，或以自己的演練證明更快的速度。",
            f"The RTO is {needs.rto_minutes} minutes, but restoring {needs.restored_gib} GiB into an empty place takes about {restore}. "
            f"Make it longer, the database smaller, or prove a faster rate by a drill of your own.",
        )


def _interval(needs: Needs, copying: int) -> int:
    """Choose the longest interval that keeps the RPO; a copy must also end before the next one begins."""
    possible = [step for step in COPY_STEPS if step >= copying and step + copying <= LATEST_ALARM]
    if not possible:
        raise Unsuitable(
            f"一次備份複製 {needs.copied_gib} GiB 約需 {copying} 分鐘，來不及在下一次之前完成。請減少資料量，或以自己的演練證明更快的速度。",
            f"One copy of {needs.copied_gib} GiB takes about {copying} minutes and cannot end before the next begins. "
            f"Keep less data, or prove a faster rate by a drill of your own.",
        )
    fitting = [step for step in possible if step + copying <= needs.rpo_minutes]
    if not fitting:
        least = possible[0] + copying
        raise Unsuitable(
            f"RPO 是 {needs.rpo_minutes} 分鐘，但最短每 {possible[0]} 分鐘複製一次、每次約 {copying} 分鐘，最少要 {least} 分鐘。"
            f"請把 RPO 改為 {least} 分鐘以上，或減少資料量。",
            f"The RPO is {needs.rpo_minutes} minutes, but a copy runs every {possible[0]} minutes at most and takes about {copying}: at least {least} are needed. "
            f"Make the RPO {least} minutes or more, or keep less data.",
        )
    return fitting[-1]


def _native_interval(needs: Needs) -> int:
    """Choose how often the cloud's own backup runs; between two of them the database's log covers every minute."""
    possible = NATIVE_STEPS[needs.cloud]
    shortest = possible[0]
    if needs.kept_days * 24 < 2 * shortest:
        raise Unsuitable(
            f"備份只保留 {needs.kept_days} 天，但 {needs.cloud} 每 {shortest} 小時備份一次，不足兩份：最新的一份壞了就沒有別的。"
            f"請至少保留 {math.ceil(shortest / 12)} 天。",
            f"Backups are kept for {needs.kept_days} day(s), but {needs.cloud} makes one every {shortest} hours: less than two, so a bad one leaves nothing. "
            f"Keep them for at least {math.ceil(shortest / 12)} days.",
        )
    most = min(needs.kept_days * 12, max(shortest, needs.rpo_minutes // 60))
    return [step for step in possible if step <= most][-1]


def _point_in_time(needs: Needs) -> int:
    fewest, most = POINT_IN_TIME[needs.cloud]
    if needs.cloud_sql_plus and needs.cloud is Cloud.GCP:
        most = POINT_IN_TIME_PLUS
    asked = needs.point_in_time_days
    if asked is not None and not fewest <= asked <= most:
        raise Unsuitable(
            f"{needs.cloud} 的資料庫只能還原到 {fewest} 至 {most} 天內的任一分鐘，不能是 {asked} 天。更久的備份由保存庫與第二家雲端保留；請改為 {most} 天以內。",
            f"A database on {needs.cloud} can be put back to any minute of {fewest} to {most} days, not of {asked}. "
            f"The vault and the second cloud keep what must last longer; ask for {most} days or fewer.",
        )
    return asked if asked is not None else max(fewest, min(needs.kept_days, most))


def _lock(needs: Needs, stored: int) -> tuple[Lock, int]:
    """Lock production for as long as a copy is kept; a sandbox only where somebody asked, and never beyond its end."""
    asked = needs.lock_days
    if asked is not None and asked > stored:
        raise Unsuitable(
            f"鎖定 {asked} 天，比備份保留的 {stored} 天還久：到期的備份刪不掉，仍要付費。請把鎖定改為 {stored} 天以內，或把備份保留更久。",
            f"The lock of {asked} days outlasts the {stored} days a copy is kept: expired copies could not be deleted and would be paid for. "
            f"Lock for {stored} days or fewer, or keep copies longer.",
        )
    if needs.mode is Mode.PRODUCTION:
        return Lock.COMPLIANCE, _production_lock(needs, stored)
    if not asked:
        return Lock.NONE, 0
    if needs.days_left is None or asked > needs.days_left:
        raise Unsuitable(
            f"鎖定 {asked} 天會比沙箱活得久，沙箱就拆不乾淨。請不要鎖定，或把鎖定改為 {needs.days_left or 0} 天以內。",
            f"A lock of {asked} days would outlive the sandbox, which could then not be destroyed. "
            f"Leave it out, or lock for {needs.days_left or 0} days or fewer.",
        )
    return Lock.GOVERNANCE, asked


def _production_lock(needs: Needs, stored: int) -> int:
    asked = stored if needs.lock_days is None else needs.lock_days
    if asked < needs.kept_days:
        raise Unsuitable(
            f"備份要保留 {needs.kept_days} 天，卻只鎖定 {asked} 天：之後拿到權限的人就能刪除。請鎖定 {needs.kept_days} 至 {stored} 天。",
            f"Backups are to be kept for {needs.kept_days} days but locked for {asked} only: whoever gains rights can delete them afterwards. "
            f"Lock for {needs.kept_days} to {stored} days.",
        )
    return asked


def _days_between_tests(needs: Needs) -> int:
    """Restore weekly where little time is allowed for it, else monthly; and always while two copies are still there."""
    cadence = 7 if needs.rto_minutes <= HOUR else 30
    return max(1, min(cadence, needs.kept_days // 2))
