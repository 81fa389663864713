"""What a person decides about a SaaS stack: one shape for the three clouds, with limits and help.

Nothing of Pulumi is imported here, so that a web page can offer and check these settings without the engine.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from infra_templates.sentences import Sentence, Unsuitable


class Cloud(StrEnum):
    """A cloud that a stack runs on or is copied to."""

    AWS = "aws"
    AZURE = "azure"
    GCP = "gcp"


class Mode(StrEnum):
    """Whether a stack may be destroyed to its last resource, or must resist that."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


class Size(StrEnum):
    """How much load a stack is built for; the numbers behind it stand in `sizes.py`."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Tenancy(StrEnum):
    """How tenants share one layer: all together, the large ones apart, or each its own."""

    POOLED = "pooled"
    BRIDGE = "bridge"
    SILO = "silo"


REGIONS: Mapping[Cloud, Mapping[str, Sentence]] = {
    Cloud.AWS: {
        "ap-east-2": Sentence("臺北", "Taipei"),
        "ap-northeast-1": Sentence("東京", "Tokyo"),
        "ap-southeast-1": Sentence("新加坡", "Singapore"),
    },
    Cloud.AZURE: {
        "japaneast": Sentence("日本東部（東京）", "Japan East (Tokyo)"),
        "taiwannorth": Sentence("臺灣北部（要先對訂用帳戶開放）", "Taiwan North (once open to the subscription)"),
        "southeastasia": Sentence("東南亞（新加坡）", "Southeast Asia (Singapore)"),
        "eastasia": Sentence("東亞（香港）", "East Asia (Hong Kong)"),
    },
    Cloud.GCP: {
        "asia-east1": Sentence("臺灣（彰化）", "Taiwan (Changhua)"),
        "asia-northeast1": Sentence("東京", "Tokyo"),
        "asia-southeast1": Sentence("新加坡", "Singapore"),
    },
}
"""Regions that a programme office in Taiwan offers; a guardrail keeps to a shorter list where residency asks for it."""

SHARED = "shared"
"""Name of the part that tenants share; no tenant may be called so."""

LONGEST_SANDBOX_BACKUP = 7
SHORTEST_PRODUCTION_BACKUP = 14

Label = Annotated[str, StringConstraints(pattern=r"^[a-z](-?[a-z0-9])*$", max_length=31)]
"""Fit for tags and names on all three clouds: lower case, digits and single hyphens, a letter first."""


def _field(zh: tuple[str, str], en: tuple[str, str], /, default: Any = ..., **limits: Any) -> Any:
    """Describe a setting by its label and its help, in both languages."""
    words: dict[str, Any] = {"label": {"zh-Hant": zh[0], "en": en[0]}, "help": {"zh-Hant": zh[1], "en": en[1]}}
    return Field(default, description=en[1], json_schema_extra=words, **limits)


class SaasParameters(BaseModel):
    """What the assessment recommends and the person who asks for a stack may change."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    region: str = _field(
        ("區域", "資料所在的區域；第二份備份另在別家雲端。"),
        ("Region", "Where the data is; the second backup lies with another provider."),
    )
    size: Size = _field(
        ("規模", "容器與資料庫的大小；日後可以調整。"),
        ("Size", "How large containers and database are; it can be changed later."),
        Size.SMALL,
    )
    tenancy_compute: Tenancy = _field(
        ("運算的租戶隔離", "容器共用、大客戶分開，或每個租戶一組。"),
        ("Tenancy of compute", "Containers shared, large tenants apart, or one set for each tenant."),
        Tenancy.POOLED,
    )
    tenancy_database: Tenancy = _field(
        ("資料庫的租戶隔離", "同一個資料庫、大客戶分開，或每個租戶一個資料庫。"),
        ("Tenancy of the database", "One database, large tenants apart, or one database for each tenant."),
        Tenancy.POOLED,
    )
    tenancy_files: Tenancy = _field(
        ("檔案的租戶隔離", "同一個儲存空間、大客戶分開，或每個租戶一個。"),
        ("Tenancy of files", "One bucket, large tenants apart, or one bucket for each tenant."),
        Tenancy.POOLED,
    )
    tenancy_keys: Tenancy = _field(
        ("金鑰的租戶隔離", "共用一把、大客戶自有，或每個租戶一把。"),
        ("Tenancy of keys", "One key for all, own keys for large tenants, or one key for each tenant."),
        Tenancy.POOLED,
    )
    tenants: tuple[Label, ...] = _field(
        ("分開的租戶", "採分開或每租戶一份時，要建立的租戶代號。"),
        ("Tenants apart", "Codes of the tenants that get their own part where tenancy is bridge or silo."),
        ("demo",),
        min_length=1,
        max_length=20,
    )
    rto_minutes: int = _field(
        ("復原時間目標（RTO，分鐘）", "出事後多久要恢復服務。"),
        ("Recovery time objective (RTO, minutes)", "How soon after a failure the service must run again."),
        480,
        ge=5,
        le=10_080,
    )
    rpo_minutes: int = _field(
        ("復原點目標（RPO，分鐘）", "最多可以接受遺失多久的資料。"),
        ("Recovery point objective (RPO, minutes)", "How much data, in time, may be lost at most."),
        1_440,
        ge=5,
        le=10_080,
    )
    backup_cloud: Cloud = _field(
        ("第二份備份的雲端", "要和主要的雲端不同家。"),
        ("Cloud of the second backup", "A provider other than the one the stack runs on."),
    )
    backup_days: int = _field(
        ("備份保留天數", "正式環境至少 14 天；沙箱一律最多保留 7 天，才不會比沙箱活得久。"),
        ("Days a backup is kept", "At least 14 in production; a sandbox keeps 7 at most, so that none outlives it."),
        7,
        ge=1,
        le=3_650,
    )


