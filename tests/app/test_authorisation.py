"""Every route answers everybody as `authorisation.yml` says, and every question of the file has a route."""

from tests.app import authorisation
from tests.support.sweep import Answers


def test_every_route_and_method_has_its_line_and_every_line_its_route(answers: Answers) -> None:
    asked, listed = {one.key for one in answers.all}, set(authorisation.read())
    assert asked - listed == set(), "Run `python -m tests.app.authorisation --propose` and review its lines."
    assert listed - asked == set(), "These lines have no route any more: take them out."


def test_everybody_is_answered_as_the_file_says(answers: Answers) -> None:
    expected = authorisation.read()
    differing = {
        f"{one.key} as {one.person}": f"{one.word}, not {wanted}"
        for one in answers.all
        if one.key in expected and one.word != (wanted := expected[one.key][one.person])
    }
    assert differing == {}
