"""One operation in the hands of this worker: its child, its lease, its log, its cancellation and its end."""

import json
import queue as queues
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from tracker.core import clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import CloudStepsError
from tracker.sandboxes.engine import session as processes
from tracker.sandboxes.engine.job import BEAT, CANCEL, Job, Verb
from tracker.sandboxes.models import SandboxOperation
from tracker.sandboxes.operations import outcomes
from tracker.sandboxes.rules.states import WRITES, CancelStage, EventKind, OperationKind, OperationState
from tracker.sandboxes.runner import assembly, claims, writing
from tracker.sandboxes.runner.assembly import Workshop
from tracker.sandboxes.runner.claims import MOST_ATTEMPTS, Claimed, Fenced

log = structlog.get_logger()
BATCH_SECONDS = 0.2
LOOK_SECONDS = 0.5
PATIENCE_SHARE = 0.7
"""Of the lease: a child that hears nothing for so long has ended itself before anybody else may take its operation."""
CANCEL_SECONDS = 120.0
"""How long the engine may take for the step in hand before it is stopped by force."""
AGAIN = timedelta(seconds=2)
BUILDS = frozenset({OperationKind.UP, OperationKind.REPAIR})
_TOO_OFTEN = "It was interrupted too often. Look at its log, then repair or destroy it."
_LAST_TRIES = 5

Result = Mapping[str, Any]


