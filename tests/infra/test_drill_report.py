"""What a report of a drill says and refuses, and that nobody changes it unseen."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra_templates.backup.digits import State
from infra_templates.backup.drill.__main__ import main
from infra_templates.backup.drill.findings import Change, Finding, Kind, late_changes
from infra_templates.backup.drill.proof import Facts, digits_of_drill
from infra_templates.backup.drill.report import DrillReport, load_key, sign, verify, write
from infra_templates.backup.drill.settings import DrillSettings
from infra_templates.sentences import Unsuitable
from infra_templates.settings import Cloud

FACTS = Facts(Cloud.AWS, Cloud.GCP, "https://s3.example", "https://storage.example", 100, 90, 90, (5, 5), (5, 5))


def report(**changes: Any) -> DrillReport:
    made = DrillReport(
        source=Cloud.AWS,
        target=Cloud.GCP,
        started="2026-11-23T02:00:00+00:00",
        ended="2026-11-23T02:01:00+00:00",
        objects=100,
        bytes=1_000,
        copied_objects=110,
        restored_objects=100,
        rpo_seconds=5,
        rpo_target_seconds=60,
        rto_seconds=7,
        rto_target_seconds=60,
        lost=(),
        findings=(),
        digits=digits_of_drill(FACTS),
        database={"state": "same"},
        speeds={},
        tools={},
    )
    return replace(made, **changes)


def states(**changes: Any) -> list[str]:
    return [digit.state.value for digit in digits_of_drill(replace(FACTS, **changes))]


def test_a_drill_that_found_nothing_passes_with_five_digits() -> None:
    assert report().passed
    assert [digit.figure for digit in report().digits] == ["3", "2", "1", "1", "0"]
    assert {digit.state for digit in report().digits} == {State.MET}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"rpo_seconds": 61}, "measured RPO of 61.0 s is over"),
        ({"rto_seconds": 61}, "measured RTO of 61.0 s is over"),
        (
            {"findings": (Finding("files/shared/合約.pdf", Kind.CORRUPTED),)},
            "files/shared/合約.pdf: Its copy is damaged",
        ),
        ({"database": {"state": "failed"}}, "database was not restored"),
        ({"digits": digits_of_drill(replace(FACTS, lock=(4, 5)))}, "could be deleted"),
    ],
)
def test_whatever_went_wrong_fails_the_report_and_is_named(change: dict[str, Any], part: str) -> None:
    failed = report(**change)

    assert not failed.passed
    assert any(part in reason.en for reason in failed.refusals)
    assert failed.row()["passed"] is False


@pytest.mark.parametrize(
    ("change", "place", "state"),
    [
        ({"native": None}, 0, "unproven"),
        ({"native": (4, 5)}, 0, "missing"),
        ({"native": (0, 0)}, 0, "missing"),
        ({"source_address": "http://127.0.0.1:1"}, 2, "unproven"),
        ({"target_address": "https://s3.example/other"}, 2, "missing"),
        ({"lock": None}, 3, "unproven"),
        ({"lock": (0, 0)}, 3, "missing"),
        ({"faults": ["missing: a"]}, 4, "missing"),
        ({"compared_objects": 0}, 4, "missing"),
    ],
)
def test_a_digit_is_met_only_by_what_was_seen(change: dict[str, Any], place: int, state: str) -> None:
    assert states(**change)[place] == state


def test_a_change_is_late_only_beyond_the_objective() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    changes = [Change("old", now - timedelta(seconds=61)), Change("new", now - timedelta(seconds=60))]

    assert late_changes(changes, now, 60) == [Finding("old", Kind.LATE)]


def test_a_signed_report_holds_until_one_letter_changes() -> None:
    signed = json.loads(json.dumps(sign(report(), Ed25519PrivateKey.generate())))

    assert verify(signed) is None
    signed["report"]["rto_seconds"] = 1
    assert "changed after it was signed" in (verify(signed) or ("", ""))[1]


def test_a_report_signed_by_another_key_is_not_trusted() -> None:
    signed = sign(report(), Ed25519PrivateKey.generate())
    other = sign(report(), Ed25519PrivateKey.generate())["signature"]["public_key"]

    assert "another key" in (verify(signed, other) or ("", ""))[1]
    assert verify(signed, signed["signature"]["public_key"]) is None


@pytest.mark.parametrize("broken", [{}, {"report": {}}, {"report": {}, "signature": {"public_key": "!", "value": ""}}])
def test_what_is_no_report_is_told_so(broken: dict[str, Any]) -> None:
    assert "no signed report" in (verify(broken) or ("", ""))[1]


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "drill.pem"

    first, again = load_key(path), load_key(path)

    assert first.private_bytes_raw() == again.private_bytes_raw()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("change", "code"), [(lambda text: text, 0), (lambda text: text.replace("100", "99"), 1)])
def test_the_command_line_verifies_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str], code: int
) -> None:
    path = tmp_path / "drill.json"
    write(sign(report(), Ed25519PrivateKey.generate()), path)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["drill", "verify", str(path)])

    assert main() == code


@pytest.mark.parametrize(("target", "objects"), [(Cloud.AWS, 100), (Cloud.GCP, 39)])
def test_a_drill_that_could_prove_nothing_is_refused(tmp_path: Path, target: Cloud, objects: int) -> None:
    with pytest.raises(Unsuitable):
        DrillSettings(Cloud.AWS, target, tmp_path, objects=objects)
