"""Flask as the product runs it: with a short way to what one page asks for a hundred times."""

import secrets
from collections.abc import MutableMapping
from types import FunctionType, MethodType
from typing import Any, cast

from flask import Flask, has_app_context, request
from flask.templating import Environment
from jinja2 import BaseLoader, Template, nodes
from jinja2 import Environment as JinjaEnvironment
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_plain  # type: ignore[attr-defined]  # the fast part of `escape`

from tracker.web import texts

MOST_PATTERNS = 4096
"""How many patterns of addresses a process remembers before it begins anew."""
STAND_IN = 10**9 + secrets.randbelow(10**9)
"""Stands where a number will, while the pattern of an address is made; nobody can write it into a text on purpose."""


class _TextsInPlace(NodeTransformer):
    """Puts the reader's words where a template says a text that never changes, so that no page looks them up."""

    def __init__(self, catalogue: texts.Catalogue) -> None:
        self.catalogue = catalogue

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - the name is the library's
        """Replace `_("A text")`; one with values is said when they are known."""
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="_"),
                args=[nodes.Const(value=str() as msgid)],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return nodes.Const(self.catalogue[msgid], lineno=node.lineno, environment=node.environment)
        return node


class ProductContext(Context):
    """Jinja's context with a short way to call what pages call most: macros, and plain functions that ask nothing of it."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - the library's names leave all others to the template
        """Call as Jinja does, without looking again at each call whether the callee wants the context."""
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif (kind is not FunctionType and kind is not MethodType) or hasattr(__obj, "jinja_pass_arg"):
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        try:
            return __obj(*args, **kwargs)
        except StopIteration:
            return __self.environment.undefined("A value was undefined because a callable raised StopIteration.")


def shown(value: object) -> str:
    """Escape a value that goes straight into the page; unlike `escape` it makes no Markup of what is only joined."""
    if type(value) is str:
        return escape_plain(value)
    return value if type(value) is Markup else escape(value)


class ProductTemplate(Template):
    """A compiled template whose output is escaped by `shown`."""

    @classmethod
    def _from_namespace(
        cls,
        environment: JinjaEnvironment,
        namespace: MutableMapping[str, Any],
        globals: MutableMapping[str, Any],  # noqa: A002 - the name is the library's
    ) -> Template:
        namespace["escape"] = shown
        return super()._from_namespace(environment, namespace, globals)


class ProductEnvironment(Environment):
    """Jinja with a compiled template for each language, and without a map of globals for each: ours bring none."""

    context_class = ProductContext
    template_class = ProductTemplate

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin with no template."""
        super().__init__(*args, **options)
        self._by_language: dict[tuple[str, str], Template] = {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        if not has_app_context():  # a template that is only read, for nobody
            return parsed
        return cast(nodes.Template, _TextsInPlace(texts.catalogue()).visit(parsed))

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - the name is the library's
        key = (texts.catalogue().language, name)
        found = self._by_language.get(key)
        if found is None or (self.auto_reload and not found.is_up_to_date):
            loader = cast(BaseLoader, self.loader)
            found = self._by_language[key] = loader.load(self, name, self.make_globals(globals))
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give the globals that all templates share; they stand when the first template is read."""
        return super().make_globals(d) if d else self.globals


class Product(Flask):
    """The app; it remembers the patterns of the addresses that it has built, since routes do not change while it runs."""

    jinja_environment = ProductEnvironment

    def __init__(self, *args: Any, **values: Any) -> None:
        """Begin with no pattern."""
        super().__init__(*args, **values)
        self._patterns: dict[tuple[object, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Give the address of an endpoint, as Flask does."""
        try:
            shape: list[object] = [request.script_root, endpoint]
        except RuntimeError:  # outside of a request
            return super().url_for(endpoint, **values)
        numbers: dict[str, int] = {}
        for name, value in values.items():
            if type(value) is int:  # a bool equals a number, but is written otherwise
                numbers[name] = value
                shape.append(name)
            elif type(value) is str and name != "_scheme":
                shape.append((name, value))
            elif value is not None:
                return super().url_for(endpoint, **values)
        if endpoint.startswith("."):
            shape.append(request.endpoint)
        key = tuple(shape)
        pattern = self._patterns.get(key)
        if pattern is None:
            if len(self._patterns) >= MOST_PATTERNS:
                self._patterns.clear()
            pattern = self._patterns[key] = self._pattern(endpoint, values, tuple(numbers))
        return pattern.format(**numbers) if numbers else pattern

    def _pattern(self, endpoint: str, given: dict[str, Any], numbers: tuple[str, ...]) -> str:
        """Give an address with the names of its numbers in braces, which no address has otherwise."""
        stand_ins = {name: STAND_IN + place for place, name in enumerate(numbers)}
        pattern = super().url_for(endpoint, **(given | stand_ins))
        for name, stand_in in stand_ins.items():
            pattern = pattern.replace(str(stand_in), f"{{{name}}}")
        return pattern
