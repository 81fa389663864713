"""Texts of the catalogues: Flask-Babel's, without its long way to the catalogue at each of a page's hundred texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, has_request_context
from flask_babel import Domain, get_babel, get_locale
from markupsafe import Markup

CATALOGUES = "cloudsteps-catalogues"
_found: ContextVar["Catalogue | None"] = ContextVar("cloudsteps_texts", default=None)


class Catalogue(dict[str, Markup]):
    """A language's texts as pages say them, each looked up once; there are no more than the product has sentences."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        """Begin with no text."""
        super().__init__()
        self.language, self.translations = language, translations

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
        if found is not None:
            return found
        locale = get_locale()
        if locale not in self._by_locale:
            translations = NullTranslations() if locale is None else super().get_translations()
            self._by_locale[locale] = Catalogue(str(locale), translations)
        if has_request_context():
            _found.set(self._by_locale[locale])
        return self._by_locale[locale]


def set_up(app: Flask) -> None:
    """Let templates say texts by the catalogue that the request has found once."""
    get_babel(app).instance.domain_instance = app.extensions[CATALOGUES] = Catalogues()
    app.before_request(forget)
    app.teardown_request(forget)
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = say


def catalogue() -> Catalogue:
    """Give the texts in the reader's language."""
    found = _found.get()
    if found is None:
        catalogues: Catalogues = current_app.extensions[CATALOGUES]
        found = catalogues.catalogue()
    return found


def say(msgid: str, **values: object) -> Markup:
    """Say a text in the reader's language; values are escaped, as Jinja's own extension does."""
    text = catalogue()[msgid]
    return text % values if values else text


def gettext(msgid: str, **values: object) -> str:
    """Say a text in the reader's language from Python; as of Flask-Babel, the values are not escaped."""
    text = str(catalogue()[msgid])
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int) -> str:
    """Say a text with a number in the reader's language."""
    text: str = catalogue().translations.ungettext(singular, plural, num)
    return text % {"num": num}


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
