"""The pages of a trial customer: no account, one link, one purpose."""

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import security, throttle
from tracker.accounts.access import ANONYMOUS, PUBLIC, requires
from tracker.accounts.sessions import digest, work_apart
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import CloudStepsError, Gone, Refused, TooMany
from tracker.core.text import N_
from tracker.evidence import storage
from tracker.poc import usage_chart
from tracker.poc.forms.confirmation import CodeForm, ConfirmForm, DeclineForm, values_of, with_questions
from tracker.poc.models import ConfirmationLink
from tracker.poc.operations import confirmations as operations
from tracker.poc.operations.confirmations import Origin
from tracker.poc.operations.links import get_link_by_token
from tracker.poc.queries import trials as queries
from tracker.poc.routes.blueprint import bp, language
from tracker.poc.rules.confirmation import CODE_HOLDS
from tracker.poc.rules.trials import FACT_LABELS
from tracker.web.forms import Form

MAIL, CODE = "trial_mail", "trial_code"
"""What the throttle counts: mails of codes, and codes that were typed."""


def origin() -> Origin:
    """Give from where this request comes."""
    return Origin(request.remote_addr or "", request.user_agent.string)


def count_try(kind: str, token: str) -> None:
    """Count a try against the link and the address; refuse it while the throttle holds."""
    with work_apart():
        throttle.claim(throttle.try_of(kind, digest(token), request.remote_addr), security.link_limit())


def refused(form: Form, error: CloudStepsError) -> tuple[int, dict[str, str]]:
    """Show a refusal on the form, and give the status and headers that go with it."""
    form.refuse(error)
    if isinstance(error, TooMany):
        return error.status, {"Retry-After": str(error.retry_after)}
    return 200, {}


@bp.route("/trial-confirmations/<string:confirm_token>", methods=["GET", "POST"])
@requires(PUBLIC)
def confirm_trial(confirm_token: str) -> ResponseReturnValue:
    """Show a customer what it confirms, and take its corrections and answers; a code is mailed to confirm them."""
    link = get_link_by_token(confirm_token)
    trial = link.trial
    facts = queries.facts_of(trial)
    questions = queries.questionnaire_of(queries.rulebook_for(trial))
    known = {name: getattr(trial, name) for name in operations.CORRECTABLE}
    values = {**known, **values_of(link.draft), "shown": facts.digest}
    form = with_questions(ConfirmForm, questions, language())(**values)
    status: tuple[int, dict[str, str]] = (200, {})
    if form.submitted():
        try:
            count_try(MAIL, confirm_token)
            with unit_of_work():
                operations.keep_draft(confirm_token, form.said(language()), actor=ANONYMOUS)
        except (Refused, TooMany) as error:
            status = refused(form, error)
            form.shown.data = facts.digest  # the facts on the page that is shown now
        else:
            return redirect(url_for(".confirm_code", confirm_token=confirm_token))
    return _page(link, form, confirm_token), *status


def _page(link: ConfirmationLink, form: ConfirmForm, token: str) -> str:
    trial = link.trial
    days = queries.usage_days(trial.id)
    return render_template(
        "poc/confirm.html",
        form=form,
        link=link,
        trial=trial,
        token=token,
        facts=queries.facts_of(trial).plain(),
        fact_labels=FACT_LABELS,
        statement=queries.rulebook_for(trial).rule("trials.statement").text.of(language()),
        days=days,
        chart=usage_chart.draw(days, trial.begins_on, trial.ends_on) if days else None,
    )


@bp.route("/trial-confirmations/<string:confirm_token>/code", methods=["GET", "POST"])
@requires(PUBLIC)
def confirm_code(confirm_token: str) -> ResponseReturnValue:
    """Take the mailed code, and seal what the customer said."""
    link = get_link_by_token(confirm_token)
    if link.code_hash is None:
        return redirect(url_for(".confirm_trial", confirm_token=confirm_token))
    form, status = CodeForm(), (200, dict[str, str]())
    if form.submitted():
        try:
            _check_code(confirm_token, form.code.data or "")
            with unit_of_work():
                operations.confirm(confirm_token, form.code.data or "", origin(), actor=ANONYMOUS)
            throttle_forget(confirm_token)
        except (Refused, TooMany) as error:
            status = refused(form, error)
        else:
            flash(_("Thank you. Your confirmation is sealed; the receipt is on its way to your mail."))
            return redirect(url_for(".thanks"))
    changed = queries.facts_of(link.trial).digest != link.shown_digest
    return (
        render_template(
            "poc/confirm_code.html",
            form=form,
            link=link,
            token=confirm_token,
            changed=changed,
            minutes=int(CODE_HOLDS.total_seconds() // 60),
        ),
        *status,
    )


def _check_code(token: str, code: str) -> None:
    """Refuse a wrong code, and count it against the link even though nothing else is saved."""
    count_try(CODE, token)
    link = get_link_by_token(token)
    if not operations.is_code(link, code):
        with work_apart():
            operations.note_wrong_code(token)
        raise Refused(N_("This is not the code of the newest mail. Compare its six digits."), field="code")


def throttle_forget(token: str) -> None:
    """Cross out the tries of a link whose code was right."""
    with work_apart():
        throttle.forget(CODE, digest(token))


@bp.route("/trial-confirmations/<string:confirm_token>/decline", methods=["GET", "POST"])
@requires(PUBLIC)
def decline_trial(confirm_token: str) -> ResponseReturnValue:
    """Let a customer say that it does not confirm, and why."""
    link = get_link_by_token(confirm_token)
    form = DeclineForm(typed_name=link.name)
    status: tuple[int, dict[str, str]] = (200, {})
    if form.submitted():
        try:
            count_try(MAIL, confirm_token)
            with unit_of_work():
                name, reason = form.typed_name.data or "", form.reason.data or ""
                operations.decline(confirm_token, name, reason, origin(), actor=ANONYMOUS)
        except (Refused, TooMany) as error:
            status = refused(form, error)
        else:
            flash(_("Thank you. Nothing was confirmed; the programme office reads what you wrote."))
            return redirect(url_for(".thanks"))
    return render_template("poc/decline.html", form=form, link=link, trial=link.trial, token=confirm_token), *status


@bp.route("/trial-confirmations/thanks")
@requires(PUBLIC)
def thanks() -> ResponseReturnValue:
    """Say that the customer's answer was taken."""
    return render_template("poc/thanks.html")


@bp.route("/trial-receipts/<string:receipt_token>")
@requires(PUBLIC)
def read_receipt(receipt_token: str) -> ResponseReturnValue:
    """Give a customer the receipt of what it confirmed."""
    found = queries.find_receipt_by_hash(digest(receipt_token))
    if found is None or found.receipt is None or found.receipt.stored_file is None:
        raise Gone(N_("This receipt is not known. Open the link of the mail that brought it."))
    if found.receipt_until is not None and found.receipt_until <= clock.now():
        raise Gone(N_("This link to the receipt has expired. Ask the programme office for the receipt."))
    path = storage.path_of(found.receipt.stored_file.sha256)
    if not path.exists():
        abort(404)
    return send_file(path, "application/pdf", as_attachment=True, download_name="receipt.pdf")
