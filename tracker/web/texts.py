"""Texts of the catalogues: Flask-Babel's, without its long way to the catalogue at each of a page's hundred texts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import Domain, get_babel, get_locale, get_translations
from markupsafe import Markup

_lookup: ContextVar[Callable[[str], str] | None] = ContextVar("cloudsteps_texts", default=None)


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel is without types
    """The catalogues by language; Flask-Babel's own writes out the language's name at every text to find its catalogue."""

    def __init__(self) -> None:
        """Begin with no catalogue."""
        super().__init__()
        self._by_locale: dict[Locale, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Give the catalogue of the reader's language."""
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        if locale not in self._by_locale:
            self._by_locale[locale] = super().get_translations()
        return self._by_locale[locale]


def set_up(app: Flask) -> None:
    """Let templates say texts by the catalogue that the request has found once."""
    get_babel(app).instance.domain_instance = Catalogues()
    app.before_request(begin)
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = say


def begin() -> None:
    """Forget the catalogue of the request before, whose reader may have had another language."""
    _lookup.set(None)


@contextmanager
def afresh() -> Iterator[None]:
    """Find the catalogue anew inside the block, for a text in the language of its reader."""
    token = _lookup.set(None)
    try:
        yield
    finally:
        _lookup.reset(token)


def say(msgid: str, **values: object) -> Markup:
    """Say a text in the reader's language; values are escaped, as Jinja's own extension does."""
    lookup = _lookup.get()
    if lookup is None:
        lookup = get_translations().gettext
        _lookup.set(lookup)
    text = Markup(lookup(msgid))  # noqa: S704 - texts of our own catalogues
    return text % values if values else text
