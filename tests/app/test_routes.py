"""Rules that hold for every route."""

import re

from flask import Flask
from werkzeug.routing import Rule

from tracker.accounts.access import PUBLIC, Permission

WITHOUT_OUR_GUARD = {
    "static": "shipped files, no data",
}
KEBAB = re.compile(
    r"(/(<(int|string|date|path|any\([^)]*\)):[a-z_]+>|[a-z0-9]+(-[a-z0-9]+)*)(\.(csv|ics|pdf|json|html|xlsx))?)*/?"
)


def rules(app: Flask) -> list[Rule]:
    """Give every rule of the app."""
    return list(app.url_map.iter_rules())


def test_every_route_declares_who_may_use_it(made_app: Flask) -> None:
    bare = [
        rule.endpoint
        for rule in rules(made_app)
        if not isinstance(getattr(made_app.view_functions[rule.endpoint], "required_permission", None), Permission)
        and rule.endpoint not in WITHOUT_OUR_GUARD
    ]
    assert bare == []


def test_no_listed_exception_has_gone(made_app: Flask) -> None:
    assert set(WITHOUT_OUR_GUARD) <= {rule.endpoint for rule in rules(made_app)}


def test_addresses_are_kebab_case_with_typed_values(made_app: Flask) -> None:
    odd = [rule.rule for rule in rules(made_app) if rule.endpoint != "static" and not KEBAB.fullmatch(rule.rule)]
    assert odd == []


def test_permissions_have_one_meaning_each(made_app: Flask) -> None:
    seen: dict[str, Permission] = {}
    for view in made_app.view_functions.values():
        permission = getattr(view, "required_permission", PUBLIC)
        assert seen.setdefault(permission.name, permission) is permission, permission.name


def test_every_view_says_in_a_sentence_what_it_does(made_app: Flask) -> None:
    silent = [
        name
        for name, view in made_app.view_functions.items()
        if name not in WITHOUT_OUR_GUARD and not (view.__doc__ or "").strip().endswith(".")
    ]
    assert silent == []
