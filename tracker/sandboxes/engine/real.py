"""The real engine: Pulumi by its Automation API, on the practice cloud or a real one."""

import base64
import hashlib
import json
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

from pulumi import automation

from infra_templates.engine.find import get_engine
from infra_templates.practice.emulators import Unavailable
from infra_templates.practice.provider.handlers import EMULATED, RECORDED
from infra_templates.practice.provider.handlers import MARK as PRACTICE_MARK
from tracker.sandboxes.engine import drills, programs, searches, session
from tracker.sandboxes.engine.appraisal import appraise
from tracker.sandboxes.engine.bringing_back import bring_back
from tracker.sandboxes.engine.job import CutShort, Died, Interrupted, Job, Stopped, Tell
from tracker.sandboxes.engine.listening import Listening
from tracker.sandboxes.engine.locks import remove_stale
from tracker.sandboxes.engine.settling import UNREACHABLE, Settling

SEARCHES = 2
_LONGEST_WORDS = 4000
_PAUSE = 0.05


class RealEngine:
    """Carries out one job on one stack."""

    def __init__(self, job: Job, tell: Tell) -> None:
        """Take the job; nothing is opened yet."""
        self.job, self.tell = job, tell
        self.listening = Listening(tell)
        self.interrupted = self._runs = False

    # ------------------------------------------------------------ verbs

    def preview(self) -> dict[str, Any]:
        """Plan, and keep the engine's own plan, to whose steps `up` will be held."""
        with self._open() as stack:
            path = Path(self.job.folder) / "plan.json"
            result = self._run(lambda: stack.preview(plan=str(path), **self._heard))
            content = path.read_bytes()
            salt = stack.workspace.stack_settings(self.job.stack).encryption_salt
        resources = self.listening.planned()
        self.tell("stage", text="檢查防護規則、估價、繪製架構圖 · Asking the guardrails, pricing and drawing it")
        return {
            **appraise(self.job, content, resources),
            "salt": salt or "",
            "changes": _plain_counts(result.change_summary),
            "plan": base64.b64encode(content).decode(),
            "plan_digest": digest_of_plan(content),
            "program_digest": programs.digest_of(self.job.program),
            "configuration_digest": digest_of_configuration(self.job.config),
            "resources": resources,
        }

    def up(self) -> dict[str, Any]:
        """Build exactly what was approved: the same program, the same configuration, and no step that the plan does not have."""
        self._refuse_other_program()
        with self._open() as stack:
            self._refuse_pending(stack)
            self.listening.hold_to(base64.b64decode(self.job.plan), self.interrupt)
            return self._change(stack, lambda: stack.up(**self._heard, show_secrets=False))

    def refresh(self) -> dict[str, Any]:
        """Take over what the cloud says."""
        with self._open() as stack:
            return self._change(stack, lambda: stack.refresh(**self._heard, show_secrets=False))

    def drift(self) -> dict[str, Any]:
        """Compare with the cloud and change nothing."""
        with self._open() as stack:
            result = self._run(lambda: stack.preview_refresh(**self._heard, show_secrets=False))
            return {"changes": _plain_counts(result.change_summary), "drift": self.listening.differences()}

    def repair(self) -> dict[str, Any]:
        """Look at the cloud, then build again what differs from the approved program."""
        self._refuse_other_program()
        with self._open() as stack:
            self._refuse_pending(stack)
            self._run(lambda: stack.refresh(**self._heard, show_secrets=False))
            return self._change(stack, lambda: stack.up(**self._heard, show_secrets=False))

    def destroy(self) -> dict[str, Any]:
        """Remove everything, then search twice: only that is proof."""
        with self._open() as stack:
            settled = self._settle(stack) if _pending(stack) else {}
            changed = self._destroy(stack)
            looks = self._look_twice()
            if looks[-1] and self.job.kept_state and bring_back(stack, self.job.kept_state, looks[-1]):
                self.tell("stage", text="由保留的狀態找回遺落的資源 · Taking back what the state had lost")
                changed, looks = self._destroy(stack), self._look_twice()
        return {**changed, "settled": settled, "searches": [len(found) for found in looks], "found": looks[-1]}

    def _destroy(self, stack: automation.Stack) -> dict[str, Any]:
        return self._change(stack, lambda: stack.destroy(refresh=False, **self._heard, show_secrets=False))

    def _look_twice(self) -> list[list[dict[str, Any]]]:
        self.tell("stage", text="兩次查詢殘留資源 · Searching twice for what is left")
        return [self._search() for _round in range(SEARCHES)]

    def settle(self) -> dict[str, Any]:
        """Put the stack in order after an operation that was cut off."""
        with self._open() as stack:
            return self._settle(stack) | self._facts(stack) | {"outputs": _outputs(stack)}

    def search(self) -> dict[str, Any]:
        """Search twice for what bears the tags."""
        with self._cloud():
            looks = self._look_twice()
        return {"searches": [len(found) for found in looks], "found": looks[-1]}

    def outputs(self) -> dict[str, Any]:
        """Give what the stack exports."""
        with self._open() as stack:
            return {"outputs": _outputs(stack)}

    def drill(self) -> dict[str, Any]:
        """Hold a backup drill between the clouds of the sandbox."""
        return drills.hold(self.job, self.tell)

    def interrupt(self) -> None:
        """Send the engine its first signal: it finishes the step in hand, then ends and frees the stack.

        Returns at once: whoever asks may be the thread that the engine's end waits for.
        """
        self.interrupted = True
        Thread(target=self._interrupt_engine, daemon=True).start()

    def _interrupt_engine(self) -> None:
        """Signal the engine once, also one that is only just about to start.

        Not while it reads or writes the state by itself, which takes a moment and must be whole.
        """
        told = False
        while self._runs and not told:
            for pid in session.engines_of_own_session():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
                    told = True
            time.sleep(_PAUSE)

    # ------------------------------------------------------------ how

    def _change(self, stack: automation.Stack, change: Callable[[], Any]) -> dict[str, Any]:
        """Run what changes a stack; its state is told before and after, also where it ends early."""
        self._export(stack, "before")
        try:
            result = self._run(change)
        except CutShort as end:
            self._export(stack, "after")
            end.facts = self._facts(stack)
            raise
        self._export(stack, "after")
        outputs = {} if isinstance(result, automation.DestroyResult) else _outputs(stack)
        return {"changes": _plain_counts(result.summary.resource_changes), "outputs": outputs, **self._facts(stack)}

    def _run(self, run: Callable[[], Any]) -> Any:
        self._runs = True  # before it looks: whoever interrupts from here on waits for the engine
        try:
            if self.interrupted:
                raise Interrupted("It was cancelled before the engine began.")
            result = run()
            self._refuse_strays()
        except automation.CommandError as error:
            words = self.listening.last_words() or _last_words(str(error))
            if self.listening.strays:
                raise Stopped(
                    f"核准的計畫沒有這一步，已停止。 Stopped: not in the approved plan: {self.listening.strays[0]}"
                ) from error
            if self.interrupted:
                raise Interrupted("It was cancelled; the engine ended after the step in hand.") from error
            if _was_killed(error) or any(sign in str(error) for sign in UNREACHABLE):
                raise Died(words if not _was_killed(error) else "The engine was ended from outside.") from error
            raise Stopped(words) from error
        else:
            return result
        finally:
            self._runs = False

    def _refuse_strays(self) -> None:
        if self.listening.strays:
            stray = self.listening.strays[0]
            raise Stopped(f"核准的計畫沒有這一步，已停止。 Stopped: not in the approved plan: {stray}")

    @property
    def _heard(self) -> dict[str, Any]:
        return {"on_event": self.listening.on_event, "on_output": self.listening.on_output, "color": "never"}

    def _refuse_other_program(self) -> None:
        if programs.digest_of(self.job.program) != self.job.program_digest:
            raise Stopped(
                "範本在核准後改過，請重新規劃。 The template has changed since its plan was approved. Make a new plan."
            )

    def _refuse_pending(self, stack: automation.Stack) -> None:
        """Never build over what was cut off: the engine would make a second one of it."""
        if _pending(stack):
            self._settle(stack)

    def _settle(self, stack: automation.Stack) -> dict[str, Any]:
        remove_stale(stack, self.job, self.tell)
        self._export(stack, "recovery")
        return Settling(stack, self.job, self.tell, self._search).run()

    def _export(self, stack: automation.Stack, moment: str) -> None:
        deployment = stack.export_stack()
        content = {"version": deployment.version, "deployment": deployment.deployment}
        self.tell("export", moment=moment, content=content)

    def _facts(self, stack: automation.Stack) -> dict[str, Any]:
        deployment = stack.export_stack().deployment or {}
        rows = [row for row in deployment.get("resources") or [] if row.get("custom") and not _is_provider(row)]
        kinds = Counter(str(row.get("outputs", {}).get(PRACTICE_MARK, "")) for row in rows)
        return {
            "resources_left": len(rows),
            "pending": [_pending_row(one) for one in deployment.get("pending_operations") or []],
            "emulated": kinds[EMULATED],
            "recorded": kinds[RECORDED],
        }

    def _search(self) -> list[dict[str, Any]]:
        return searches.search(self.job)

    @contextmanager
    def _cloud(self) -> Iterator[dict[str, str]]:
        with ExitStack() as ending:
            if self.job.practice:
                cloud = searches.practice_cloud(self.job)
                try:
                    attached = ending.enter_context(cloud.providers(self.job.packages))
                except Unavailable as error:
                    raise Died(f"A provider did not start: {error}") from error
                yield attached
            else:
                searches.check_account(self.job)
                yield {}

    @contextmanager
    def _open(self) -> Iterator[automation.Stack]:
        """Open the stack in a workspace of this operation alone."""
        workspace = Path(self.job.folder) / "workspace"
        workspace.mkdir(parents=True, exist_ok=True)
        with self._cloud() as attached:
            options = automation.LocalWorkspaceOptions(
                work_dir=str(workspace),
                pulumi_home=str(self._home),
                env_vars={**self._environment, **attached},
                pulumi_command=automation.PulumiCommand(root=str(get_engine().parent.parent)),
            )
            stack = automation.create_or_select_stack(
                self.job.stack, project_name=self.job.project, program=programs.load(self.job.program), opts=options
            )
            remove_stale(stack, self.job, self.tell)
            if self.job.salt:
                kept = automation.StackSettings(encryption_salt=self.job.salt)
                stack.workspace.save_stack_settings(self.job.stack, kept)
            plain = {name: automation.ConfigValue(value) for name, value in self.job.config.items()}
            hidden = {name: automation.ConfigValue(value, secret=True) for name, value in self.job.secrets.items()}
            stack.set_all_config(plain | hidden)
            try:
                yield stack
            finally:
                shutil.rmtree(workspace, ignore_errors=True)

    @cached_property
    def _home(self) -> Path:
        home = Path(os.environ.get("CLOUDSTEPS_TOOLS_DIR") or programs.ROOT / "var" / "tools") / "pulumi-home"
        home.mkdir(parents=True, exist_ok=True)
        return home

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **self.job.environment,
            "PULUMI_BACKEND_URL": self.job.backend,
            "PULUMI_CONFIG_PASSPHRASE": self.job.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }


