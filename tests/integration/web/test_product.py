"""The short ways that pages take through the libraries give what the libraries give."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import pass_context, pass_eval_context
from markupsafe import Markup, escape

from tracker.web.product import shown


class Word(str):
    """A text of another type."""

    __slots__ = ()


class Marked:
    """Something that writes itself."""

    def __html__(self) -> str:
        """Give markup."""
        return "<em>好</em>"


@given(st.text())
def test_a_text_is_escaped_as_the_library_escapes_it(text: str) -> None:
    assert shown(text) == str(escape(text))


@pytest.mark.parametrize("value", [None, 7, Word("<a>"), Marked(), Markup("<b>&amp;</b>"), ["<", "&"]])
def test_other_values_are_shown_as_the_library_shows_them(value: Any) -> None:
    assert shown(value) == str(escape(value))


def test_a_function_that_wants_its_surroundings_gets_them(app: Flask) -> None:
    @pass_context
    def word(context: Any, name: str) -> str:
        return str(context[name])

    @pass_eval_context
    def escapes(surroundings: Any) -> bool:
        return bool(surroundings.autoescape)

    with app.app_context():
        template = app.jinja_env.from_string("{{ word('x') }} {{ escapes() }} {{ plain(2) }} {{ made()|length }}")
        given_ = {"word": word, "escapes": escapes, "plain": lambda n: n + 1, "made": dict, "x": "<"}
        assert template.render(**given_) == "&lt; True 3 0"


def test_an_iterator_that_is_at_its_end_shows_nothing(app: Flask) -> None:
    with app.app_context():
        assert app.jinja_env.from_string("[{{ end() }}]").render(end=lambda: next(iter(()))) == "[]"


def test_a_macro_in_a_loop_sees_what_it_is_given(app: Flask) -> None:
    source = "{% macro cell(text, tone='plain') %}<td class={{ tone }}>{{ text }}{% if caller %}{{ caller() }}{% endif %}</td>{% endmacro %}"
    with app.app_context():
        page = app.jinja_env.from_string(
            source
            + "{% for one in rows %}{{ cell(one) }}{% call cell(one, tone='x') %}!{{ loop.index }}{% endcall %}{% endfor %}"
        )
        assert page.render(rows=["<"]) == "<td class=plain>&lt;</td><td class=x>&lt;!1</td>"