class Run:
    """Carries out one claimed operation, from its claim to its end."""

    def __init__(self, app: Flask, workshop: Workshop, claimed: Claimed, lease: timedelta) -> None:
        """Take a claimed operation."""
        self.app, self.workshop, self.claimed, self.lease = app, workshop, claimed, lease
        self.mark = workshop.mark(claimed.operation_id)
        self.leaving = threading.Event()
        """Set when the worker has to end: the engine is told to end too, and somebody goes on later."""
        self._stage = CancelStage.NONE
        self._cancel_since = 0.0
        self._beat_at = self._look_at = 0.0
        self._is_killed = False

    def __call__(self) -> None:
        """Do it; whatever happens here, neither the worker ends nor a process of it goes on."""
        with self.app.app_context():
            try:
                self._carry_out()
            except Fenced:
                log.warning("operation lost", operation_id=self.claimed.operation_id)
            except Exception as error:
                log.exception(
                    "operation interrupted", operation_id=self.claimed.operation_id, error=type(error).__name__
                )
            finally:
                processes.kill(None, self.mark)
                session().rollback()

    # ------------------------------------------------------------ course

    def _carry_out(self) -> None:
        if self.claimed.is_cut_off:
            self._put_in_order()
            return
        if not self._begin():
            return
        result = self._child(_VERBS[self.claimed.kind])
        if result is None:
            self._after_silence()
        elif _is_cut_off(self.claimed.kind, result):
            self._after_interruption(result)
        else:
            self._finish(result)

    def _after_interruption(self, result: Result) -> None:
        """Put in order what an ended engine or provider cut off; then it is begun anew, or ends as it was asked to."""
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            row.state = OperationState.RECOVERING
            told = "沒有完成，先整理環境 · It did not come to its end; the stack is put in order"
            writing.say(work, row.id, told, EventKind.WARNING)
            writing.leave_unknown(work, row.id)
        again = bool(result.get("died") or result.get("pending"))
        self._settle(cancelled=bool(result.get("cancelled")), refused="" if again else str(result.get("error")))

    def _begin(self) -> bool:
        """Note the beginning; False where it was cancelled, or is over, before any engine ran."""
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            if row.cancel_stage is not CancelStage.NONE:
                self._release(row)
                outcomes.finish(row, {"ok": False, "cancelled": True, "error": ""})
                return False
            assembly.make_secrets(row.sandbox)
            outcomes.begin(row, lambda: assembly.settings_of(row.sandbox, row, self.workshop.settings.mail_from))
            if self.claimed.attempts > 1:
                writing.say(work, row.id, f"第 {row.attempts} 次進行 · Begun for the {row.attempts}. time")
            else:
                writing.say(work, row.id, f"{row.host} 開始進行 · Begun on {row.host}")
        return True

    def _put_in_order(self) -> None:
        """Take over what was cut off: no process of it may live, then its stack is repaired."""
        if not processes.kill(self.claimed.session_before, self.mark):
            raise OSError("Processes of an interrupted operation do not end.")
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            writing.leave_unknown(work, row.id)
            told = "作業曾中斷，先整理環境 · It was interrupted; the stack is put in order first"
            writing.say(work, row.id, told, EventKind.WARNING)
            cancelled = row.cancel_stage is not CancelStage.NONE
        self._settle(cancelled=cancelled)

    def _settle(self, *, cancelled: bool, refused: str = "") -> None:
        """Repair the stack by a child with providers of its own; then begin anew, or end where it was cancelled, refused or is hopeless."""
        attempts = self.claimed.attempts
        settled: Result = {}
        if self.claimed.kind in WRITES:
            found = self._child(Verb.SETTLE)
            if found is None or not found.get("ok"):
                self._give_back(found, attempts)
                return
            settled = found
        if cancelled or refused or attempts >= MOST_ATTEMPTS:
            reason = "" if cancelled else refused or _TOO_OFTEN
            self._finish({**settled, "ok": False, "cancelled": cancelled, "error": reason})
            return
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            row.state, row.run_at, row.lease_until = OperationState.QUEUED, clock.now() + AGAIN, None

    def _give_back(self, found: Result | None, attempts: int) -> None:
        """Try the repair later, and after too many tries ask people."""
        if attempts >= MOST_ATTEMPTS:
            error = str((found or {}).get("error") or "The stack could not be put in order.")
            self._finish({"ok": False, "cancelled": False, "error": error})
            return
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            row.lease_until = clock.now() + AGAIN * attempts
            row.worker = ""

    def _after_silence(self) -> None:
        """Hand over what ended without a word to whoever puts it in order; that may be this worker."""
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            if self._is_killed:
                row.cancel_stage = CancelStage.KILLED
            row.state, row.worker, row.lease_until = OperationState.RECOVERING, "", clock.now() - AGAIN

    def _finish(self, result: Result) -> None:
        """Write the end, once; what cannot be written in is an end with its reason too."""
        try:
            self._write_end(result)
        except CloudStepsError as refusal:
            self._write_end({**result, "ok": False, "cancelled": False, "error": str(refusal)})

    def _write_end(self, result: Result) -> None:
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            if result.get("salt"):
                assembly.keep_salt(row.sandbox, str(result["salt"]))
            self._release(row)
            outcomes.finish(row, result)
            writing.say(work, row.id, _ENDS[row.state])

    @staticmethod
    def _release(row: SandboxOperation) -> None:
        if row.cancel_stage is not CancelStage.NONE:
            row.cancel_stage = CancelStage.RELEASED

    # ------------------------------------------------------------ child

    def _child(self, verb: Verb) -> Result | None:
        """Run a child to its end and write what it tells; None where it ended without a result."""
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            job = assembly.job_of(row, verb, self.workshop, self.lease.total_seconds() * PATIENCE_SHARE)
        if job.practice and self.workshop.ground is not None and verb is not Verb.DRILL:
            self.workshop.ground.ensure()
        child = processes.start(job)
        try:
            self._note_session(child)
            return self._listen(child)
        finally:
            processes.kill(processes.leader_of(child.pid), self.mark)
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with _closing():
                        stream.close()
            self._keep_log(job)

    def _note_session(self, child: "subprocess.Popen[str]") -> None:
        leader = processes.leader_of(child.pid)
        with unit_of_work() as work:
            row = claims.hold(work, self.claimed)
            row.session_id, row.session_started = leader.pid, leader.started

    def _listen(self, child: "subprocess.Popen[str]") -> Result | None:
        lines: queues.Queue[str | None] = queues.Queue()
        reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
        reader.start()
        result: Result | None = None
        for batch, is_over in _batches(lines):
            messages = [message for line in batch if (message := _parsed(line)) is not None]
            result = next((one for one in messages if one["kind"] == "result"), result)
            if messages:
                self._write(messages)
            self._keep(child)
            if is_over or result is not None:
                break
        return result

    def _write(self, messages: list[Result]) -> None:
        for attempt in range(_LAST_TRIES):
            try:
                with unit_of_work() as work:
                    row = claims.hold(work, self.claimed)
                    kept = [m for m in messages if m["kind"] in {"export", "pending"}]
                    writing.write_messages(work, row, kept if writing.is_full(work, row.id) else messages)
            except (SQLAlchemyError, OSError):
                if attempt == _LAST_TRIES - 1:
                    raise
                time.sleep(attempt + 0.5)
            else:
                return

    def _keep(self, child: "subprocess.Popen[str]") -> None:
        """Prolong the lease, let the child know, and look for a cancellation; a database that is away is waited for.

        The child is only told that its lease was prolonged, so that it ends itself in time where that fails.
        """
        now = time.monotonic()
        if now - self._beat_at >= self.lease.total_seconds() / 4:
            with _away("beat"), unit_of_work() as work:
                claims.renew(work, self.claimed, self.lease)
                self._beat_at = now
                processes.say(child, BEAT)
        if now - self._look_at >= LOOK_SECONDS:
            self._look_at = now
            with _away("look"):
                self._look_for_cancel(child, now)

    def _look_for_cancel(self, child: "subprocess.Popen[str]", now: float) -> None:
        if self.leaving.is_set() and not self._cancel_since:
            self._cancel_since = now
            processes.say(child, CANCEL)
        asked = select(SandboxOperation.cancel_stage).where(SandboxOperation.id == self.claimed.operation_id)
        stage = session().scalar(asked)
        session().rollback()
        if stage is CancelStage.ASKED and self._stage is CancelStage.NONE:
            processes.say(child, CANCEL)
            self._stage, self._cancel_since = CancelStage.WAITING, now
            with unit_of_work() as work:
                row = claims.hold(work, self.claimed)
                row.cancel_stage = CancelStage.WAITING
                told = "已通知引擎停止，等待手上的步驟完成 · The engine was told to stop; it finishes the step in hand"
                writing.say(work, row.id, told)
        if self._cancel_since and now - self._cancel_since > CANCEL_SECONDS:
            self._is_killed = True
            processes.kill(processes.leader_of(child.pid), self.mark)

    def _keep_log(self, job: Job) -> None:
        """Keep the child's own words beside the logs where it left any, and clear its folder."""
        folder = Path(job.folder)
        words = folder / "child.log"
        with _closing():
            if words.exists() and words.stat().st_size:
                kept = self.workshop.settings.data_dir / "logs" / "operations"
                kept.mkdir(parents=True, exist_ok=True)
                shutil.move(words, kept / f"{folder.name}.log")
            shutil.rmtree(folder, ignore_errors=True)


