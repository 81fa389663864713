"""What an operation is made of: its settings, names and tags, its secrets for the child alone, and where its state lies."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tracker.core import clock
from tracker.core.db import session
from tracker.core.settings import Settings
from tracker.programmes.models import Programme
from tracker.sandboxes import vault
from tracker.sandboxes.engine.clouds import PracticeGround
from tracker.sandboxes.engine.job import REAL, Job, Verb
from tracker.sandboxes.models import CloudAccount, Sandbox, SandboxDrill, SandboxExport, SandboxOperation, SandboxPlan
from tracker.sandboxes.rules.plans import Mode
from tracker.sandboxes.rules.states import PlanState

PACKAGES: Mapping[str, str] = {"aws": "aws", "azure": "azure-native", "gcp": "gcp"}
PLAN_DAYS = 3
"""How long a plan may wait for its approval; the expiry in the tags, fixed before anything is created, allows for it."""
PLANNED_DOMAIN = "service.example.com"
"""Stands in a production plan for the vendor's own domain, which is not known while it is only planned."""
_PLACES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "aws": ("aws:region", {"aws:region": "ap-northeast-1"}),
    "azure": ("azure-native:location", {"azure-native:location": "japaneast"}),
    "gcp": ("gcp:region", {"gcp:region": "asia-east1"}),
}
_PRACTICE_PROJECT = "practice-project"
DRILL_OBJECTS = 200
DRAWN = ("backup_password", "backup_salt")
"""Settings of the templates that are secret, and drawn for each stack."""
_PLANNED = frozenset({Verb.UP, Verb.SETTLE})
"""Building is held to the plan; putting in order looks in it for what was created and not noted."""


@dataclass(frozen=True)
class Program:
    """How a template is run."""

    function: str
    project: str
    second: bool = True
    """Whether it keeps a copy with another provider, whose packages and place it needs then too."""


@dataclass(frozen=True)
class Workshop:
    """What the jobs of one installation share."""

    settings: Settings
    programs: Mapping[str, Program] = field(default_factory=dict)
    """Templates besides those of the catalogue."""
    engine: str = REAL
    ground: PracticeGround | None = None
    """The practice cloud that this worker looks after; a test brings its own."""

    @property
    def folder(self) -> Path:
        """Give where operations work."""
        return self.settings.data_dir / "sandbox-work"

    @property
    def backend(self) -> str:
        """Give where the states of stacks lie."""
        if self.settings.pulumi_backend_url:
            return self.settings.pulumi_backend_url
        folder = self.settings.data_dir / "stacks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder.as_uri()

    def mark(self, operation_id: int) -> str:
        """Name an operation among all installations of this machine."""
        whose = hashlib.sha256(self.settings.database_url.encode()).hexdigest()[:12]
        return f"{whose}/{operation_id}"

    def program_of(self, template: str) -> Program:
        """Give how a template is run."""
        return self.programs.get(template) or Program(f"infra_templates.stacks.{template}.program:program", template)


def practice_folder(settings: Settings) -> Path:
    """Give where the practice cloud of an installation lies."""
    return Path(settings.practice_dir).resolve() if settings.practice_dir else settings.data_dir / "practice"


def settings_of(sandbox: Sandbox, operation: SandboxOperation, mail_from: str) -> dict[str, Any]:
    """Fix all settings of a template, names and tags included, before anything is created; the plan keeps them."""
    programme: Programme = sandbox.engagement.programme
    if sandbox.mode == Mode.PRODUCTION:
        life: dict[str, Any] = {"domain": PLANNED_DOMAIN}
    else:
        life = {"expires_on": _last_day(sandbox).isoformat()}
    return {
        **sandbox.parameters,
        "mode": sandbox.mode,
        "programme": f"{programme.code.lower().replace('_', '-')[:24]}-{programme.roc_year}",
        "engagement": f"e{sandbox.engagement_id}",
        "sandbox": sandbox.code,
        "owner": f"u{sandbox.owner_id or 0}",
        "operation": f"op{operation.id}",
        **life,
        "alert_email": parseaddr(mail_from)[1],
        "monthly_budget": sandbox.monthly_budget,
    }


def _last_day(sandbox: Sandbox) -> date:
    return clock.in_taipei(clock.now() + timedelta(days=PLAN_DAYS, hours=sandbox.lifetime_hours)).date()


def configuration_of(sandbox: Sandbox, settings: Mapping[str, Any], program: Program) -> dict[str, str]:
    """Write settings as the configuration of a stack, with the places that the providers need."""
    config: dict[str, str] = {}
    clouds = [str(settings["backup_cloud"])] if program.second and settings.get("backup_cloud") else []
    for cloud in (*clouds, sandbox.cloud):
        config |= _PLACES[cloud][1]
        if cloud == "gcp":
            config["gcp:project"] = _project_of(sandbox)
    if settings.get("region"):
        config[_PLACES[sandbox.cloud][0]] = str(settings["region"])
    own = {
        f"{program.project}:{name}": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in settings.items()
        if value is not None
    }
    return config | own


