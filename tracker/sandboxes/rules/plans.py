"""Who may approve what of a plan: open findings, the second person, exactly the plan that was read, and its price."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.core.content import Bilingual
from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled
from tracker.sandboxes.rules.states import PlanState


class Mode(Labelled):
    """What a plan is for."""

    SANDBOX = "sandbox", N_("Sandbox: built, and removed to its last resource")
    PRODUCTION = "production", N_("Production: planned only, to see what it takes and costs")


def check_mode(mode: str) -> Mode:
    """Give the mode of this name."""
    if mode not in set(Mode):
        raise Refused(N_("There is no such mode. Choose one of the list."), field="mode")
    return Mode(mode)


class Severity(Labelled):
    """What a finding of the guardrails means for the plan."""

    BLOCKING = "blocking", N_("Must be changed"), "danger"
    WAIVABLE = "waivable", N_("A lead can let it pass"), "warning"
    NOTE = "note", N_("To know"), "neutral"


@dataclass(frozen=True)
class Finding:
    """What the guardrails say of one resource of a plan."""

    rule: str
    severity: Severity
    subject: str
    reason: Bilingual
    remedy: Bilingual
    is_waived: bool = False

    @classmethod
    def read(cls, row: Mapping[str, Any], waived: Collection[tuple[str, str]]) -> "Finding":
        """Read a finding as the plan keeps it."""
        rule, subject = str(row["rule"]), str(row["subject"])
        reason, remedy = (Bilingual(row[name]["zh-Hant"], row[name]["en"]) for name in ("reason", "remedy"))
        return cls(rule, Severity(row["severity"]), subject, reason, remedy, is_waived=(rule, subject) in waived)

    @property
    def is_open(self) -> bool:
        """Tell whether it still stands in the way."""
        return self.severity is Severity.BLOCKING or (self.severity is Severity.WAIVABLE and not self.is_waived)


def open_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Give those that stand in the way of an approval."""
    return [finding for finding in findings if finding.is_open]


def check_waivable(state: PlanState, findings: Sequence[Finding], rule: str, subject: str) -> None:
    """Refuse to let pass what is decided already, was let pass before, or must be changed in any case."""
    if state not in {PlanState.BLOCKED, PlanState.READY}:
        raise Refused(N_("This plan is not waiting for a decision any more. Open the newest plan."))
    found = next((one for one in findings if (one.rule, one.subject) == (rule, subject)), None)
    if found is None or found.is_waived or found.severity is not Severity.WAIVABLE:
        raise Refused(N_("This finding cannot be let pass, or was let pass before. Open the plan again."))


def check_digest(stored: str, read: str) -> None:
    """Refuse the approval of another plan than the one that was read."""
    if not stored or stored != read:
        raise Refused(N_("The plan has changed since you opened it. Read it again, then decide."))


def check_buildable(mode: str) -> None:
    """Refuse to build what is made to refuse its removal."""
    if mode != Mode.SANDBOX:
        raise Refused(
            N_(
                "A production plan is for reading: what it describes refuses to be removed, so it is not built here. "
                "Ask for a sandbox, or build it in the vendor's own account."
            )
        )


def check_second_person(actor_id: int | None, askers: Collection[int | None]) -> None:
    """Refuse approval by those who asked for the sandbox or for the plan."""
    if actor_id is None or actor_id in askers:
        raise Refused(N_("You asked for this yourself. A second person has to approve it."))


def check_price(low: str | None, budget: int) -> None:
    """Refuse a plan whose lowest price is above the budget that was asked for."""
    if low is not None and Decimal(low) > budget:
        raise Refused(
            N_("The plan costs at least US$%(low)s a month; the budget is US$%(budget)s. Change the request."),
            low=f"{Decimal(low):,.2f}",
            budget=f"{budget:,}",
        )
