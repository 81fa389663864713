"""What goes into a dossier: the figures of the pages, their papers, the confirmations and the audit extract."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tracker import __version__
from tracker.core import csv_file
from tracker.core.audit import AuditRecord, body_of
from tracker.core.db import session
from tracker.evidence import storage
from tracker.evidence.models import Evidence
from tracker.poc.dossiers.archive import Member, of_bytes, of_file, sums
from tracker.poc.dossiers.verify import AUDIT, FORMAT, KIND, LEDGER, MANIFEST, SUMS, TRIALS
from tracker.poc.models import Dossier, FundingEntry, Poc, Trial, TrialConfirmation
from tracker.poc.queries import funding, pocs
from tracker.poc.queries import trials as queries
from tracker.poc.rules.confirmation import Way
from tracker.poc.rules.dossiers import Redaction, mask_email, mask_name, mask_phone

SUBJECTS = ("poc", "funding_", "trial", "camp_", "evidence")
"""How the tables begin whose records belong into the extract."""


@dataclass
class Content:
    """A dossier before it is written."""

    poc: Poc
    level: Redaction
    made_at: str
    figures: dict[str, Any] = field(default_factory=dict)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    trials: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    index: list[dict[str, Any]] = field(default_factory=list)
    withheld: list[dict[str, Any]] = field(default_factory=list)

    def add(self, one: Member, what: str, name: str = "") -> None:
        """Put a file in, and into the index."""
        self.members.append(one)
        self.index.append({"path": one.path, "sha256": one.sha256, "size": one.size, "what": what, "name": name})

    def add_evidence(self, path: str, evidence: Evidence, what: str, *, personal: bool) -> str:
        """Put a handed-in file in, or say that it is withheld; give its path, or nothing."""
        stored = evidence.stored_file
        if stored is None:
            self.withheld.append({"what": what, "name": evidence.file_name, "sha256": "", "why": "link"})
            return ""
        hidden = self.level is Redaction.FIGURES or (personal and self.level is not Redaction.FULL)
        place = storage.path_of(stored.sha256)
        why = "level" if hidden else "scan" if stored.open_scan is not None else "missing" if not place.exists() else ""
        if why:
            name = evidence.file_name if not hidden else ""
            self.withheld.append({"what": what, "name": name, "sha256": stored.sha256, "why": why})
            return ""
        extension = evidence.file_name.rpartition(".")[2].lower()
        full = f"{path}.{extension}" if extension.isascii() and extension.isalnum() else path
        self.add(of_file(full, place), what, evidence.file_name)
        return full


def gather(dossier: Dossier, made_at: str) -> Content:
    """Gather everything of a proof of concept at the dossier's level."""
    poc = dossier.poc
    content = Content(poc, dossier.level, made_at)
    _take_ledger(content)
    _take_trials(content)
    _take_audit(content)
    content.figures = figures_of(poc)
    return content


