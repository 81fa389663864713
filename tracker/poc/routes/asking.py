"""Asking customers to confirm: links mailed and revoked, signed forms handed in and verified by phone."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import keyset
from tracker.core.counts import capped_count, shown_count
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.core.keyset import Sort
from tracker.poc import permissions, trial_papers
from tracker.poc.forms.confirmation import CallForm, PaperForm, with_questions
from tracker.poc.forms.trials import ReasonForm, RecipientForm
from tracker.poc.models import ConfirmationLink, Trial, TrialConfirmation
from tracker.poc.operations import links as link_operations
from tracker.poc.operations import papers as paper_operations
from tracker.poc.queries import trials as queries
from tracker.poc.routes.blueprint import bp, language
from tracker.poc.rules.confirmation import ConfirmationState
from tracker.poc.rules.trials import FACT_LABELS
from tracker.web.saving import save

OLDEST_FIRST = Sort((TrialConfirmation.id,))


@bp.route("/trials/<int:trial_id>/ask", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=queries.get_trial)
def ask_customer(trial: Trial) -> ResponseReturnValue:
    """Mail the customer a link to confirm the trial, or a new one in place of the last."""
    form = RecipientForm(name=trial.contact_name, email=trial.contact_email)
    if form.submitted() and save(form, lambda: link_operations.send_link(trial, form.details(), actor=current_actor())):
        flash(_("The link is on its way to %(email)s.", email=form.email.data))
        return redirect(url_for(".trial", trial_id=trial.id, _anchor="confirmation"))
    return render_template("poc/trial_ask.html", form=form, trial=trial)


@bp.route("/trial-links/<int:link_id>/revoke", methods=["POST"])
@requires(permissions.KEEP_TRIAL, on=queries.get_link)
def revoke_link(link: ConfirmationLink) -> ResponseReturnValue:
    """Let a link hold no longer."""
    trial_id = link.trial_id
    with unit_of_work():
        link_operations.revoke_link(link, actor=current_actor())
    flash(_("The link was revoked; nothing can be confirmed by it any more."))
    return redirect(url_for(".trial", trial_id=trial_id, _anchor="confirmation"))


@bp.route("/trials/<int:trial_id>/form.pdf")
@requires(permissions.VIEW_POC, on=queries.get_trial)
def paper_form(trial: Trial) -> ResponseReturnValue:
    """Give the form that a customer can sign on paper."""
    body = trial_papers.make_form(trial, queries.facts_of(trial), queries.rulebook_for(trial))
    return send_file(
        BytesIO(body), "application/pdf", as_attachment=True, download_name=f"trial-{trial.ubn}-{trial.number}.pdf"
    )


@bp.route("/trials/<int:trial_id>/papers/new", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=queries.get_trial)
def add_paper(trial: Trial) -> ResponseReturnValue:
    """Hand in the form that the customer signed on paper."""
    questions = queries.questionnaire_of(queries.rulebook_for(trial))
    form = with_questions(PaperForm, questions, language())()
    if form.submitted():
        try:
            file = form.upload()
            with unit_of_work():
                paper_operations.hand_in_paper(trial, file, form.details(), actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Handed in. The office calls the customer; then it counts."))
            return redirect(url_for(".trial", trial_id=trial.id, _anchor="confirmation"))
    return render_template("poc/paper_new.html", form=form, trial=trial)


@bp.route("/trial-papers")
@requires(permissions.LIST_PAPERS)
def papers() -> ResponseReturnValue:
    """List the signed forms that wait for a phone call, the oldest first."""
    statement = queries.waiting_papers(current_actor())
    asked = request.args
    count = capped_count(statement.with_only_columns(TrialConfirmation.id))
    total = shown_count(count)
    page = keyset.read_page(statement, OLDEST_FIRST, after=asked.get("after"), before=asked.get("before"))
    return render_template("poc/papers.html", rows=[row[0] for row in page.rows], page=page, total=total)


@bp.route("/trial-papers/<int:confirmation_id>", methods=["GET", "POST"])
@requires(permissions.VERIFY_PAPER, on=queries.get_confirmation)
def verify_paper(paper: TrialConfirmation) -> ResponseReturnValue:
    """Verify a signed form by a phone call that is noted."""
    form = CallForm(obj=paper)
    if form.submitted() and save(
        form, lambda: paper_operations.verify_paper(paper, form.details(), actor=current_actor())
    ):
        flash(_("Verified. The receipt is on its way to both."))
        return redirect(url_for(".papers"))
    return render_template(
        "poc/paper.html",
        form=form,
        paper=paper,
        trial=paper.trial,
        facts=queries.facts_of(paper.trial).plain(),
        fact_labels=FACT_LABELS,
        questions={rule.id: rule for rule in queries.questionnaire_of(queries.rulebook_for(paper.trial))},
        language=language(),
        waits=paper.state is ConfirmationState.WAITING,
        may_decide=can(current_actor(), permissions.VERIFY_PAPER, paper),
    )


@bp.route("/trial-papers/<int:confirmation_id>/return", methods=["GET", "POST"])
@requires(permissions.VERIFY_PAPER, on=queries.get_confirmation)
def return_paper(paper: TrialConfirmation) -> ResponseReturnValue:
    """Return a signed form with the reason."""
    form = ReasonForm(obj=paper)

    def change() -> None:
        reason = form.reason.data or ""
        paper_operations.return_paper(paper, reason, version=form.read_version(), actor=current_actor())

    if form.submitted() and save(form, change):
        flash(_("Returned. The vendor reads why."))
        return redirect(url_for(".papers"))
    return render_template("poc/paper_return.html", form=form, paper=paper, trial=paper.trial)
