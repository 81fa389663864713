"""The child that carries out one operation: reads its job, tells what happens line by line, and never outlives its worker.

`python -m tracker.sandboxes.engine.child`, started by `session.start` only.
"""

import importlib
import json
import os
import sys
import threading
import time
import traceback
from typing import Any, TextIO

from tracker.sandboxes.engine import session
from tracker.sandboxes.engine.job import BEAT, CANCEL, Died, Engine, Interrupted, Job, Stopped

ABANDONED = 70
_TEXTS = frozenset({"text", "error"})
_GRACE = 0.4
"""The share of its patience that an abandoned child leaves the engine for an orderly end."""


class Line:
    """The way back to the worker; what libraries print by themselves goes elsewhere."""

    def __init__(self) -> None:
        """Keep standard output for messages and give everybody else the standard error."""
        self._out: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self.hidden: tuple[str, ...] = ()
        """What is never told in a text; a refusal of the engine may well quote a secret."""

    def tell(self, kind: str, **values: Any) -> None:
        """Write one message; a worker that is gone reads none."""
        for name in _TEXTS & values.keys():
            values[name] = self._without_secrets(str(values[name]))
        text = json.dumps({"kind": kind, "at": time.time(), **values}, default=str, ensure_ascii=False)
        with self._lock:
            try:
                self._out.write(text + "\n")
                self._out.flush()
            except (OSError, ValueError):
                return

    def _without_secrets(self, text: str) -> str:
        for secret in self.hidden:
            text = text.replace(secret, "[secret]")
        return text


class Watch:
    """Listens to the worker: beats keep the child alive, `cancel` stops the engine, silence ends everything."""

    def __init__(self, job: Job, engine: Engine, line: Line) -> None:
        """Begin with the first beat, which is the job itself."""
        self.job, self.engine, self.line = job, engine, line
        self.heard = time.monotonic()
        self.cancelled = False

    def start(self) -> None:
        """Listen and look in threads of their own."""
        for target in (self._listen, self._look):
            threading.Thread(target=target, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.heard = time.monotonic()
            if line.strip() == CANCEL and not self.cancelled:
                self._cancel()
            elif line.strip() != BEAT:
                continue
        self._cancel()  # the worker is gone: what is under way ends in order, if it does so in time
        time.sleep(self.job.patience * _GRACE)
        _end_all()

    def _cancel(self) -> None:
        self.cancelled = True
        self.line.tell("cancelling")
        self.engine.interrupt()

    def _look(self) -> None:
        while time.monotonic() - self.heard < self.job.patience:
            time.sleep(min(0.5, self.job.patience / 10))
        _end_all()


def _end_all() -> None:
    """Leave nothing of this session behind."""
    session.kill_own_session()
    os._exit(ABANDONED)


def load(job: Job, line: Line) -> Engine:
    """Make the engine that the job names."""
    module, _, name = job.engine.partition(":")
    made: Engine = getattr(importlib.import_module(module), name)(job, line.tell)
    return made


def main() -> int:
    """Carry out the job that comes in by standard input."""
    line = Line()
    job = Job.read(sys.stdin.readline())
    line.hidden = job.hidden
    try:
        engine = load(job, line)
    except Exception as error:  # noqa: BLE001 - as below
        return _fail(line, error)
    watch = Watch(job, engine, line)
    watch.start()
    try:
        result = getattr(engine, job.verb.value)()
        line.tell("result", ok=True, cancelled=watch.cancelled, **result)
    except Interrupted as early:
        line.tell("result", ok=False, cancelled=True, error=str(early), **early.facts)
    except Died as death:
        line.tell("result", ok=False, cancelled=watch.cancelled, died=True, error=str(death), **death.facts)
    except Stopped as stop:
        line.tell("result", ok=False, cancelled=False, error=str(stop), **stop.facts)
    except Exception as error:  # noqa: BLE001 - whatever it was, the worker has to hear of it; its place is in the child's log
        return _fail(line, error)
    return 0


def _fail(line: Line, error: Exception) -> int:
    sys.stderr.write(f"{type(error).__name__} at:\n{''.join(traceback.format_tb(error.__traceback__))}")
    line.tell("result", ok=False, cancelled=False, error=f"{type(error).__name__}: {error}"[:2000])
    return 1


if __name__ == "__main__":
    sys.exit(main())