class SaasSettings(SaasParameters):
    """All that a SaaS stack is built from: the parameters, what is run, whose it is and how long it lives."""

    cloud: Cloud = _field(("雲端", "服務所在的雲端。"), ("Cloud", "The cloud that the service runs on."))
    mode: Mode = _field(
        ("用途", "沙箱可以拆到一個資源都不剩；正式環境有備援、保護與鎖定的備份。"),
        ("Mode", "A sandbox can be destroyed to its last resource; production is redundant, protected and locked."),
        Mode.SANDBOX,
    )
    programme: Label = _field(("計畫", "計畫與年度的代號。"), ("Programme", "Code of the programme and its year."))
    engagement: Label = _field(("輔導案", "輔導案的代號。"), ("Engagement", "Code of the engagement."))
    sandbox: Label = _field(
        ("名稱", "這個環境的代號；所有資源的名稱由此而來。"),
        ("Name", "Code of this environment; the names of all resources are made from it."),
    )
    owner: Label = _field(
        ("負責人", "負責人的代號，不寫電子郵件。"), ("Owner", "Code of who is responsible, not an address.")
    )
    operation: Label = _field(
        ("作業", "建立它的作業代號，找回失聯資源時用。"),
        ("Operation", "Code of the operation that made it, to find a resource that was lost sight of."),
        "by-hand",
    )
    expires_on: date | None = _field(
        ("到期日", "沙箱必填；正式環境不填。"),
        ("Expires on", "Needed for a sandbox; left out in production."),
        None,
    )
    image: str = _field(
        ("容器映像", "要執行的映像與版本。"),
        ("Container image", "The image that is run, with its version."),
        "registry.example/cloudsteps/sample-saas:1.0.0",
        pattern=r"^[a-z0-9.\-/:_]+(@sha256:[0-9a-f]{64})?$",
        max_length=300,
    )
    domain: str | None = _field(
        ("網域", "服務的網址；不填則使用雲端給的網址。"),
        ("Domain", "Address of the service; without it the cloud's own address is used."),
        None,
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$",
    )
    repository: str | None = _field(
        ("程式碼儲存庫", "可以部署的儲存庫（擁有者/名稱）；部署時不需要長期金鑰。"),
        ("Repository", "The repository (owner/name) that may deploy, without long-lived keys."),
        None,
        pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
    )
    alert_email: str = _field(
        ("警示信箱", "預算與服務水準的警示寄到這裡。"),
        ("Alerts go to", "Warnings about budget and service level are sent here."),
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    )
    monthly_budget: int = _field(
        ("每月預算（美元）", "到 50%、80%、100% 時通知。"),
        ("Monthly budget (US dollars)", "A warning is sent at 50, 80 and 100 percent."),
        100,
        ge=1,
        le=1_000_000,
    )

    @property
    def kept_days(self) -> int:
        """Give how long a backup is really kept: a sandbox proves the arrangement, it does not keep what was asked."""
        return self.backup_days if self.mode is Mode.PRODUCTION else min(self.backup_days, LONGEST_SANDBOX_BACKUP)

    @field_validator("tenants")
    @classmethod
    def _each_once(cls, tenants: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(tenants)) != len(tenants):
            raise Unsuitable(
                "同一個租戶代號寫了兩次。每個租戶只寫一次。",
                "A tenant is named twice. Name each tenant once.",
            )
        if SHARED in tenants:
            raise Unsuitable(
                f"「{SHARED}」是共用部分的代號，租戶不能用。請換一個。",
                f"“{SHARED}” is the part that tenants share; no tenant can have this code. Choose another.",
            )
        return tenants

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        self._check_places()
        self._check_life()
        return self

    def _check_places(self) -> None:
        offered = REGIONS[self.cloud]
        if self.region not in offered:
            names = ", ".join(offered)
            raise Unsuitable(
                f"{self.cloud} 沒有提供「{self.region}」這個區域。請從這些選一個：{names}。",
                f"“{self.region}” is not a region offered on {self.cloud}. Choose one of: {names}.",
            )
        if self.backup_cloud is self.cloud:
            raise Unsuitable(
                "第二份備份和服務在同一家雲端，帳號被鎖時兩份一起失去。請選另一家。",
                "The second backup lies with the same provider as the service: a locked account loses both. Choose another.",
            )

    def _check_life(self) -> None:
        if self.mode is Mode.SANDBOX and self.expires_on is None:
            raise Unsuitable("沙箱要有到期日。請填寫。", "A sandbox needs a day on which it expires. Fill it in.")
        if self.mode is Mode.PRODUCTION and self.expires_on is not None:
            raise Unsuitable(
                "正式環境不會到期。請刪除到期日，或改用沙箱。",
                "Production does not expire. Leave the day out, or ask for a sandbox.",
            )
        if self.mode is Mode.PRODUCTION and self.backup_days < SHORTEST_PRODUCTION_BACKUP:
            raise Unsuitable(
                f"正式環境的備份至少保留 {SHORTEST_PRODUCTION_BACKUP} 天。請改長。",
                f"Production keeps backups for at least {SHORTEST_PRODUCTION_BACKUP} days. Make it longer.",
            )


