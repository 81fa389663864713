"""The rulebooks on disk: read once, read anew when a file has changed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tracker.core.content import Fault
from tracker.core.settings import Settings
from tracker.programmes.rulebook import Rulebook
from tracker.programmes.rulebook_file import RulebookFaults, load_rulebook, rulebook_paths


@dataclass(frozen=True)
class Held:
    """A rulebook file as it stands now; one with faults has no rulebook."""

    code: str
    roc_year: int
    path: Path
    digest: str
    rulebook: Rulebook | None
    faults: tuple[Fault, ...] = ()


@dataclass
class Shelf:
    """The folder of rulebooks, and what was read from it by path and time of change."""

    root: Path
    held: dict[Path, tuple[tuple[int, int], Held]]

    def find(self, code: str, roc_year: int) -> Held | None:
        """Find the rulebook of a programme year."""
        path = self.root / "programmes" / str(roc_year) / f"{code}.toml"
        return self.read(path) if path.is_file() else None

    def all(self) -> list[Held]:
        """List every rulebook of the folder, newest year first."""
        return sorted(map(self.read, rulebook_paths(self.root)), key=lambda held: (-held.roc_year, held.code))

    def years_of(self, code: str) -> list[Held]:
        """List the rulebooks of a programme, newest year first."""
        paths = [path for path in rulebook_paths(self.root) if path.stem == code]
        return sorted(map(self.read, paths), key=lambda held: -held.roc_year)

    def read(self, path: Path) -> Held:
        """Give a file's rulebook; its content is read only when its time or size has changed."""
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        known = self.held.get(path)
        if known is None or known[0] != stamp:
            known = self.held[path] = (stamp, _read(path))
        return known[1]


def _read(path: Path) -> Held:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    year = int(path.parent.name) if path.parent.name.isdigit() else 0
    try:
        return Held(path.stem, year, path, digest, load_rulebook(path))
    except RulebookFaults as error:
        return Held(path.stem, year, path, digest, None, error.faults)


_shelf = Shelf(Path(), {})


def use(root: Path) -> None:
    """Take the rulebooks from this folder; called from `app.py`."""
    _shelf.root = root
    _shelf.held.clear()


def current() -> Shelf:
    """Give the shelf; without `use`, that of the settings."""
    if _shelf.root == Path():
        use(Settings().playbooks_dir)
    return _shelf
