"""The proof of concept of an engagement: begun, read and written."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.journey.models import Engagement
from tracker.journey.queries import get_engagement
from tracker.journey.rules import EngagementState
from tracker.poc import permissions, queries
from tracker.poc.forms.pocs import ArchitectureForm, PocForm, RelatedForm, WhyForm
from tracker.poc.foundations import basis_of, grounds_of
from tracker.poc.models import Poc, RelatedParty
from tracker.poc.operations import pocs as operations
from tracker.poc.queries.camps import places_of
from tracker.poc.queries.funding import get_related, related_parties, totals_of
from tracker.poc.queries.pocs import find_poc_of, measures_of, milestones_of
from tracker.poc.routes.blueprint import bp, form_page, is_workable
from tracker.poc.rulebook import terms_of
from tracker.poc.rules.file import change_in_percent
from tracker.web.places import page_of


@bp.route("/engagements/<int:engagement_id>/poc", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=get_engagement)
def begin(engagement: Engagement) -> ResponseReturnValue:
    """Begin the proof of concept of an engagement, or go to the one that it has."""
    held = find_poc_of(engagement)
    if held is not None:
        return redirect(url_for(".show", poc_id=held.id), 303)
    terms = terms_of(engagement.programme)
    first = max(engagement.anchor_on, terms.year.starts_on)
    form = PocForm(starts_on=first, ends_on=terms.year.ends_on)
    if form.submitted():
        try:
            with unit_of_work():
                poc = operations.begin_poc(engagement, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("The proof of concept has begun. Add measures and milestones next."))
            return redirect(url_for(".show", poc_id=poc.id), 303)
    return form_page(
        "poc/begin.html", form, engagement=engagement, is_active=engagement.state is EngagementState.ACTIVE
    )


@bp.route("/pocs/<int:poc_id>")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def show(poc: Poc) -> ResponseReturnValue:
    """Show what a proof of concept is about, and how far it has come."""
    actor = current_actor()
    return render_template(
        "poc/show.html",
        poc=poc,
        totals=totals_of(poc),
        measures=[(one, change_in_percent(one.baseline, one.result)) for one in measures_of(poc)],
        milestones=milestones_of(poc),
        today=clock.today(),
        assessment_url=page_of("assessment", poc.assessment_id) if poc.assessment_id is not None else None,
        grounds=grounds_of(poc.engagement, actor),
        camps=places_of(poc, actor=actor),
        may_keep=is_workable(poc) and can(actor, permissions.KEEP_POC, poc),
        may_recommend=is_workable(poc) and can(actor, permissions.RECOMMEND_ARCHITECTURE, poc),
    )


@bp.route("/pocs/<int:poc_id>/edit", methods=["GET", "POST"])
@requires(permissions.KEEP_POC, on=queries.get_poc)
def edit(poc: Poc) -> ResponseReturnValue:
    """Change what a proof of concept is about."""
    form = PocForm(obj=poc)
    if form.submitted():
        try:
            with unit_of_work():
                operations.change_poc(poc, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show", poc_id=poc.id), 303)
    return form_page(
        "poc/edit.html",
        form,
        poc=poc,
    )


@bp.route("/pocs/<int:poc_id>/architecture", methods=["GET", "POST"])
@requires(permissions.RECOMMEND_ARCHITECTURE, on=queries.get_poc)
def architecture(poc: Poc) -> ResponseReturnValue:
    """Recommend the architecture of a proof of concept."""
    basis = basis_of(poc.engagement, current_actor())
    form = ArchitectureForm(obj=poc, takes_basis=True).offer(has_basis=basis is not None)
    if form.submitted():
        try:
            with unit_of_work():
                operations.recommend_architecture(
                    poc,
                    form.architecture.data or "",
                    basis if form.wants_basis else None,
                    version=form.read_version(),
                    actor=current_actor(),
                )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved. The vendor was told."))
            return redirect(url_for(".show", poc_id=poc.id), 303)
    return form_page("poc/architecture.html", form, poc=poc, basis=basis)


@bp.route("/pocs/<int:poc_id>/related-parties", methods=["GET", "POST"])
@requires(permissions.DECLARE_RELATED, on=queries.get_poc)
def related(poc: Poc) -> ResponseReturnValue:
    """Name the related parties of a vendor."""
    form = RelatedForm()
    if form.submitted():
        try:
            with unit_of_work():
                operations.declare_related(poc, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Named. What this party is paid is flagged."))
            return redirect(url_for(".related", poc_id=poc.id), 303)
    return form_page("poc/related.html", form, poc=poc, parties=related_parties(poc))


@bp.route("/related-parties/<int:party_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.DECLARE_RELATED, on=get_related)
def withdraw_related(party: RelatedParty) -> ResponseReturnValue:
    """Say that a party is not related after all."""
    form = WhyForm()
    if form.submitted():
        try:
            with unit_of_work():
                operations.withdraw_related(party, form.text, actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".related", poc_id=party.poc_id), 303)
    return form_page(
        "poc/withdraw_related.html",
        form,
        poc=party.poc,
        party=party,
    )
