"""Vouchers as pictures, to stand beside what the entry says: photos as they are, PDF drawn by a child process."""

import subprocess
import sys
from pathlib import Path

from tracker.core.errors import Refused
from tracker.core.text import N_

SECONDS = 20
PDF = "application/pdf"
PNG = "image/png"


def picture_of(path: Path, media_type: str, name: str) -> bytes:
    """Give the bytes of a picture of a stored voucher; what cannot be drawn is refused."""
    if media_type != PDF:
        return path.read_bytes()
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and a path that we made
            [sys.executable, "-m", "tracker.poc.picture_child", str(path)],
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=Path(__file__).parents[2],
            env={"PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        raise _undrawable(name) from None
    if done.returncode != 0 or not done.stdout.startswith(b"\x89PNG"):
        raise _undrawable(name)
    return done.stdout


def _undrawable(name: str) -> Refused:
    return Refused(
        N_("“%(name)s” cannot be drawn here. Open the file itself, and return the entry if it shows no voucher."),
        name=name,
    )
