"""What a worker and its child say to each other: one job in, lines of JSON out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

REAL = "tracker.sandboxes.engine.real:RealEngine"
SHORTEST_SECRET = 8
"""Shorter values of an environment, such as a region, are no secrets, and stand in too many words."""
BEAT = "beat"
CANCEL = "cancel"
MARK = "CLOUDSTEPS_OPERATION"
"""The variable by which every process of an operation is known, whatever session it has gone to."""


class Verb(StrEnum):
    """What a child is asked to do."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    DRIFT = "drift"
    REPAIR = "repair"
    DESTROY = "destroy"
    DRILL = "drill"
    SETTLE = "settle"
    """Put a stack in order after an operation that was cut off."""
    SEARCH = "search"
    """Only look for what bears the tags."""


@dataclass(frozen=True)
class Job:
    """All that one operation needs; it goes through a pipe, never through arguments or an environment that others read."""

    verb: Verb
    mark: str
    """Names the operation of this installation, so that all its processes are known; no two installations share one."""
    program: str
    """`module:function` of the template."""
    project: str
    stack: str
    folder: str
    """Where this operation works; removed at its end."""
    backend: str
    tags: Mapping[str, str]
    patience: float
    """After how many seconds without a beat the child takes itself and its whole session down."""
    engine: str = REAL
    passphrase: str = field(default="", repr=False)
    salt: str = field(default="", repr=False)
    """What the engine derives the stack's key with, as its first operation told; without it a plan could not be read again."""
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Configuration that is secret, fixed before the plan: what a program drew itself would differ from what was approved."""
    packages: tuple[str, ...] = ()
    practice: str = ""
    """Folder of the practice cloud; empty for a real one."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Credentials of the account: they are here and nowhere else."""
    identity: str = ""
    """The account that the credentials must belong to."""
    plan: str = ""
    """The engine's own plan in base64, to whose steps `up` is held."""
    program_digest: str = ""
    """Of the approved program; another one is not carried out."""
    kept_state: str = field(default="", repr=False)
    """The newest state that was kept of this stack, for when its own was lost."""
    stale_lock_of: tuple[str, ...] = ()
    """Hosts whose lock on this stack is ours and dead."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Of a drill."""

    @property
    def hidden(self) -> tuple[str, ...]:
        """Give every text that no log may show, the longest first."""
        known = {self.passphrase, *self.secrets.values(), *self.environment.values()}
        return tuple(sorted((one for one in known if len(one) >= SHORTEST_SECRET), key=len, reverse=True))

    def written(self) -> str:
        """Write the job as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> "Job":
        """Read the job from its line."""
        row = json.loads(line)
        row |= {"verb": Verb(row["verb"]), "packages": tuple(row["packages"])}
        return cls(**row | {"stale_lock_of": tuple(row["stale_lock_of"])})


Tell = Callable[..., None]
"""Called with the kind of a message and its values; writes one line to the worker."""


class Engine(Protocol):
    """What carries out operations on a stack; the real one, and toys in tests."""

    def preview(self) -> dict[str, Any]:
        """Plan what `up` would do."""

    def up(self) -> dict[str, Any]:
        """Build what was planned."""

    def refresh(self) -> dict[str, Any]:
        """Take over what the cloud says."""

    def drift(self) -> dict[str, Any]:
        """Tell how the cloud differs, and change nothing."""

    def repair(self) -> dict[str, Any]:
        """Bring the cloud back to what was approved."""

    def destroy(self) -> dict[str, Any]:
        """Remove everything, then search twice for what is left."""

    def outputs(self) -> dict[str, Any]:
        """Give what the stack exports, with which of it is secret."""

    def settle(self) -> dict[str, Any]:
        """Put in order what was cut off: unlock, adopt what was made and not noted, forget what was not."""

    def search(self) -> dict[str, Any]:
        """Look for what bears the tags."""

    def drill(self) -> dict[str, Any]:
        """Hold a backup drill."""

    def interrupt(self) -> None:
        """Ask the run in hand to end after the step in hand."""


class CutShort(Exception):
    """An operation that did not come to its end, with the facts of the stack that it left."""

    facts: Mapping[str, Any] = {}


class Stopped(CutShort):
    """The engine could not finish it, for the reason that is said."""


class Died(CutShort):
    """The engine itself was ended from outside; it is begun anew."""


class Interrupted(CutShort):
    """It ended early because it was asked to."""
