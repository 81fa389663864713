"""Asking for a sandbox, and changing what was asked for."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import current_actor, requires
from tracker.core.counts import shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.journey.models import Engagement
from tracker.journey.queries import get_engagement
from tracker.sandboxes import catalogue, permissions
from tracker.sandboxes.catalogue import Template
from tracker.sandboxes.forms import RequestForm, request_form
from tracker.sandboxes.listing import SandboxFilter
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.operations import requests
from tracker.sandboxes.prefill import Recommendation, recommended
from tracker.sandboxes.queries import figures, sandboxes
from tracker.sandboxes.routes.blueprint import bp


@bp.route("/sandboxes/new")
@requires(permissions.START_REQUEST)
def choose() -> ResponseReturnValue:
    """Choose the engagement that a sandbox is for; the only one is not asked for."""
    asked = request.args
    words = SandboxFilter.read(asked).words
    page = sandboxes.engagements_to_ask_for(
        words, after=asked.get("after"), before=asked.get("before"), actor=current_actor()
    )
    cases = [row[0] for row in page.rows]
    if len(cases) == 1 and not (words or page.before):
        return redirect(url_for(".ask", engagement_id=cases[0].id))
    total = shown_count(sandboxes.count_to_ask_for(words, actor=current_actor()))
    return render_template("sandboxes/choose.html", cases=cases, page=page, words=words, total=total)


@bp.route("/engagements/<int:engagement_id>/sandboxes/new", methods=["GET", "POST"])
@requires(permissions.REQUEST_SANDBOX, on=get_engagement)
def ask(engagement: Engagement) -> ResponseReturnValue:
    """Ask for a sandbox, filled with what the assessment recommends."""
    advice = recommended(engagement, current_actor())
    template = _template(advice.template if advice is not None else "")
    form = _form(engagement, template, advice)
    if form.submitted():
        try:
            with unit_of_work():
                sandbox = requests.request_sandbox(engagement, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Asked for. Its plan is being made; then it waits for approval by a second person."))
            return redirect(url_for(".show", sandbox_id=sandbox.id), 303)
    return _show(engagement, template, form, advice)


@bp.route("/sandboxes/<int:sandbox_id>/change", methods=["GET", "POST"])
@requires(permissions.CHANGE_SANDBOX, on=sandboxes.get_sandbox)
def change(sandbox: Sandbox) -> ResponseReturnValue:
    """Change what was asked for; the plan is made anew."""
    template = _template(sandbox.template)
    advice = recommended(sandbox.engagement, current_actor())
    form = _form(sandbox.engagement, template, advice, sandbox)
    if form.submitted():
        try:
            with unit_of_work():
                requests.change_request(sandbox, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Changed. The plan is made anew; an earlier one cannot be approved any more."))
            return redirect(url_for(".show", sandbox_id=sandbox.id), 303)
    return _show(sandbox.engagement, template, form, advice, sandbox)


@bp.route("/sandboxes/<int:sandbox_id>/plan-again", methods=["POST"])
@requires(permissions.CHANGE_SANDBOX, on=sandboxes.get_sandbox)
def plan_again(sandbox: Sandbox) -> ResponseReturnValue:
    """Have the plan made anew."""
    with unit_of_work():
        requests.plan_again(sandbox, actor=current_actor())
    flash(_("A new plan is being made."))
    return redirect(url_for(".show", sandbox_id=sandbox.id), 303)


@bp.route("/sandboxes/<int:sandbox_id>/withdraw", methods=["POST"])
@requires(permissions.CHANGE_SANDBOX, on=sandboxes.get_sandbox)
def withdraw(sandbox: Sandbox) -> ResponseReturnValue:
    """Take a request back."""
    with unit_of_work():
        requests.withdraw_request(sandbox, actor=current_actor())
    flash(_("Withdrawn. Nothing was built."))
    return redirect(url_for(".show", sandbox_id=sandbox.id), 303)


def _template(usual: str) -> Template:
    offered = catalogue.shipped()
    return offered.find(request.args.get("template", "")) or offered.find(usual) or offered.templates[0]


def _form(
    engagement: Engagement, template: Template, advice: Recommendation | None, stored: Sandbox | None = None
) -> RequestForm:
    fits = advice is not None and advice.template == template.id
    return request_form(
        template,
        sandboxes.accounts(),
        requests.limits_for(engagement),
        stored=stored,
        recommended=advice.parameters if advice is not None and fits else None,
    )


def _show(
    engagement: Engagement,
    template: Template,
    form: RequestForm,
    advice: Recommendation | None,
    stored: Sandbox | None = None,
) -> ResponseReturnValue:
    return render_template(
        "sandboxes/request.html",
        engagement=engagement,
        form=form,
        template=template,
        templates=catalogue.shipped().templates,
        advice=advice,
        used=figures.used_by(engagement, template.cloud, besides=stored.id if stored is not None else None),
        limits=requests.limits_for(engagement),
        sandbox=stored,
    )
