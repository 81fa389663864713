"""What every route answers to whom: the file `authorisation.yml`, read and proposed.

`python -m tests.app.authorisation --propose` prints the lines of routes that the file does not have yet, as the app answers
now. They are read against DESIGN §2 before they are put in: the file says what shall be, not what is.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import yaml

from tests.factories import world as world_factory
from tests.factories.world import PEOPLE
from tests.support.sweep import Answers, sweep
from tests.support.whole_app import Template, app_on, close
from tracker.core.db import db

FILE = Path(__file__).with_name("authorisation.yml")
GROUPS = {
    "everybody": PEOPLE,
    "signed_in": PEOPLE[1:],
    "every_office": ("staff", "lead", "staff_elsewhere"),
    "office": ("staff", "lead"),
    "every_expert": ("expert", "expert_elsewhere", "former_expert"),
    "every_vendor": ("vendor_member", "vendor_elsewhere", "former_member"),
}
"""Words of the file for several people, the widest first."""
ANSWERS = ("ok", "forbidden", "hidden", "sign-in")


def read() -> dict[str, dict[str, str]]:
    """Read the file: for `METHOD /address` what everybody is answered."""
    lines = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: _expand(key, line) for key, line in lines.items()}


def _expand(key: str, line: Mapping[str, str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    rest = [word for word, people in line.items() if people == "rest"]
    assert set(line) <= set(ANSWERS), f"{key}: {set(line) - set(ANSWERS)} are no answers."
    assert len(rest) <= 1, f"{key}: only one answer can be for the rest."
    for word, people in line.items():
        for name in () if people == "rest" else people.split():
            for person in GROUPS.get(name, (name,)):
                assert person in PEOPLE, f"{key}: nobody is called “{person}”."
                assert person not in answers, f"{key}: {person} is answered twice."
                answers[person] = word
    answers.setdefault("anonymous", "sign-in")
    missing = [person for person in PEOPLE if person not in answers]
    assert rest or not missing, f"{key}: {missing} are not answered."
    return answers | dict.fromkeys(missing, rest[0] if rest else "")


def write_line(key: str, answers: Mapping[str, str]) -> str:
    """Write a line of the file in its shortest words."""
    words = {word: [name for name in PEOPLE if answers[name] == word] for word in dict.fromkeys(answers.values())}
    if answers["anonymous"] == "sign-in":
        words.pop("sign-in")
    several = sorted(words, key=lambda word: (word != "ok", len(words[word])))
    parts = [f"{word}: {_names(words[word])}" for word in several]
    if len(several) > 1:
        parts[-1] = f"{several[-1]}: rest"
    return f'"{key}": {{{", ".join(parts)}}}'


def _names(names: list[str]) -> str:
    left = list(names)
    found = []
    for group, members in GROUPS.items():
        if set(members) <= set(left):
            found.append(group)
            left = [name for name in left if name not in members]
    return " ".join([*found, *left])


def lines_of(answers: Answers) -> dict[str, str]:
    """Write the line of every route as the app answers now."""
    ordered = sorted(answers.all, key=lambda one: (one.rule.rule, one.method))
    return {
        key: write_line(key, {one.person: one.word for one in of_route})
        for key, of_route in groupby(ordered, key=lambda one: one.key)
    }


def propose() -> int:
    """Print the lines that the file lacks, and those that differ."""
    known = read() if FILE.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'world.sqlite'}"
        app = app_on(folder, url)
        with app.app_context():
            db.create_all()
            world = world_factory.build()
        close(app)
        with Template(folder, url, world).copy() as whole:
            for key, line in lines_of(sweep(whole)).items():
                if key not in known or write_line(key, known[key]) != line:
                    sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--propose", action="store_true", required=True, help="print the lines that the file lacks")
    parser.parse_args()
    sys.exit(propose())
