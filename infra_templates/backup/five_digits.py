"""The five digits as a plan can show them: each computed from the planned resources, with those it was computed from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from infra_templates.backup.digits import Digit, State
from infra_templates.sentences import Sentence
from infra_templates.settings import Cloud

COPY = "cloudsteps:backup:"
"""What the second cloud's resources belong to."""

DATA = {
    Cloud.AWS: ("aws:s3/bucket:Bucket", "aws:rds/instance:Instance"),
    Cloud.AZURE: ("azure-native:storage:StorageAccount", "azure-native:dbforpostgresql:Server"),
    Cloud.GCP: ("gcp:storage/bucket:Bucket", "gcp:sql/databaseInstance:DatabaseInstance"),
}
NATIVE = {
    Cloud.AWS: ("aws:backup/selection:Selection",),
    Cloud.AZURE: ("azure-native:dataprotection:BackupInstance",),
    Cloud.GCP: ("gcp:sql/databaseInstance:DatabaseInstance",),
}
SCHEDULE = {
    Cloud.AWS: "aws:scheduler/schedule:Schedule",
    Cloud.AZURE: "azure-native:app:Job",
    Cloud.GCP: "gcp:cloudscheduler/job:Job",
}
TARGETS = {DATA[cloud][0]: cloud for cloud in Cloud}
S3_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"


class PlannedLike(Protocol):
    """What is looked at of a planned resource."""

    @property
    def type(self) -> str: ...  # noqa: D102 - of the plan
    @property
    def name(self) -> str: ...  # noqa: D102 - of the plan
    @property
    def inputs(self) -> Mapping[str, Any]: ...  # noqa: D102 - of the plan
    @property
    def parent(self) -> str: ...  # noqa: D102 - of the plan


class _Sorted:
    """The resources of a plan by what they are to the backup."""

    def __init__(self, cloud: Cloud, resources: Sequence[PlannedLike]) -> None:
        self.cloud = cloud
        apart = [resource for resource in resources if COPY in resource.parent]
        own = [resource for resource in resources if COPY not in resource.parent]
        self.live = [one for one in own if one.type in DATA[cloud]]
        self.native = [one for one in own if one.type in NATIVE[cloud] and _backs_up(one)]
        self.schedules = [one for one in own if one.type == SCHEDULE[cloud] and "Backup" in one.parent]
        self.targets = [one for one in apart if one.type in TARGETS]
        self.locks = [one for one in apart if one.type == S3_LOCK]

    @property
    def providers(self) -> list[Cloud]:
        """Name the clouds that hold data."""
        return [self.cloud] * bool(self.live) + [TARGETS[one.type] for one in self.targets]


def digits_of_plan(
    cloud: Cloud, resources: Sequence[PlannedLike], drill: Mapping[str, Any] | None = None
) -> tuple[Digit, ...]:
    """Compute the five digits; only a drill's report (`DrillReport.row()`) can prove the last."""
    plan = _Sorted(cloud, resources)
    return (_copies(plan), _providers(plan), _elsewhere(plan), _immutable(plan), _errors(plan, drill))


def _copies(plan: _Sorted) -> Digit:
    basis = tuple(
        f"{what}: {_named(found)}"
        for what, found in (
            ("live", plan.live),
            ("native", plan.native),
            ("second cloud", plan.targets),
            ("schedule", plan.schedules),
        )
        if found
    )
    parts = (
        (plan.live, Sentence("沒有資料", "no data")),
        (plan.native, Sentence("沒有雲端自己的備份", "no backup of the cloud's own")),
        (plan.targets, Sentence("第二朵雲沒有備份的位置", "no place for a copy in a second cloud")),
        (plan.schedules, Sentence("沒有排程把資料複製過去", "no schedule that copies")),
    )
    lacking = [words for found, words in parts if not found]
    if lacking:
        zh, en = "、".join(words.zh_hant for words in lacking), ", ".join(words.en for words in lacking)
        return Digit("copies", State.MISSING, Sentence(f"計畫裡{zh}。", f"The plan has {en}."), basis)
    reason = Sentence(
        "線上資料、雲端自己的備份，以及定時複製到第二朵雲。",
        "Live data, the cloud's own backup, and a copy to a second cloud on a schedule.",
    )
    return Digit("copies", State.MET, reason, basis)


