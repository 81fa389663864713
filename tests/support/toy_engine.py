"""An engine whose cloud is a folder: as quick as a file system, and as easy to cut off in the middle as the real one."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from tracker.sandboxes.engine.job import Interrupted, Job, Stopped, Tell

OBJECTS = 4
STEP_SECONDS = 0.05


class ToyEngine:
    """Makes some objects one after the other, and notes each before and after, as the real one does."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self.job, self.tell = job, tell
        self.things = Path(job.practice) / job.stack
        self.state = Path(urlparse(job.backend).path) / f"{job.stack}.json"
        self.interrupted = False

    def preview(self) -> dict[str, Any]:
        rows = [{"urn": f"urn:{n}", "type": "toy:thing", "name": str(n), "parent": "", "action": "create", "practice": ""} for n in range(OBJECTS)]  # fmt: skip
        digests = dict.fromkeys(("program_digest", "configuration_digest", "plan_digest"), "a" * 64)
        return {"resources": rows, "plan": base64.b64encode(b"{}").decode(), "salt": "salt", **digests}

    def up(self) -> dict[str, Any]:
        self.things.mkdir(parents=True, exist_ok=True)
        for number in range(OBJECTS):
            held = self._read()
            if number in held["made"]:
                continue
            self._step(number, "create", "pending")
            self._write({**held, "pending": [number]})
            time.sleep(STEP_SECONDS)
            (
                self.things / f"{number}-{time.time_ns()}"
            ).touch()  # without a name of its own: a second one would be a twin
            time.sleep(STEP_SECONDS)
            self._write({"made": [*held["made"], number], "pending": []})
            self._step(number, "create", "done")
        return {"outputs": {"address": {"value": "here", "secret": False}}, **self._facts()}

    refresh = repair = up

    def drift(self) -> dict[str, Any]:
        return {"drift": []}

    def destroy(self) -> dict[str, Any]:
        self.settle()
        for number in list(self._read()["made"]):
            self._step(number, "delete", "pending")
            for one in self.things.glob(f"{number}-*"):
                one.unlink()
            time.sleep(STEP_SECONDS)
            self._write({"made": [n for n in self._read()["made"] if n != number], "pending": []})
            self._step(number, "delete", "done")
        return {**self._facts(), **self.search()}

    def settle(self) -> dict[str, Any]:
        held = self._read()
        found = sorted({int(one.name.split("-")[0]) for one in self.things.glob("*")})
        self._write({"made": found, "pending": []})
        return {"adopted": [n for n in found if n in held["pending"]], "outputs": {}, **self._facts()}

    def search(self) -> dict[str, Any]:
        found = [{"provider": "toy", "type": "thing", "id": one.name, "region": "", "emulated": True} for one in self.things.glob("*")]  # fmt: skip
        return {"searches": [len(found)] * 2, "found": found}

    def outputs(self) -> dict[str, Any]:
        return {"outputs": {}}

    def drill(self) -> dict[str, Any]:
        raise Stopped("The toy holds no data that could be lost.")

    def interrupt(self) -> None:
        self.interrupted = True

    def _step(self, number: int, action: str, state: str) -> None:
        if self.interrupted and state == "pending":
            raise Interrupted("It was cancelled.")
        row = {"urn": f"urn:{number}", "type": "toy:thing", "name": str(number), "action": action}
        self.tell("resource", state=state, **row)

    def _facts(self) -> dict[str, Any]:
        held = self._read()
        return {"resources_left": len(held["made"]), "pending": held["pending"], "emulated": len(held["made"])}

    def _read(self) -> dict[str, Any]:
        held: dict[str, Any] = (
            json.loads(self.state.read_text()) if self.state.exists() else {"made": [], "pending": []}
        )
        return held

    def _write(self, held: dict[str, Any]) -> None:
        self.state.parent.mkdir(parents=True, exist_ok=True)
        draft = self.state.with_suffix(".draft")
        draft.write_text(json.dumps(held))
        draft.replace(self.state)
