"""Settings: environment variables `CLOUDSTEPS_*`, read once at start."""

import secrets
import socket
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_VAULT_KEY = 32


class Settings(BaseSettings):
    """What the installation decides. Durations are in the unit of their name."""

    model_config = SettingsConfigDict(env_prefix="CLOUDSTEPS_", extra="ignore")

    data_dir: Path = Field(
        default=Path("var"), description="Folder for the SQLite database, evidence files and other data."
    )
    database_url: str = Field(default="", description="Database; empty means SQLite in the data folder.")
    secret_key: str = Field(
        default="", description="Key for signatures; at least 32 characters. Needed outside the demo."
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="Address that people open; used in mails and feeds."
    )
    demo: bool = Field(default=False, description="Demo: seeded accounts, mail kept on a page instead of sent.")
    smtp_url: str = Field(
        default="", description="smtp://user:password@host:587 or smtps://…; empty keeps mail on the outbox page."
    )
    mail_from: str = Field(default="CloudSteps <no-reply@cloudsteps.example>", description="Sender of mails.")
    playbooks_dir: Path = Field(
        default=Path(__file__).resolve().parents[2] / "playbooks", description="Folder of playbooks and rulebooks."
    )
    proxies: int = Field(default=0, ge=0, description="How many trusted proxies stand before the web role.")
    session_idle_minutes: int = Field(
        default=30, ge=1, description="Sign-out after this many minutes without a request."
    )
    session_hours: int = Field(default=12, ge=1, description="Sign-out this many hours after sign-in at the latest.")
    sign_in_failures: int = Field(default=5, ge=1, description="Failed sign-ins until the throttle holds.")
    sign_in_pause_minutes: int = Field(default=15, ge=1, description="How long the sign-in throttle holds.")
    password_min_length: int = Field(default=12, ge=8, description="Shortest password.")
    agency_passwords: bool = Field(
        default=True, description="Agency preset for staff: password complexity, age and history."
    )
    password_max_days: int = Field(
        default=180, ge=0, description="Agency preset: password age in days for staff; 0 means none."
    )
    password_history: int = Field(default=3, ge=0, description="Agency preset: how many former passwords are refused.")
    backup_key: str = Field(
        default="",
        description="Key of encrypted backups, at least 32 characters; empty means that they are not encrypted.",
    )
    scanner: str = Field(
        default="",
        description="Malware scanner that speaks clamd's protocol: tcp://host:3310 or unix:///path; empty means none.",
    )
    account_idle_days: int = Field(
        default=180, ge=0, description="Accounts that nobody uses end after this many days, with notice; 0 means never."
    )
    rights_review_months: int = Field(
        default=6, ge=1, description="How often everybody's rights are reviewed, in months."
    )
    log_keep_days: int = Field(
        default=200, ge=183, description="How long log files are kept; the baseline asks for six months."
    )
    upload_max_mb: int = Field(default=20, ge=1, description="Largest file that can be uploaded, in MB.")
    organisation_quota_mb: int = Field(
        default=2048, ge=1, description="Space for the evidence of one organisation, in MB."
    )
    web_workers: int = Field(default=2, ge=1, description="Processes of the web role.")
    web_threads: int = Field(default=4, ge=1, description="Threads in each process of the web role.")
    web_streams: int = Field(
        default=16,
        ge=0,
        description="Live pages that each process of the web role feeds at a time, on threads of their own; others ask every second.",
    )
    work_lease_seconds: int = Field(default=60, ge=2, description="Lease of a piece of work, renewed while it runs.")
    vault_key: str = Field(
        default="",
        description="Key that seals cloud credentials and secret outputs, at least 32 characters; kept in the demo by itself.",
    )
    vault_old_keys: str = Field(
        default="",
        description="Former vault keys, separated by commas, as long as `cloudsteps rotate-keys` has not sealed everything anew.",
    )
    host: str = Field(default="", description="Name of this host among several; empty means the machine's own name.")
    sandbox_slots: int = Field(
        default=2, ge=0, description="Operations on stacks that this host carries out at a time."
    )
    sandbox_cloud_cap: int = Field(
        default=4, ge=1, description="Operations on stacks of one cloud at a time, over all hosts."
    )
    pulumi_backend_url: str = Field(
        default="",
        description="Where states of stacks lie: s3://…?region=…&profile=… or azblob://…; empty means the data folder.",
    )
    practice_dir: str = Field(
        default="", description="Folder of the practice cloud; empty means practice/ in the data folder."
    )
    metrics_token: str = Field(
        default="", description="Bearer token for /metrics; without it only this machine may read it."
    )
    log_terminal: bool = Field(default=True, description="Whether logs are also written to the terminal.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        self.data_dir = self.data_dir.resolve()
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir / 'cloudsteps.sqlite'}"
        if self.database_url.startswith("postgresql://"):
            self.database_url = self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        if not self.secret_key and self.demo:
            self.secret_key = _kept_secret(self.data_dir / "demo-secret")
        if not self.vault_key and self.demo:
            self.vault_key = _kept_secret(self.data_dir / "demo-vault-key")
        keys = [key for key in (self.vault_key, *self.vault_old_keys.split(",")) if key]
        if "," in self.vault_key or any(len(key) < SHORTEST_VAULT_KEY for key in keys):
            raise ValueError(f"each vault key is at least {SHORTEST_VAULT_KEY} characters long and has no comma")
        _check_backend(self.pulumi_backend_url)
        self.host = self.host or socket.gethostname()
        return self

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def behind_tls(self) -> bool:
        """Tell whether people reach the product by https, so that cookies and HSTS can insist on it."""
        return self.base_url.startswith("https://")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")


def _check_backend(url: str) -> None:
    """Refuse a store of states that would be opened with the credentials of the sandbox that is just being built."""
    parts = urlparse(url)
    if url and parts.scheme not in {"file", "s3", "azblob"}:
        raise ValueError(
            "states of stacks lie in s3://, azblob:// or file://; in others the sandbox's own credentials would be used"
        )
    if parts.scheme == "s3" and not parse_qs(parts.query).get("profile"):
        raise ValueError(
            "an s3:// store of states names its profile (…?region=…&profile=…), so that no sandbox's keys are used for it"
        )
