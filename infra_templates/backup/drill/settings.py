"""What a drill is asked to do, and what it says while it does it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra_templates.practice.cloud import PracticeCloud
from infra_templates.sentences import Sentence, Unsuitable
from infra_templates.settings import Cloud

PACKAGE = {Cloud.AWS: "aws", Cloud.AZURE: "azure-native", Cloud.GCP: "gcp"}
"""The practice cloud's package of each cloud."""

PAIRS = tuple((source, target) for source in Cloud for target in Cloud if source is not target)


class Plant(StrEnum):
    """A fault put into the copy on purpose, to see that the drill finds and names it."""

    CORRUPTED = "corrupted"
    MISSING = "missing"
    EXTRA = "extra"
    LATE = "late"


class Step(StrEnum):
    """What a drill is doing."""

    PREPARE = "prepare"
    SAMPLE = "sample"
    COPY = "copy"
    CHANGE = "change"
    COPY_CHANGES = "copy_changes"
    LOSE = "lose"
    ATTACK = "attack"
    RESTORE = "restore"
    COMPARE = "compare"
    REPORT = "report"


WORDS: dict[Step, Sentence] = {
    Step.PREPARE: Sentence("準備兩朵雲與空的還原位置", "Prepare both clouds and an empty place to restore into"),
    Step.SAMPLE: Sentence("寫入樣本資料與資料庫", "Write the sample data and its database"),
    Step.COPY: Sentence(
        "加密後複製到第二朵雲，並下載驗證", "Copy to the second cloud, encrypted, and verify by download"
    ),
    Step.CHANGE: Sentence("像平常一樣新增、修改與刪除", "Add, change and delete as on an ordinary day"),
    Step.COPY_CHANGES: Sentence("複製變動的部分", "Copy what changed"),
    Step.LOSE: Sentence("寫入來不及備份的資料", "Write what no copy will hold"),
    Step.ATTACK: Sentence("攻擊：刪除、加密主要雲端的資料", "Attack: delete and encrypt the primary's data"),
    Step.RESTORE: Sentence("從第二朵雲還原到空的位置", "Restore from the second cloud into an empty place"),
    Step.COMPARE: Sentence("逐位元組比對", "Compare byte for byte"),
    Step.REPORT: Sentence("寫入簽章報告", "Write the signed report"),
}


@dataclass(frozen=True)
class Progress:
    """A step that has begun."""

    step: Step
    number: int
    of: int

    @property
    def sentence(self) -> Sentence:
        """Say it in both languages."""
        return WORDS[self.step]


Listener = Callable[[Progress], None]


@dataclass(frozen=True)
class DrillSettings:
    """One drill: from which cloud to which, with how much data, against which objectives."""

    source: Cloud
    target: Cloud
    folder: Path
    """Where the drill works; emptied by it at the end."""
    objects: int = 2_000
    rto_minutes: float = 480
    rpo_minutes: float = 1_440
    plant: Plant | None = None
    seed: int = 1
    key: Path | None = None
    """The Ed25519 key that signs the report, made where it is missing; without it, a key of this drill alone."""
    previous: str = ""
    """SHA-256 of the report before this one, so that none can be left out of a series unseen."""
    database: bool = True
    cloud: PracticeCloud | None = None
    """The practice cloud to use; without it, one that runs as long as the drill."""

    def __post_init__(self) -> None:
        """Refuse what could prove nothing."""
        if self.source is self.target:
            raise Unsuitable(
                "來源和第二份備份是同一家雲端。請選不同的兩家。",
                "The source and the second copy are with the same provider. Choose two.",
            )
        if self.objects < FEWEST:
            raise Unsuitable(
                f"演練至少要 {FEWEST} 個物件，才有東西可以修改、刪除與加密。",
                f"A drill needs at least {FEWEST} objects, to have some to change, delete and encrypt.",
            )


FEWEST = 40
