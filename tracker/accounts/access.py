"""Who may do what: the actor, permissions as "any of these predicates", and the guard of each view."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from flask import abort, g
from flask.typing import ResponseReturnValue
from sqlalchemy import CompoundSelect, Integer, Select, String, bindparam, literal, select, union_all
from sqlalchemy import cast as sql_cast

from tracker.accounts.models import RoleGrant, User
from tracker.accounts.rules import OFFICE, Role
from tracker.accounts.sessions import this_session
from tracker.core.db import read, session
from tracker.core.errors import NotAllowed, NotFound
from tracker.core.text import N_


@dataclass(frozen=True)
class Actor:
    """Whoever acts, with the rights as they stand at this request.

    `scopes` holds ids by name: `programme` (an office member's programmes), `organisation` (a vendor member's own),
    `engagement` (an expert's assignments).
    """

    user_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    scopes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    language: str = "zh-Hant"

    @property
    def is_authenticated(self) -> bool:
        """Tell whether a person has signed in."""
        return self.user_id is not None

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_office(self) -> bool:
        """Tell whether the actor belongs to the programme office."""
        return not self.roles.isdisjoint(OFFICE)

    def scope(self, name: str) -> frozenset[int]:
        """Give the ids that the actor's rights of this name reach."""
        return self.scopes.get(name, frozenset())

    @functools.cached_property
    def parameters(self) -> dict[str, Any]:
        """Give the values of a statement that was written for every actor with these roles."""
        reach = {f"reader_{name}": sorted(self.scope(name)) for name in (*_scope_queries, *self.scopes)}
        return {"reader": self.user_id, **reach}


SYSTEM = Actor(user_id=None, name="CloudSteps")
"""The product itself: schedules, imports of shipped content."""
ANONYMOUS = Actor(user_id=None, name="")


SHAPES = 512
"""How many statements of one kind a process remembers."""


class AnyActor(Actor):
    """Stands for every actor with the same roles while a statement is written: its ids are parameters without values."""

    def __init__(self, roles: frozenset[Role], *, is_known: bool) -> None:
        """Take the roles, and whether somebody has signed in; no id is known here, so that none can get into the statement."""
        reader = cast(int, bindparam("reader", type_=Integer)) if is_known else None
        super().__init__(reader, "", roles)

    def scope(self, name: str) -> frozenset[int]:
        """Give the parameter for the ids."""
        return cast("frozenset[int]", bindparam(f"reader_{name}", type_=Integer, expanding=True))


_written: list[dict[object, Any]] = []
S = TypeVar("S")
P = ParamSpec("P")


def for_actors(write: Callable[Concatenate[Actor, P], S]) -> Callable[Concatenate[Actor, P], S]:
    """Write a statement once for all actors with the same roles, since writing takes longer than many a query.

    Further arguments say of what shape it is, and are few. It is executed with `actor.parameters`; without them the database is
    not asked at all.
    """
    statements: dict[object, S] = {}
    _written.append(statements)

    @functools.wraps(write)
    def written(actor: Actor, /, *shape: P.args, **named: P.kwargs) -> S:
        key = (actor is SYSTEM, actor.is_authenticated, actor.roles, shape, *named.items())
        if key not in statements:
            if len(statements) >= SHAPES:
                statements.clear()
            any_actor = SYSTEM if actor is SYSTEM else AnyActor(actor.roles, is_known=actor.is_authenticated)
            statements[key] = write(any_actor, *shape, **named)
        return statements[key]

    return written


Predicate = Callable[[Actor, Any], bool]
ScopeQuery = Callable[[Any], Select[int]]
"""Given a person's id, or the parameter that stands for it, selects the ids that a right reaches."""
_scope_queries: dict[str, ScopeQuery] = {}


def register_scope(name: str, query: ScopeQuery) -> None:
    """Let a feature add the ids that a person's rights reach; called from `app.py`."""
    _scope_queries[name] = query
    _rights_statement.cache_clear()
    for statements in _written:  # another app of this process may work on another database
        statements.clear()


@dataclass(frozen=True)
class Permission:
    """A right, in a sentence, that any one of the predicates gives."""

    name: str
    sentence: str
    any_of: tuple[Predicate, ...]


def has_role(*roles: Role) -> Predicate:
    """Give a predicate that is true for holders of one of the roles."""

    def holds(actor: Actor, _subject: Any) -> bool:
        return actor.has(*roles)

    return holds


def signed_in(actor: Actor, _subject: Any) -> bool:
    """Tell whether somebody has signed in."""
    return actor.is_authenticated


def anyone(_actor: Actor, _subject: Any) -> bool:
    """Let everybody in."""
    return True


PUBLIC = Permission("public", N_("Open to everybody"), (anyone,))
SIGNED_IN = Permission("signed_in", N_("Open to everybody who has signed in"), (signed_in,))
ADMINISTER = Permission(
    "accounts.administer", N_("Manage accounts and the running of the product"), (has_role(Role.ADMINISTRATOR),)
)


def can(actor: Actor, permission: Permission, subject: Any = None) -> bool:
    """Tell whether the actor holds the permission on the subject."""
    return any(predicate(actor, subject) for predicate in permission.any_of)


def load_actor(user_id: int) -> Actor:
    """Read a person's rights as they stand now; a person who may not sign in any more has none."""
    work = session()
    row = work.execute(select(User.name, User.language).where(User.id == user_id, User.active)).one_or_none()
    return _with_rights(user_id, row.name, row.language) if row is not None else ANONYMOUS


def _with_rights(user_id: int, name: str, language: str) -> Actor:
    """Read roles and scopes of a person in one query."""
    roles: set[Role] = set()
    scopes: dict[str, set[int]] = {name: set() for name in _scope_queries}
    for kind, value in read(_rights_statement(), {"user_id": user_id}).all():
        if kind == "role":
            roles.add(Role(value))
        else:
            scopes[kind].add(int(value))
    return Actor(user_id, name, frozenset(roles), {k: frozenset(v) for k, v in scopes.items()}, language)


@functools.cache
def _rights_statement() -> CompoundSelect[str, str]:
    """Write the query of all roles and scopes, once per process: it runs at every request."""
    user_id = bindparam("user_id", type_=Integer)
    selects: list[Any] = [select(literal("role"), sql_cast(RoleGrant.role, String)).where(RoleGrant.user_id == user_id)]
    selects += [
        select(literal(name), sql_cast(query(user_id).subquery().columns[0], String))
        for name, query in _scope_queries.items()
    ]
    return union_all(*selects)


def current_actor() -> Actor:
    """Give whoever makes this request, rights read at this request."""
    if "actor" not in g:
        reader = this_session().reader
        g.actor = _with_rights(reader.id, reader.name, reader.language) if reader is not None else ANONYMOUS
    return cast(Actor, g.actor)


View = Callable[..., ResponseReturnValue]


def requires(permission: Permission, *, on: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Guard a view by a permission; with `on`, load its subject first and hand it over as the first argument.

    The loader takes the URL values that it names, and `actor`; it answers only what the actor may know of (else NotFound).
    The permission stays on the view as `required_permission`, for navigation and for the test of all routes.
    """
    wanted = [name for name in inspect.signature(on).parameters if name != "actor"] if on is not None else []

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            actor = current_actor()
            if permission is not PUBLIC and not actor.is_authenticated:
                return cast(ResponseReturnValue, abort(401))
            if on is None:
                if not can(actor, permission):
                    raise NotAllowed(N_("Your role does not include this: %(right)s."), right=permission.sentence)
                return view(**values)
            subject = on(**{name: values.pop(name) for name in wanted if name in values}, actor=actor)
            if subject is None:
                raise NotFound
            if not can(actor, permission, subject):
                raise NotAllowed(N_("Your role does not include this: %(right)s."), right=permission.sentence)
            return view(subject, **values)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return decorate
