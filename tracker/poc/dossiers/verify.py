"""Checking a dossier without the product's database: every byte of the archive, every seal, and the sums."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.poc.dossiers.archive import Digest, Member, hash_of, read_members, sums, write

MANIFEST, SUMS, AUDIT, LEDGER, TRIALS = "dossier.json", "SHA256SUMS", "audit.jsonl", "ledger.json", "trials.json"
KIND, FORMAT = "cloudsteps-dossier", 1
LARGEST_TEXT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    sha256: str
    files: int
    faults: tuple[str, ...]
    manifest: Mapping[str, Any]


def verify(path: Path) -> Checked:
    """Check a dossier; every fault is a sentence, none means that it is as it was made."""
    whole = hash_of(path)
    try:
        with zipfile.ZipFile(path) as package:
            members = {one.path: one for one in read_members(package)}
            faults = [*_faults_of_files(members), *_faults_of_content(members)]
            again = Digest()
            write(again, list(members.values()))
            if again.hex != whole:
                faults.append("The archive holds bytes besides those of its files, or they were moved.")
            manifest = _manifest(members)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeError, RuntimeError, ValueError) as error:
        return Checked(whole, 0, (f"The archive is damaged: {error}",), {})
    return Checked(whole, len(members), tuple(faults), manifest)


def _manifest(members: Mapping[str, Member]) -> dict[str, Any]:
    found = json.loads(_text(members, MANIFEST)) if MANIFEST in members else {}
    return found if isinstance(found, dict) else {}


def _text(members: Mapping[str, Member], path: str) -> str:
    one = members[path]
    if one.size > LARGEST_TEXT:
        raise ValueError(f"{path} is larger than such a file can be.")
    with one.open() as file:
        return file.read().decode()


def _faults_of_files(members: Mapping[str, Member]) -> Iterator[str]:
    """Compare each file with its hash in the list of hashes, and both lists with what is there."""
    for name in (MANIFEST, SUMS):
        if name not in members:
            yield f"{name} is missing."
            return
    stated = _stated(_text(members, SUMS))
    there = [one for name, one in members.items() if name != SUMS]
    for one in there:
        if stated.get(one.path) != one.sha256:
            yield f"{one.path} is not what it was when the dossier was made."
    for name in stated.keys() - {one.path for one in there}:
        yield f"{name} is missing."
    if _text(members, SUMS) != sums(there):
        yield f"{SUMS} is not what it was when the dossier was made."
    listed = {row["path"]: row["sha256"] for row in _manifest(members).get("files", ())}
    for one in there:
        if one.path != MANIFEST and listed.get(one.path) != one.sha256:
            yield f"{one.path} is not as the index states it."


def _stated(text: str) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {path: digest for digest, path in rows}


def _faults_of_content(members: Mapping[str, Member]) -> Iterator[str]:
    """Compare the seals, the sums and the audit records with what they were made of."""
    manifest = _manifest(members)
    if manifest.get("kind") != KIND or manifest.get("format") != FORMAT:
        yield "This is no dossier of a format that is known here."
        return
    figures = manifest["figures"]
    ledger = json.loads(_text(members, LEDGER))
    for name, state in (("verified", "verified"), ("waiting", "submitted")):
        total = sum(row["total"] for row in ledger if row["state"] == state)
        if total != figures["funding"][name]:
            yield f"The entries of the ledger come to {total}, the index says {figures['funding'][name]} ({name})."
    trials = json.loads(_text(members, TRIALS))
    confirmed = sum(row["state"] == "confirmed" for row in trials)
    if confirmed != figures["trials"]["confirmed"]:
        yield f"{confirmed} trials are confirmed, the index says {figures['trials']['confirmed']}."
    for row in (one for trial in trials for one in trial["confirmations"]):
        if row["path"] and (row["path"] not in members or members[row["path"]].sha256 != row["seal"]):
            yield f"The seal of {row['path']} does not fit its record."
    yield from _faults_of_audit(_text(members, AUDIT))


def _faults_of_audit(text: str) -> Iterator[str]:
    previous: Mapping[str, Any] | None = None
    for line in text.splitlines():
        row = json.loads(line)
        if "body" in row and _hash_of_record(row["body"]) != row["hash"]:
            yield f"Audit record {row['sequence']} is not what its hash was taken of."
        if previous is not None and row["sequence"] == previous["sequence"] + 1 and row["previous"] != previous["hash"]:
            yield f"Audit record {row['sequence']} does not follow the one before it."
        previous = row


def _hash_of_record(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