class _closing:  # noqa: N801 - read as words at its use
    """Let go of what may be gone already."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


class _away:  # noqa: N801 - as above
    """Go on where the database is away for a moment; whose operation it is any more is told by its lease."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        is_away = kind is not None and issubclass(kind, (SQLAlchemyError, OSError))
        if is_away:
            session().rollback()
            log.warning("database away", what=self.what)
        return is_away


def _is_cut_off(kind: OperationKind, result: Result) -> bool:
    """Tell whether something was, or may have been, created that nobody has noted."""
    cut_off = result.get("died") or result.get("pending")
    return not result.get("ok") and bool(cut_off or kind in BUILDS)


def _read(child: "subprocess.Popen[str]", lines: "queues.Queue[str | None]") -> None:
    if child.stdout is not None:
        try:
            for line in child.stdout:
                lines.put(line)
        except (OSError, ValueError):
            log.warning("child not readable any more")
    lines.put(None)


def _batches(lines: "queues.Queue[str | None]") -> Iterator[tuple[list[str], bool]]:
    """Gather what has come within a moment; ends when the child has said its last."""
    while True:
        batch: list[str] = []
        until = time.monotonic() + BATCH_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                line = lines.get(timeout=left)
            except queues.Empty:
                break
            if line is None:
                yield batch, True
                return
            batch.append(line)
        yield batch, False


def _parsed(line: str) -> Result | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "kind" in message else None


_VERBS: Mapping[OperationKind, Verb] = {kind: Verb(kind.value) for kind in OperationKind}
_ENDS: Mapping[OperationState, str] = {
    OperationState.SUCCEEDED: "完成 · Done",
    OperationState.FAILED: "失敗 · Failed",
    OperationState.CANCELLED: "已取消，環境已釋出 · Cancelled; the stack is released",
}
