"""People who take sandboxes through their lives over HTTP, note every write, and send it again until they have an answer."""

import random
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select

from tests.support.browser import Browser, LineBroken, form_of
from tests.support.installation import Installation
from tests.support.writers import SAVED
from tracker.sandboxes.models import Sandbox, SandboxExtension, SandboxOperation, SandboxPlan
from tracker.sandboxes.rules.states import OPEN, OperationKind, PlanState, SandboxState

TEMPLATE = "gcp_saas"
OVER = frozenset({SandboxState.DESTROYED, SandboxState.WITHDRAWN})
_UNAVAILABLE, _SERVER_ERROR = 503, 500


@dataclass
class Deed:
    """One write: what was asked for, how its row is counted, and whether it was acknowledged."""

    name: str
    found: Select[int]
    acknowledged: bool = False
    repeats: int = 0


@dataclass
class Person:
    """One signed-in person on a thread of its own; `engagement_id` is None for who approves."""

    user_id: int
    name: str
    browser: Browser
    installation: Installation
    engagement_id: int | None
    stopping: threading.Event
    resting: threading.Event
    """Set when nothing new is asked for any more; what stands is brought to its end."""
    deeds: list[Deed] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self.thread = threading.Thread(target=self._live, daemon=True)
        self.thread.start()

    def join(self) -> None:
        """Wait for the end."""
        if self.thread is not None:
            self.thread.join(120)
            assert not self.thread.is_alive()

    def _live(self) -> None:
        chance = random.Random(self.name)
        while not self.stopping.is_set():
            with suppress(LineBroken, AssertionError):  # a page that did not open, such as while the web role is away
                self._approve() if self.engagement_id is None else self._take_part(chance)
            self.stopping.wait(chance.uniform(0.3, 1.2))

    def _approve(self) -> None:
        ready = select(SandboxPlan.id).where(SandboxPlan.state == PlanState.READY)
        for plan_id in self.installation.ask(ready):
            up = select(func.count()).select_from(SandboxOperation)
            found = up.where(SandboxOperation.plan_id == plan_id, SandboxOperation.kind == OperationKind.UP)
            self._press(
                f"approve {plan_id}", f"/sandboxes/plans/{plan_id}", f"/sandboxes/plans/{plan_id}/approve", found
            )

    def _take_part(self, chance: random.Random) -> None:
        mine = select(Sandbox.id).where(Sandbox.engagement_id == self.engagement_id, Sandbox.state.not_in(OVER))
        ids = self.installation.ask(mine)
        if len(ids) < 2 and not self.resting.is_set():
            self._request()
        for sandbox_id in ids:
            [state] = self.installation.ask(select(Sandbox.state).where(Sandbox.id == sandbox_id)) or [None]
            busy = self.installation.ask(
                select(SandboxOperation.id).where(
                    SandboxOperation.sandbox_id == sandbox_id, SandboxOperation.state.in_(OPEN)
                )
            )
            if state is SandboxState.BLOCKED and not busy:
                self._withdraw(sandbox_id)
            elif state in {SandboxState.RUNNING, SandboxState.FAILED} and not busy:
                if state is SandboxState.RUNNING and chance.random() < 0.7 and not self.resting.is_set():
                    self._extend(sandbox_id)
                else:
                    self._destroy(sandbox_id)
            elif state is SandboxState.LEFTOVERS and not busy:
                self._destroy(sandbox_id)
            elif state is SandboxState.DEPLOYING and busy and chance.random() < 0.05:
                self._cancel(busy[0])

    def _request(self) -> None:
        name = f"{self.name}-{len(self.deeds)}"
        found = select(func.count()).select_from(Sandbox).where(Sandbox.title == name)
        path = f"/engagements/{self.engagement_id}/sandboxes/new?template={TEMPLATE}"
        self._send(name, path, {**self.browser.form(path), "title": name, "purpose": name, "days": "1"}, found)

    def _extend(self, sandbox_id: int) -> None:
        name = f"{self.name} extends {len(self.deeds)}"
        found = select(func.count()).select_from(SandboxExtension).where(SandboxExtension.reason == name)
        path = f"/sandboxes/{sandbox_id}/extend"
        self._send(name, path, {**self.browser.form(path), "days": "1", "reason": name}, found)

    def _destroy(self, sandbox_id: int) -> None:
        before = self.installation.ask(select(func.max(SandboxOperation.id)))[0] or 0
        [code] = self.installation.ask(select(Sandbox.code).where(Sandbox.id == sandbox_id))
        found = select(func.count()).select_from(SandboxOperation)
        found = found.where(
            SandboxOperation.sandbox_id == sandbox_id,
            SandboxOperation.kind == OperationKind.DESTROY,
            SandboxOperation.asked_by_id == self.user_id,
            SandboxOperation.id > before,
        )
        path = f"/sandboxes/{sandbox_id}/destroy"
        known = [deed for deed in self.deeds if deed.name == f"destroy {code}"]
        if known:  # another try after something was left: the first one's row stays counted by its own statement
            known[-1].found = known[-1].found.where(SandboxOperation.id <= before)
        self._send(f"destroy {code}", path, {**self.browser.form(path), "code": code}, found)

    def _cancel(self, operation_id: int) -> None:
        found = select(func.count()).select_from(SandboxOperation)
        found = found.where(SandboxOperation.id == operation_id, SandboxOperation.cancelled_by_id == self.user_id)
        page = f"/sandboxes/operations/{operation_id}"
        self._press(f"cancel {operation_id}", page, f"{page}/cancel", found)

    def _withdraw(self, sandbox_id: int) -> None:
        found = select(func.count()).select_from(Sandbox)
        found = found.where(Sandbox.id == sandbox_id, Sandbox.state == SandboxState.WITHDRAWN)
        page = f"/sandboxes/{sandbox_id}"
        self._press(f"withdraw {sandbox_id}", page, f"{page}/withdraw", found)

    def _press(self, name: str, page: str, action: str, found: Select[int]) -> None:
        """Press a button of a page, if the page has it."""
        body = self.browser.get(page).body
        if f'action="{action}"' in body:
            self._send(name, action, form_of(body, action), found)

    def _send(self, name: str, path: str, values: dict[str, str], found: Select[int]) -> None:
        deed = Deed(name, found)
        self.deeds.append(deed)
        while not self.stopping.is_set():
            try:
                answer = self.browser.post(path, values)
            except LineBroken:
                deed.repeats += 1
                self.stopping.wait(0.1)
                continue
            if answer.status == _UNAVAILABLE:
                deed.repeats += 1
                self.stopping.wait(0.1)
                continue
            if answer.status in SAVED and "/sign-in" not in (answer.location or ""):
                deed.acknowledged = True
            elif answer.status >= _SERVER_ERROR or answer.status in SAVED:
                self.strange.append(f"{name}: {answer.status} {answer.location} {answer.body[:300]}")
            return