def _providers(plan: _Sorted) -> Digit:
    found = sorted(set(plan.providers))
    if len(found) >= 2:  # noqa: PLR2004 - the digit itself
        reason = Sentence(f"資料放在 {'、'.join(found)}。", f"Data lies with {' and '.join(found)}.")
        return Digit("providers", State.MET, reason, tuple(found))
    reason = Sentence("資料都在同一家雲端。", "All data lies with one provider.")
    return Digit("providers", State.MISSING, reason, tuple(found))


def _elsewhere(plan: _Sorted) -> Digit:
    away = [one for one in plan.targets if TARGETS[one.type] is not plan.cloud]
    places = tuple(f"{TARGETS[one.type]}: {_place_of(one)}" for one in away)
    if away:
        reason = Sentence(
            "第二份不在主要雲端的任何區域。", "The second copy is in no region of the primary's provider."
        )
        return Digit("elsewhere", State.MET, reason, places)
    return Digit("elsewhere", State.MISSING, Sentence("沒有一份在別處。", "No copy is elsewhere."))


def _immutable(plan: _Sorted) -> Digit:
    locks = list(_locks(plan))
    basis = tuple(words for words, _ in locks)
    if any(final for _, final in locks):
        reason = Sentence("第二份已鎖定，沒有人能提早刪除。", "The second copy is locked; nobody can delete it early.")
        return Digit("immutable", State.MET, reason, basis)
    if locks:
        reason = Sentence(
            "第二份有鎖定，但有權限的人還能解除；正式環境請完成最後一步。",
            "The second copy is locked, but somebody with the right can still lift it; production needs the final step.",
        )
        return Digit("immutable", State.UNPROVEN, reason, basis)
    reason = Sentence(
        "第二份沒有鎖定。沙箱不鎖定才拆得乾淨；正式環境會鎖定。",
        "The second copy has no lock. A sandbox has none, so that it can be destroyed; production locks it.",
    )
    return Digit("immutable", State.MISSING, reason)


def _locks(plan: _Sorted) -> Iterator[tuple[str, bool]]:
    """Give each lock of the copy in words, and whether nobody can lift it."""
    for lock in plan.locks:
        kept = _look(lock.inputs, "rule", "defaultRetention") or {}
        yield f"{lock.name}: {kept.get('mode')} {kept.get('days')} d", kept.get("mode") == "COMPLIANCE"
    for target in plan.targets:
        policy = _look(target.inputs, "immutableStorageWithVersioning", "immutabilityPolicy")
        if policy:
            days = policy.get("immutabilityPeriodSinceCreationInDays")
            yield f"{target.name}: {policy.get('state')} {days} d", policy.get("state") == "Locked"
        retention = _look(target.inputs, "retentionPolicy")
        if retention:
            yield f"{target.name}: {retention.get('retentionPeriod')} s", bool(retention.get("isLocked"))


def _errors(plan: _Sorted, drill: Mapping[str, Any] | None) -> Digit:
    if drill is None:
        reason = Sentence("計畫證明不了還原；請執行一次演練。", "A plan proves no restore; hold a drill.")
        return Digit("errors", State.UNPROVEN, reason)
    basis = (f"drill {drill['source']} → {drill['target']}, {drill['ended']}",)
    pairs = {(plan.cloud.value, TARGETS[one.type].value) for one in plan.targets}
    if (drill["source"], drill["target"]) not in pairs:
        reason = Sentence("演練的不是這兩朵雲。", "The drill was between other clouds.")
        return Digit("errors", State.UNPROVEN, reason, basis)
    if drill["passed"]:
        return Digit("errors", State.MET, Sentence("演練還原沒有錯誤。", "The drill restored without an error."), basis)
    return Digit("errors", State.MISSING, Sentence("演練沒有通過。", "The drill did not pass."), basis)


def _backs_up(resource: PlannedLike) -> bool:
    """Whether a database of Google's really makes backups; elsewhere the resource is the backup."""
    if resource.type != DATA[Cloud.GCP][1]:
        return True
    return bool(_look(resource.inputs, "settings", "backupConfiguration", "enabled"))


def _place_of(target: PlannedLike) -> str:
    return str(target.inputs.get("location") or target.inputs.get("region") or "?")


def _named(found: Sequence[PlannedLike]) -> str:
    return ", ".join(sorted(one.name for one in found))


def _look(inputs: Mapping[str, Any], *path: str) -> Any:
    value: Any = inputs
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
