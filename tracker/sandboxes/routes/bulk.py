"""Extending or destroying several sandboxes together: its effect on each is shown before, and told of each after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import audit
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.sandboxes import listing, permissions
from tracker.sandboxes.forms import ExtendManyForm, ManyForm
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.operations import life, removal
from tracker.sandboxes.queries.sandboxes import busy_ids
from tracker.sandboxes.routes.blueprint import bp
from tracker.sandboxes.rules.states import SANDBOX_MOVES, SandboxState
from tracker.web.forms import translate


@dataclass(frozen=True)
class Effect:
    """What would happen to one sandbox, or why nothing would."""

    sandbox: Sandbox
    text: str
    holds: bool


@bp.route("/sandboxes/extend-many", methods=["GET", "POST"])
@requires(permissions.CHANGE_MANY)
def extend_many() -> ResponseReturnValue:
    """Extend all that were ticked."""
    form = ExtendManyForm()
    effects = _extensions(_chosen())
    if form.submitted():
        return _carry_out(effects, lambda one: _extend(one, form))
    return render_template("sandboxes/many.html", form=form, effects=effects, destroys=False)


@bp.route("/sandboxes/destroy-many", methods=["GET", "POST"])
@requires(permissions.CHANGE_MANY)
def destroy_many() -> ResponseReturnValue:
    """Destroy all that were ticked."""
    form = ManyForm()
    effects = _removals(_chosen())
    if form.submitted():
        return _carry_out(effects, lambda one: _destroy(one, form))
    return render_template("sandboxes/many.html", form=form, effects=effects, destroys=True)


def _chosen() -> Sequence[Sandbox]:
    ids = [int(one) for one in request.args.getlist("id") if one.isascii() and one.isdigit() and len(one) < 10]  # noqa: PLR2004 - digits that every id has room for
    return listing.chosen(ids, actor=current_actor())


def _extensions(found: Sequence[Sandbox]) -> list[Effect]:
    actor, effects = current_actor(), []
    for one in found:
        if not can(actor, permissions.CHANGE_SANDBOX, one):
            effects.append(Effect(one, _("You may not change it."), False))
        elif one.state is not SandboxState.RUNNING:
            effects.append(Effect(one, _("It is not running."), False))
        else:
            effects.append(Effect(one, _("It will live longer, as far as its programme allows."), True))
    return effects


def _removals(found: Sequence[Sandbox]) -> list[Effect]:
    actor, effects = current_actor(), []
    busy = busy_ids([one.id for one in found])
    for one in found:
        if not can(actor, permissions.DESTROY_SANDBOX, one):
            effects.append(Effect(one, _("You may not destroy it."), False))
        elif SandboxState.DESTROYING not in SANDBOX_MOVES[one.state]:
            effects.append(Effect(one, _("There is nothing to destroy in this state."), False))
        elif one.id in busy:
            effects.append(Effect(one, _("Another operation of it has not ended."), False))
        else:
            effects.append(Effect(one, _("Everything in it will be removed for good."), True))
    return effects


def _extend(sandbox: Sandbox, form: ExtendManyForm) -> None:
    life.extend_sandbox(sandbox, (form.days.data or 0) * 24, form.reason.data or "", actor=current_actor())


def _destroy(sandbox: Sandbox, form: ManyForm) -> None:
    removal.destroy_sandbox(sandbox, form.reason.data or "", actor=current_actor())


def _carry_out(effects: Sequence[Effect], change: Callable[[Sandbox], object]) -> ResponseReturnValue:
    """Change each on its own, so that one refusal keeps none of the others back, and tell of each."""
    done: list[Effect] = []
    with unit_of_work():
        for effect in effects:
            if not effect.holds:
                done.append(effect)
                continue
            try:
                with audit.apart():
                    change(effect.sandbox)
            except Refused as error:
                done.append(Effect(effect.sandbox, translate(error.message), False))
            else:
                done.append(Effect(effect.sandbox, _("Done."), True))
    return render_template("sandboxes/many_done.html", effects=done, count=sum(one.holds for one in done))
