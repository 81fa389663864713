"""The sample data of a drill: thousands of objects of mixed size with the names that people in Taiwan give, the same for a seed."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from infra_templates.backup.drill.places import CELLS

_FOLDERS = (
    "合約/民國115年",
    "發票/第一季",
    "照片/工地",
    "reports/2026",
    "會議 紀錄",
    "客戶資料/堃喆犇",
    "avatars",
    "匯出",
)
_NAMES = ("報價單", "驗收報告（定稿）", "現場照片", "annual report", "許功蓋", "簽到表#2", "100%完成", "é à 碁粧裏恒")
_ENDINGS = ("pdf", "jpg", "json", "xlsx", "txt")
_KIB = 1024
_LARGE_EVERY = 250
_LARGE = (4 * _KIB * _KIB, 9 * _KIB * _KIB)
"""Larger than the pieces in which S3 and Azure take an upload, so that those are practised too."""
_MIDDLE_EVERY = 20


@dataclass
class Sample:
    """The truth about the primary, as files on this machine."""

    folder: Path
    chance: random.Random
    keys: list[str] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path, objects: int, seed: int) -> "Sample":
        """Write the first state."""
        sample = cls(folder, random.Random(seed))  # noqa: S311 - sample data, the same for a seed
        for number in range(objects):
            sample.write(key_of(number), sample.content(number))
        return sample

    def path(self, key: str) -> Path:
        """Give the file of a key: `<cell>/<object's name>`."""
        return self.folder / key

    def write(self, key: str, content: bytes) -> None:
        """Add an object or change it."""
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if key not in self._known:
            self._known.add(key)
            self.keys.append(key)

    def delete(self, key: str) -> None:
        """Delete an object as somebody at work would."""
        self.path(key).unlink()
        self._known.discard(key)
        self.keys.remove(key)

    def content(self, number: int) -> bytes:
        """Draw what an object holds: empty, small, middling or large; half can be compressed, half cannot."""
        size = self._size(number)
        if number % 2:
            return self.chance.randbytes(size)
        line = f"{number}：雲端轉型輔導，示範資料。\n".encode()
        return (line * (size // len(line) + 1))[:size]

    @property
    def bytes(self) -> int:
        """Count all bytes."""
        return sum(self.path(key).stat().st_size for key in self.keys)

    def copy_to(self, folder: Path) -> "Sample":
        """Keep this state apart, to compare with later."""
        shutil.copytree(self.folder, folder)
        return Sample(folder, self.chance, list(self.keys))

    def _size(self, number: int) -> int:
        if number == 0:
            return 0
        if number % _LARGE_EVERY == _LARGE_EVERY // 2:
            return self.chance.randint(*_LARGE)
        return self.chance.randint(1, 512 * _KIB if number % _MIDDLE_EVERY == 0 else 12 * _KIB)

    def __post_init__(self) -> None:
        """Know the keys that are there."""
        self._known = set(self.keys)


def key_of(number: int) -> str:
    """Name an object: two of three belong to all, one to a tenant with a part of its own."""
    cell = CELLS[number % 3 == 2]  # noqa: PLR2004 - every third
    folder = _FOLDERS[number % len(_FOLDERS)]
    name = _NAMES[number // len(_FOLDERS) % len(_NAMES)]
    return f"{cell}/{folder}/{name}-{number:05}.{_ENDINGS[number % len(_ENDINGS)]}"


def split(key: str) -> tuple[str, str]:
    """Give the cell and the object's own name."""
    cell, _, path = key.partition("/")
    return cell, path


def by_cell(keys: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Group keys by cell."""
    for cell in CELLS:
        paths = [path for owner, path in map(split, keys) if owner == cell]
        if paths:
            yield cell, paths
