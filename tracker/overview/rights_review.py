"""The review of rights: everybody whose rights nobody has looked at for months, to keep or to end."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from tracker.accounts import operations
from tracker.accounts.access import Permission, current_actor, has_role, requires
from tracker.accounts.models import User
from tracker.accounts.permissions import MANAGE_PERSON
from tracker.accounts.queries import BY_NAME, get_person, to_review
from tracker.accounts.rules import Role
from tracker.core import keyset
from tracker.core.content import names
from tracker.core.counts import capped_count, shown_count
from tracker.core.db import session, unit_of_work
from tracker.core.text import N_
from tracker.journey.models import Assignment
from tracker.overview.upkeep import review_limit
from tracker.programmes.models import Programme, ProgrammeMember
from tracker.vendors.models import Membership, Organisation

bp = Blueprint("rights", __name__, template_folder="templates")

REVIEW_RIGHTS = Permission(
    "accounts.review", N_("Review other people's rights"), (has_role(Role.ADMINISTRATOR, Role.LEAD),)
)


@bp.route("/admin/rights-review")
@requires(REVIEW_RIGHTS)
def index() -> ResponseReturnValue:
    """List the people whose rights wait for a review, with all that they may reach."""
    settings = current_app.config["SETTINGS"]
    statement = to_review(review_limit(settings), actor=current_actor())
    page = keyset.read_page(statement, BY_NAME, after=request.args.get("after"), before=request.args.get("before"))
    people = [row[0] for row in page.rows]
    return render_template(
        "overview/rights_review.html",
        people=people,
        reach=reach_of([person.id for person in people]),
        page=page,
        total=shown_count(capped_count(statement.with_only_columns(User.id))),
        months=settings.rights_review_months,
    )


@bp.route("/admin/people/<int:user_id>/keep-rights", methods=["POST"])
@requires(MANAGE_PERSON, on=get_person)
def keep(user: User) -> ResponseReturnValue:
    """Note that a person's rights were looked at and kept."""
    name = user.name
    with unit_of_work():
        operations.keep_rights(user, actor=current_actor())
    flash(_("The rights of %(name)s are kept.", name=name))
    return redirect(url_for(".index"), 303)


def reach_of(user_ids: Sequence[int]) -> dict[int, list[str]]:
    """Say of each person what their roles reach: vendors, programme years, how many engagements."""
    found: dict[int, list[str]] = {user_id: [] for user_id in user_ids}
    language = g.get("language", "zh-Hant")
    for row in _rows(
        select(Membership.user_id, Organisation.name_zh, Organisation.name_en)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.user_id.in_(user_ids), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ):
        found[row.user_id].append(names(row.name_zh, row.name_en).of(language))
    for row in _rows(
        select(ProgrammeMember.user_id, Programme.roc_year, Programme.name_zh, Programme.name_en)
        .join(Programme, Programme.id == ProgrammeMember.programme_id)
        .where(ProgrammeMember.user_id.in_(user_ids), ProgrammeMember.ended_at.is_(None))
        .order_by(ProgrammeMember.id)
    ):
        found[row.user_id].append(f"{row.roc_year} {names(row.name_zh, row.name_en).of(language)}")
    for row in _rows(
        select(Assignment.user_id, func.count().label("number"))
        .where(Assignment.user_id.in_(user_ids), Assignment.ended_at.is_(None))
        .group_by(Assignment.user_id)
    ):
        found[row.user_id].append(_("%(number)s engagements", number=row.number))
    return found


def _rows(statement: Any) -> Sequence[Any]:
    return session().execute(statement).all()