def digest_of_configuration(config: Mapping[str, str]) -> str:
    """Hash a configuration."""
    return hashlib.sha256(json.dumps(dict(config), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def digest_of_plan(content: bytes) -> str:
    """Hash what the engine plans to do, without the moment at which it was asked and what is encrypted anew each time."""
    plans = json.loads(content).get("resourcePlans") or {}
    steps = {urn: {"steps": one.get("steps"), "goal": _without_ciphers(one.get("goal"))} for urn, one in plans.items()}
    return hashlib.sha256(json.dumps(steps, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _without_ciphers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ciphers(one) for name, one in value.items() if name != "ciphertext"}
    if isinstance(value, list):
        return [_without_ciphers(one) for one in value]
    return value


def _was_killed(error: automation.CommandError) -> bool:
    """Whether the engine did not end by itself, but by a signal that nobody can refuse."""
    return f"code: -{signal.SIGKILL.value}" in str(error)


def _outputs(stack: automation.Stack) -> dict[str, Any]:
    return {name: {"value": one.value, "secret": one.secret} for name, one in stack.outputs().items()}


def _pending(stack: automation.Stack) -> list[Any]:
    return list((stack.export_stack().deployment or {}).get("pending_operations") or [])


def _pending_row(one: Mapping[str, Any]) -> dict[str, Any]:
    resource = one["resource"]
    return {"urn": resource["urn"], "type": resource["type"], "operation": one["type"]}


def _is_provider(row: Mapping[str, Any]) -> bool:
    return str(row["type"]).startswith("pulumi:")


def _plain_counts(counts: Mapping[Any, int] | None) -> dict[str, int]:
    return {str(getattr(kind, "value", kind)): count for kind, count in (counts or {}).items()}


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower()] or lines[-5:]
    return "\n".join(wrong)[-_LONGEST_WORDS:]
