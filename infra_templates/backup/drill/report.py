"""The report of a drill: everything measured, signed so that nobody can change it unseen."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from infra_templates.backup.digits import Digit
from infra_templates.backup.drill.findings import Finding
from infra_templates.sentences import Sentence
from infra_templates.settings import Cloud

FORMAT = 1
_ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class DrillReport:
    """How a drill ended."""

    source: Cloud
    target: Cloud
    started: str
    ended: str
    objects: int
    bytes: int
    copied_objects: int
    restored_objects: int
    rpo_seconds: float
    """Between the newest state in the copy and the attack."""
    rpo_target_seconds: float
    rto_seconds: float
    """From the decision to restore until files and database were there again."""
    rto_target_seconds: float
    lost: tuple[str, ...]
    """Objects changed after the last copy, within the objective."""
    findings: tuple[Finding, ...]
    digits: tuple[Digit, ...]
    database: Mapping[str, Any]
    speeds: Mapping[str, float]
    """MiB per second of copy and restore."""
    tools: Mapping[str, str]
    planted: str = ""
    previous: str = ""

    @property
    def refusals(self) -> tuple[Sentence, ...]:
        """Give the reasons for which the drill has not succeeded."""
        reasons = [
            Sentence(f"{found.key}：{found.sentence.zh_hant}。", f"{found.key}: {found.sentence.en}.")
            for found in self.findings
        ]
        for name, took, target in (
            ("RPO", self.rpo_seconds, self.rpo_target_seconds),
            ("RTO", self.rto_seconds, self.rto_target_seconds),
        ):
            if took > target:
                reasons.append(
                    Sentence(
                        f"{name} 實測 {took:.1f} 秒，超過目標 {target:.1f} 秒。",
                        f"The measured {name} of {took:.1f} s is over the objective of {target:.1f} s.",
                    )
                )
        reasons += [digit.reason for digit in self.digits if digit.state == "missing"]
        if self.database.get("state") == "failed":
            reasons.append(Sentence("資料庫還原失敗。", "The database was not restored."))
        return tuple(reasons)

    @property
    def passed(self) -> bool:
        """Whether everything came back within the objectives; a digit that can't be shown here is told, not counted."""
        return not self.refusals

    def row(self) -> dict[str, Any]:
        """Write it as plain values."""
        plain = {name: value for name, value in vars(self).items() if name not in {"findings", "digits", "lost"}}
        return plain | {
            "format": FORMAT,
            "passed": self.passed,
            "lost": list(self.lost),
            "findings": [
                {"key": found.key, "kind": found.kind.value, "reason": found.sentence._asdict()}
                for found in self.findings
            ],
            "digits": [digit.row() for digit in self.digits],
            "refusals": [reason._asdict() for reason in self.refusals],
        }


def load_key(path: Path | None) -> Ed25519PrivateKey:
    """Read the key that signs, or make one where there is none; without a path it is of this drill alone."""
    if path is None:
        return Ed25519PrivateKey.generate()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key.")
    return key


def sign(report: DrillReport, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Give the report with its signature."""
    row = report.row()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "report": row,
        "signature": {
            "algorithm": _ALGORITHM,
            "public_key": base64.b64encode(public).decode(),
            "value": base64.b64encode(key.sign(_canonical(row))).decode(),
        },
    }


def write(signed: Mapping[str, Any], path: Path) -> str:
    """Write a signed report and give its SHA-256."""
    content = json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def verify(signed: Mapping[str, Any], trusted: str | None = None) -> Sentence | None:
    """Check a signature; gives what is wrong, None where it holds. `trusted` is the public key that must have signed."""
    try:
        signature = signed["signature"]
        if trusted is not None and signature["public_key"] != trusted:
            return Sentence("簽章的金鑰不是指定的那一把。", "It was signed by another key than the one that you trust.")
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature["public_key"], validate=True))
        public.verify(base64.b64decode(signature["value"], validate=True), _canonical(signed["report"]))
    except InvalidSignature:
        return Sentence("報告在簽章之後被更改過。", "The report was changed after it was signed.")
    except (KeyError, TypeError, ValueError):
        return Sentence("這不是簽章的演練報告。", "This is no signed report of a drill.")
    return None


def _canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