def figures_of(poc: Poc) -> dict[str, Any]:
    """Give the figures as the pages show them, by the same queries."""
    totals, counts = funding.totals_of(poc), queries.trial_counts(poc.id)
    return {
        "state": poc.state.value,
        "accepted_by_override": poc.overridden,
        "funding": {
            "required": totals.required,
            "verified": totals.verified,
            "waiting": totals.waiting,
            "missing": totals.missing,
        },
        "trials": {
            "total": counts.total,
            "with_usage": counts.with_usage,
            "waiting": counts.waiting,
            "confirmed": counts.confirmed,
            "flagged": counts.flagged,
        },
        "measures": [
            {
                "name": one.name,
                "unit": one.unit,
                "how": one.method,
                "baseline": _number(one.baseline),
                "target": _number(one.target),
                "result": _number(one.result),
            }
            for one in pocs.measures_of(poc)
        ],
        "milestones": [
            {
                "name": one.name,
                "due_on": one.due_on.isoformat(),
                "done_on": one.done_on.isoformat() if one.done_on else None,
            }
            for one in pocs.milestones_of(poc)
        ],
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _take_ledger(content: Content) -> None:
    for entry in funding.every_entry(content.poc):
        papers = []
        for place, voucher in enumerate(entry.vouchers, start=1):
            path = content.add_evidence(
                f"vouchers/{entry.number:04d}-{place}",
                voucher.evidence,
                "voucher",
                personal=entry.payee_ubn is None,
            )
            stored = voucher.evidence.stored_file
            papers.append({"path": path, "sha256": stored.sha256 if stored else ""})
        content.ledger.append(_entry(entry, content.level) | {"vouchers": papers})


def _entry(entry: FundingEntry, level: Redaction) -> dict[str, Any]:
    payee = entry.payee
    if level is not Redaction.FULL and entry.payee_ubn is None:
        payee = mask_name(payee)
    return {
        "number": entry.number,
        "spent_on": entry.spent_on.isoformat(),
        "payee": payee,
        "payee_ubn": entry.payee_ubn,
        "kind": entry.kind,
        "net": entry.net,
        "tax": entry.tax,
        "total": entry.total,
        "purpose": entry.purpose,
        "voucher_kind": entry.voucher_kind.value,
        "voucher_number": entry.voucher_number,
        "state": entry.state.value,
        "reverses": entry.reverses.number if entry.reverses else None,
        "decided_at": entry.decided_at.isoformat() if entry.decided_at else None,
    }


def _take_trials(content: Content) -> None:
    said: dict[int, list[TrialConfirmation]] = {}
    for one in queries.records_of(content.poc.id):
        said.setdefault(one.trial_id, []).append(one)
    for trial in queries.trials_of(content.poc):
        row = _trial(trial, content.level)
        row["confirmations"] = [_confirmation(content, trial, one) for one in said.get(trial.id, [])]
        row["logs"] = [
            content.add_evidence(f"usage/{trial.number:02d}-{log.id}", log.evidence, "usage", personal=True)
            for log in queries.logs_of(trial)
            if log.applied_at is not None
        ]
        row["days"] = [[day.isoformat(), users, events] for day, users, events in queries.usage_days(trial.id)]
        content.trials.append(row)


def _trial(trial: Trial, level: Redaction) -> dict[str, Any]:
    facts = queries.facts_of(trial).plain()
    row = {"number": trial.number, "state": trial.state.value, **facts}
    row["contact"] = [trial.contact_name, trial.contact_email, trial.contact_phone]
    if level is not Redaction.FULL:
        row["contact"] = [
            mask_name(trial.contact_name),
            mask_email(trial.contact_email),
            mask_phone(trial.contact_phone),
        ]
    if level is Redaction.FIGURES:
        row |= {"customer": f"#{trial.number}", "ubn": "", "tried": "", "contact": []}
    return row


def _confirmation(content: Content, trial: Trial, one: TrialConfirmation) -> dict[str, Any]:
    base = f"confirmations/{trial.number:02d}-{one.number}"
    path = ""
    if one.record and content.level is Redaction.FULL:
        path = f"{base}.json"
        content.add(of_bytes(path, one.record.encode()), "confirmation")
    elif one.record:
        content.withheld.append({"what": "confirmation", "name": "", "sha256": one.seal, "why": "level"})
    if one.way is Way.PAPER and one.evidence is not None:
        content.add_evidence(f"{base}-form", one.evidence, "signed form", personal=True)
    if one.receipt is not None:
        content.add_evidence(f"{base}-receipt", one.receipt, "receipt", personal=True)
    return {
        "number": one.number,
        "way": one.way.value,
        "state": one.state.value,
        "signer": one.signer if content.level is Redaction.FULL else mask_name(one.signer),
        "at": one.confirmed_at.isoformat(),
        "seal": one.seal,
        "path": path,
        "answers": one.answers,
        "corrections": one.corrections if content.level is not Redaction.FIGURES else sorted(one.corrections),
    }


def _take_audit(content: Content) -> None:
    statement = select(AuditRecord).where(AuditRecord.engagement_id == content.poc.engagement_id)
    for one in session().scalars(statement.order_by(AuditRecord.id)):
        if not one.subject_type.startswith(SUBJECTS):
            continue
        row: dict[str, Any] = {
            "sequence": one.id,
            "at": one.at.isoformat(),
            "action": one.action,
            "subject": [one.subject_type, one.subject_id],
            "previous": one.previous_hash,
            "hash": one.hash,
        }
        if content.level is Redaction.FULL:
            row["body"] = body_of(vars(one))
        content.audit.append(row)


def finish(content: Content, document: bytes) -> list[Member]:
    """Put the lists, the document and the index in, and give every file in its order."""
    content.add(of_bytes("dossier.pdf", document), "document")
    content.add(of_bytes(LEDGER, _json(content.ledger)), "ledger")
    content.add(of_bytes("ledger.csv", _table(content.ledger, skip=("vouchers",))), "ledger")
    content.add(of_bytes(TRIALS, _json(content.trials)), "trials")
    content.add(
        of_bytes("trials.csv", _table(content.trials, skip=("confirmations", "logs", "days", "contact"))), "trials"
    )
    lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in content.audit)
    content.add(of_bytes(AUDIT, lines.encode()), "audit extract")
    manifest = of_bytes(MANIFEST, _json(_manifest(content)))
    files = [manifest, *content.members]
    return [of_bytes(SUMS, sums(files).encode()), *files]


def _manifest(content: Content) -> dict[str, Any]:
    case = content.poc.engagement
    return {
        "kind": KIND,
        "format": FORMAT,
        "product_version": __version__,
        "made_at": content.made_at,
        "level": content.level.value,
        "proof_of_concept": content.poc.id,
        "vendor": {"name": case.organisation.name_zh, "ubn": case.organisation.ubn},
        "product": case.product.name_zh,
        "programme": {"name": case.programme.name_zh, "roc_year": case.programme.roc_year},
        "figures": content.figures,
        "files": content.index,
        "withheld": content.withheld,
        "audit_records": len(content.audit),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _table(rows: Sequence[Mapping[str, Any]], *, skip: tuple[str, ...]) -> bytes:
    """Write rows as CSV in which nothing becomes a formula."""
    names = [name for name in rows[0] if name not in skip] if rows else []
    return "".join(csv_file.write(names, ([row[name] for name in names] for row in rows))).encode()