_WORDS_OF_LIMITS: Mapping[str, tuple[str, str]] = {
    "missing": ("還沒有填寫。請填寫。", "This is missing. Fill it in."),
    "extra_forbidden": (
        "沒有這個設定。請刪除，或檢查名稱。",
        "There is no such setting. Remove it, or check its name.",
    ),
    "greater_than_equal": ("太小了，至少要 {ge}。", "This is too small: at least {ge}."),
    "less_than_equal": ("太大了，最多 {le}。", "This is too large: at most {le}."),
    "int_parsing": ("這不是整數。請填寫數字。", "This is not a whole number. Type digits."),
    "int_from_float": ("這不是整數。請填寫整數。", "This is not a whole number. Leave out the fraction."),
    "enum": ("沒有這個選項。請選：{expected}。", "There is no such choice. Choose {expected}."),
    "string_pattern_mismatch": ("格式不對。請依說明填寫。", "This has the wrong form. Follow the help beside it."),
    "string_too_long": ("太長了，最多 {max_length} 個字。", "This is too long: at most {max_length} characters."),
    "too_short": ("至少要有 {min_length} 個。", "At least {min_length} are needed."),
    "too_long": ("最多 {max_length} 個。", "At most {max_length} are allowed."),
}
_ANYTHING_ELSE = ("這個值不能用。請依說明填寫。", "This value cannot be used. Follow the help beside it.")


def refusals(error: ValidationError) -> list[tuple[str, Sentence]]:
    """Give the setting and the sentence of each fault; a fault of several settings together has no name."""
    return [(".".join(str(part) for part in fault["loc"]), _sentence_of(fault)) for fault in error.errors()]


def _sentence_of(fault: ErrorDetails) -> Sentence:
    facts: dict[str, Any] = fault.get("ctx", {})
    cause = facts.get("error")
    if isinstance(cause, Unsuitable):
        return cause.sentence
    zh, en = _WORDS_OF_LIMITS.get(fault["type"], _ANYTHING_ELSE)
    return Sentence(zh.format(**facts), en.format(**facts))


def words_of(field: FieldInfo, language: str) -> tuple[str, str]:
    """Give a setting's label and help in a language."""
    extra = field.json_schema_extra
    words: Any = extra if isinstance(extra, dict) else {}
    return words["label"][language], words["help"][language]
