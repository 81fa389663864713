"""Flask as the product runs it: with a short way to what one page asks for a hundred times."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask, has_request_context, request
from flask.templating import Environment

MOST_ADDRESSES = 4096
"""How many addresses a process remembers before it begins anew."""
PLAIN = frozenset({int, str})
"""Types whose values stand for themselves in an address; a bool equals a number, but is written otherwise."""


class ProductEnvironment(Environment):
    """Jinja, without a map of globals of its own for each template: ours bring none."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the globals that all templates share; they stand when the first template is read."""
        return super().make_globals(d) if d else self.globals


class Product(Flask):
    """The app; it remembers the addresses that it has built, since routes do not change while it runs."""

    jinja_environment = ProductEnvironment

    def __init__(self, *args: Any, **values: Any) -> None:
        """Begin with no address."""
        super().__init__(*args, **values)
        self._addresses: dict[tuple[object, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Give the address of an endpoint, as Flask does."""
        given = {name: value for name, value in values.items() if value is not None}
        plain = all(type(value) in PLAIN for value in given.values())  # also no `_external`
        if not plain or "_scheme" in given or not has_request_context():
            return super().url_for(endpoint, **values)
        seen_from = request.endpoint if endpoint.startswith(".") else None
        key = (request.script_root, seen_from, endpoint, *given.items())
        known = self._addresses.get(key)
        if known is None:
            known = super().url_for(endpoint, **values)
            self._remember(key, known)
        return known

    def _remember(self, key: tuple[object, ...], address: str) -> None:
        if len(self._addresses) >= MOST_ADDRESSES:
            self._addresses.clear()
        self._addresses[key] = address