def job_of(operation: SandboxOperation, verb: Verb, workshop: Workshop, patience: float) -> Job:
    """Make the job of an operation; what it holds of secrets goes through a pipe to the child, and nowhere else."""
    sandbox, plan = operation.sandbox, operation.plan or carried_out(operation.sandbox)
    program = workshop.program_of(sandbox.template)
    settings = plan.settings if plan is not None else {}
    words = secrets_of(sandbox)
    account = _account(sandbox)
    kept = _last_state(sandbox) if verb is Verb.DESTROY else None
    return Job(
        verb=verb,
        mark=workshop.mark(operation.id),
        program=program.function,
        project=program.project,
        stack=sandbox.code,
        folder=str(workshop.folder / f"{operation.id}-{operation.token}-{verb.value}"),
        backend=workshop.backend,
        tags={"cloudsteps-sandbox": sandbox.code},
        patience=patience,
        engine=workshop.engine,
        passphrase=words.get("passphrase", ""),
        salt=words.get("salt", ""),
        secrets={f"{program.project}:{name}": words[name] for name in DRAWN} if words and program.second else {},
        config=configuration_of(sandbox, settings, program) if settings else {},
        packages=_packages(sandbox, program),
        practice="" if account is not None else str(practice_folder(workshop.settings)),
        environment=account[1] if account is not None else {},
        identity=account[0] if account is not None else "",
        plan=_plan_file(plan) if plan is not None and verb in _PLANNED else "",
        program_digest=plan.program_digest if plan is not None else "",
        stale_lock_of=(operation.host,) if operation.host and operation.attempts > 1 else (),
        kept_state=kept or "",
        details=_drill(operation, workshop) if verb is Verb.DRILL else {"today": clock.today().isoformat()},
    )


def secrets_of(sandbox: Sandbox) -> dict[str, str]:
    """Give what a stack's secrets are encrypted with; made with its first operation."""
    work = session()
    sealed = work.scalar(select(Sandbox.passphrase).where(Sandbox.id == sandbox.id))
    if sealed:
        words: dict[str, str] = json.loads(vault.open_text(sealed, f"{sandbox.code}/stack"))
        return words
    return {}


def make_secrets(sandbox: Sandbox) -> None:
    """Draw the secrets of a stack that has none: those that the templates would otherwise draw anew with every plan."""
    if not secrets_of(sandbox):
        drawn = {name: secrets.token_urlsafe(32) for name in ("passphrase", *DRAWN)}
        _keep_secrets(sandbox, {**drawn, "salt": ""})


def keep_salt(sandbox: Sandbox, salt: str) -> None:
    """Keep what the engine derives the stack's key with."""
    _keep_secrets(sandbox, {**secrets_of(sandbox), "salt": salt})


def _keep_secrets(sandbox: Sandbox, words: Mapping[str, str]) -> None:
    sandbox.passphrase = vault.seal_text(json.dumps(words), f"{sandbox.code}/stack")
    session().flush()


def _account(sandbox: Sandbox) -> tuple[str, dict[str, str]] | None:
    """Give identity and credentials of the account that a sandbox stands in; None in the practice cloud."""
    if sandbox.account_id is None:
        return None
    columns = select(CloudAccount.identity, CloudAccount.credentials).where(CloudAccount.id == sandbox.account_id)
    identity, sealed = session().execute(columns).one()
    return identity, json.loads(vault.open_text(sealed, f"account/{sandbox.account_id}"))


def _project_of(sandbox: Sandbox) -> str:
    account = sandbox.account
    return account.identity if account is not None and account.cloud == "gcp" else _PRACTICE_PROJECT


def _packages(sandbox: Sandbox, program: Program) -> tuple[str, ...]:
    second = str(sandbox.parameters.get("backup_cloud") or "") if program.second else ""
    return tuple(dict.fromkeys(PACKAGES[cloud] for cloud in (sandbox.cloud, second) if cloud))


def carried_out(sandbox: Sandbox) -> SandboxPlan | None:
    """Find the plan that the stack was last built from, or was to be."""
    begun = (PlanState.APPROVED, PlanState.DONE, PlanState.FAILED)
    newest = select(SandboxPlan).where(SandboxPlan.sandbox_id == sandbox.id, SandboxPlan.state.in_(begun))
    return (
        session().scalars(newest.where(SandboxPlan.digest != "").order_by(SandboxPlan.id.desc()).limit(1)).one_or_none()
    )


def _plan_file(plan: SandboxPlan) -> str:
    found = session().scalar(select(SandboxPlan.plan_file).where(SandboxPlan.id == plan.id))
    return vault.open_pack(found, f"{plan.sandbox.code}/plan").decode() if found else ""


def _last_state(sandbox: Sandbox) -> str | None:
    """Give the newest state that we kept and that held something, for a stack whose own state was lost."""
    newest = (
        select(SandboxExport.content)
        .where(SandboxExport.sandbox_id == sandbox.id, SandboxExport.resources > 0)
        .order_by(SandboxExport.id.desc())
        .limit(1)
    )
    found = session().scalar(newest)
    return vault.open_pack(found, f"{sandbox.code}/state").decode() if found else None


def _drill(operation: SandboxOperation, workshop: Workshop) -> dict[str, Any]:
    sandbox = operation.sandbox
    settings = sandbox.parameters
    before = select(SandboxDrill.digest).order_by(SandboxDrill.id.desc()).limit(1)
    return {
        "source": sandbox.cloud,
        "target": settings["backup_cloud"],
        "objects": DRILL_OBJECTS,
        "rto_minutes": settings["rto_minutes"],
        "rpo_minutes": settings["rpo_minutes"],
        "seed": operation.id,
        "previous": session().scalar(before) or "",
        "key": str(workshop.settings.data_dir / "keys" / "drill-key.pem"),
    }
