"""Texts of the catalogues: Flask-Babel's, without its long way to the catalogue at each of a page's hundred texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, has_request_context
from flask_babel import Domain, get_babel, get_locale
from markupsafe import Markup

_found: ContextVar["Catalogue | None"] = ContextVar("cloudsteps_texts", default=None)


class Catalogue(dict[str, Markup]):
    """A language's texts as pages say them, each looked up once; there are no more than the product has sentences."""

    def __init__(self, translations: NullTranslations) -> None:
        """Begin with no text."""
        super().__init__()
        self.translations = translations

    def __missing__(self, msgid: str) -> Markup:
        """Look up a text of our own catalogues."""
        text = self[msgid] = Markup(self.translations.gettext(msgid))  # noqa: S704 - texts of our own catalogues
        return text


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel is without types
    """The catalogues by language; Flask-Babel's own writes out the language's name at every text to find its catalogue."""

    def __init__(self) -> None:
        """Begin with no catalogue."""
        super().__init__()
        self._by_locale: dict[Locale | None, Catalogue] = {}

    def get_translations(self) -> NullTranslations:
        """Give the catalogue of the reader's language."""
        return self.catalogue().translations

    def catalogue(self) -> Catalogue:
        """Give the texts in the reader's language; a request finds them once."""
        found = _found.get()
        if found is None:
            locale = get_locale()
            if locale not in self._by_locale:
                translations = NullTranslations() if locale is None else super().get_translations()
                self._by_locale[locale] = Catalogue(translations)
            found = self._by_locale[locale]
            if has_request_context():
                _found.set(found)
        return found


def set_up(app: Flask) -> None:
    """Let templates say texts by the catalogue that the request has found once."""
    catalogues = get_babel(app).instance.domain_instance = Catalogues()
    app.before_request(forget)
    app.teardown_request(forget)

    def say(msgid: str, **values: object) -> Markup:
        """Say a text in the reader's language; values are escaped, as Jinja's own extension does."""
        text = catalogues.catalogue()[msgid]
        return text % values if values else text

    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = say


def forget(_error: BaseException | None = None) -> None:
    """Forget the catalogue of the request before, whose reader may have had another language."""
    _found.set(None)


@contextmanager
def afresh() -> Iterator[None]:
    """Find the catalogue anew inside the block, for a text in the language of its reader."""
    token = _found.set(None)
    try:
        yield
    finally:
        _found.reset(token)
