"""Backups encrypted by a key from the environment."""

import io
from pathlib import Path

import pytest

from tests.integration.operations.test_backup import elsewhere, look, place  # noqa: F401 - fixtures
from tracker.backup import BackupFault, backup, restore, verify
from tracker.core import sealed
from tracker.core.sealed import HEADER, PIECE, TAG, SealedReader, SealingWriter, WrongKey
from tracker.core.settings import Settings

KEY, OTHER = "示範備份金鑰 long enough to be taken as one", "another key that is long enough to be one"


def with_key(settings: Settings, key: str) -> Settings:
    return settings.model_copy(update={"backup_key": key})


def test_an_encrypted_backup_shows_nothing_and_brings_everything_back(
    place: Settings,  # noqa: F811 - the fixture
    elsewhere: Settings,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    archive = tmp_path / "backup.sealed"

    made = backup(with_key(place, KEY), archive)
    restore(with_key(elsewhere, KEY), archive)

    raw = archive.read_bytes()
    assert raw.startswith(sealed.MAGIC)
    assert b"SQLite format" not in raw
    assert b"manifest.json" not in raw
    assert look(elsewhere) == look(place)
    assert len(made.files) == 2


@pytest.mark.parametrize(
    ("key", "sentence"), [(OTHER, "CLOUDSTEPS_BACKUP_KEY does not open this backup"), ("", "This backup is encrypted.")]
)
def test_a_wrong_or_missing_key_is_refused_and_nothing_is_touched(
    place: Settings,  # noqa: F811 - the fixture
    elsewhere: Settings,  # noqa: F811 - the fixture
    tmp_path: Path,
    key: str,
    sentence: str,
) -> None:
    archive = tmp_path / "backup.sealed"
    backup(with_key(place, KEY), archive)

    with pytest.raises(BackupFault, match=sentence):
        restore(with_key(elsewhere, key), archive)

    assert not list(elsewhere.data_dir.glob("*"))


def test_a_short_key_is_refused_before_anything_is_written(place: Settings, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    with pytest.raises(BackupFault, match="shorter than 32"):
        backup(with_key(place, "short"), tmp_path / "backup.sealed")

    assert not (tmp_path / "backup.sealed").exists()


def test_a_backup_without_a_key_is_still_read_where_a_key_is_set(place: Settings, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    backup(place, tmp_path / "backup.tar")

    assert verify(tmp_path / "backup.tar", KEY).files


def seal(path: Path, data: bytes, portion: int = 100_000) -> Path:
    with path.open("wb") as file, SealingWriter(file, KEY) as writer:
        for start in range(0, len(data), portion):
            writer.write(data[start : start + portion])
    return path


def read(path: Path) -> bytes:
    with io.BufferedReader(SealedReader(path.open("rb"), KEY)) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_every_length_comes_back_and_any_place_can_be_read(tmp_path: Path, size: int) -> None:
    data = bytes(number % 251 for number in range(size))

    path = seal(tmp_path / "sealed", data)

    assert read(path) == data
    with io.BufferedReader(SealedReader(path.open("rb"), KEY)) as file:
        file.seek(size // 2)
        assert file.read(10) == data[size // 2 : size // 2 + 10]


def harmed(path: Path) -> list[bytes]:
    raw, piece = path.read_bytes(), PIECE + TAG
    head, body = raw[:HEADER], raw[HEADER:]
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    return [
        raw[:-1],
        head + b"".join(pieces[:-1]),
        head + b"".join([pieces[1], pieces[0], *pieces[2:]]),
        head + b"".join([pieces[0], *pieces[2:]]),
        raw[: HEADER + 5] + bytes([raw[HEADER + 5] ^ 1]) + raw[HEADER + 6 :],
        raw + b"x",
        raw[: len(sealed.MAGIC)] + bytes(16) + raw[len(sealed.MAGIC) + 16 :],
        raw[: HEADER - 3],
    ]


def test_what_is_cut_swapped_dropped_changed_or_added_is_refused(tmp_path: Path) -> None:
    path = seal(tmp_path / "sealed", bytes(3 * PIECE + 17))

    for harm in harmed(path):
        (tmp_path / "harmed").write_bytes(harm)
        with pytest.raises(WrongKey):
            read(tmp_path / "harmed")
