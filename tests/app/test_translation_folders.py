"""Every package that has a catalogue is one that the app reads."""

from pathlib import Path

from flask import Flask

TRACKER = Path(__file__).resolve().parents[2] / "tracker"


def test_the_app_reads_every_catalogue(app: Flask) -> None:
    folders = {str(folder) for folder in TRACKER.glob("*/translations")}

    assert folders - set(app.config["BABEL_TRANSLATION_DIRECTORIES"].split(";")) == set()
