"""Trials of a proof of concept: listed, read, written, and their usage."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.access import can, current_actor, requires
from tracker.core import clock
from tracker.core.db import unit_of_work
from tracker.core.errors import Refused
from tracker.evidence.rules import check_opening
from tracker.poc import permissions, queries, usage_chart
from tracker.poc.forms.trials import LogForm, MappingForm, ReasonForm, TrialForm
from tracker.poc.models import Poc, Trial, UsageLog
from tracker.poc.operations import trials as operations
from tracker.poc.operations import usage as usage_operations
from tracker.poc.queries import trials as trial_queries
from tracker.poc.routes.blueprint import bp, is_workable
from tracker.poc.rules import trials as rules
from tracker.poc.rules.confirmation import LinkState, link_state
from tracker.poc.rules.trials import FACT_LABELS, TrialState
from tracker.web.saving import save


def may_keep(trial: Trial) -> bool:
    """Tell whether the reader can change the trial as it stands."""
    return (
        is_workable(trial.poc) and trial.state in rules.EDITABLE and can(current_actor(), permissions.KEEP_TRIAL, trial)
    )


@bp.route("/pocs/<int:poc_id>/trials")
@requires(permissions.VIEW_POC, on=queries.get_poc)
def trials(poc: Poc) -> ResponseReturnValue:
    """List the trials of a proof of concept with what each still misses."""
    rows = trial_queries.trials_of(poc)
    missing = [rules.missing_of(row.number, row.customer, row.state, used=row.active_days > 0) for row in rows]
    return render_template(
        "poc/trials.html",
        poc=poc,
        rows=rows,
        counts=trial_queries.trial_counts(poc.id),
        missing=[one for one in missing if one is not None],
        may_add=is_workable(poc) and can(current_actor(), permissions.KEEP_TRIAL, poc),
    )


@bp.route("/pocs/<int:poc_id>/trials/new", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=queries.get_poc)
def add_trial(poc: Poc) -> ResponseReturnValue:
    """Write down a customer's trial."""
    form = TrialForm()
    made: list[Trial] = []
    if form.submitted() and save(
        form, lambda: made.append(operations.add_trial(poc, form.details(), actor=current_actor()))
    ):
        flash(_("Saved. Hand in the usage log next."))
        return redirect(url_for(".trial", trial_id=made[0].id))
    return render_template("poc/trial_form.html", form=form, poc=poc, trial=None)


@bp.route("/trials/<int:trial_id>")
@requires(permissions.VIEW_POC, on=trial_queries.get_trial)
def trial(one: Trial) -> ResponseReturnValue:
    """Show a trial: its facts, its usage, who was asked and what they said."""
    days, now = trial_queries.usage_days(one.id), clock.now()
    links = trial_queries.links_of(one)
    states = {link.id: link_state(now, link.expires_at, link.used_at, link.revoked_at) for link in links}
    return render_template(
        "poc/trial.html",
        trial=one,
        facts=trial_queries.facts_of(one).plain(),
        fact_labels=FACT_LABELS,
        days=days,
        chart=usage_chart.draw(days, one.begins_on, one.ends_on) if days else None,
        logs=trial_queries.logs_of(one),
        links=links,
        link_states=states,
        has_open_link=LinkState.OPEN in states.values(),
        confirmations=trial_queries.confirmations_of(one),
        questions={rule.id: rule for rule in trial_queries.questionnaire_of(trial_queries.rulebook_for(one))},
        language=str(g.get("language", "zh-Hant")),
        may_keep=may_keep(one),
        may_ask=may_keep(one) and one.state is not TrialState.CONFIRMED,
    )


@bp.route("/trials/<int:trial_id>/edit", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=trial_queries.get_trial)
def change_trial(one: Trial) -> ResponseReturnValue:
    """Change a trial; what was confirmed has to be confirmed again."""
    form = TrialForm(obj=one)
    if form.submitted() and save(form, lambda: operations.change_trial(one, form.details(), actor=current_actor())):
        flash(_("Saved."))
        return redirect(url_for(".trial", trial_id=one.id))
    return render_template("poc/trial_form.html", form=form, poc=one.poc, trial=one)


@bp.route("/trials/<int:trial_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=trial_queries.get_trial)
def withdraw_trial(one: Trial) -> ResponseReturnValue:
    """Withdraw a trial that does not count any more."""
    form = ReasonForm(obj=one)

    def change() -> None:
        operations.withdraw_trial(one, form.reason.data or "", version=form.read_version(), actor=current_actor())

    if form.submitted() and save(form, change):
        flash(_("Withdrawn. It stays on the record and does not count."))
        return redirect(url_for(".trials", poc_id=one.poc_id))
    return render_template("poc/trial_withdraw.html", form=form, trial=one)


@bp.route("/trials/<int:trial_id>/usage-logs/new", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=trial_queries.get_trial)
def add_log(one: Trial) -> ResponseReturnValue:
    """Hand in a usage log."""
    form = LogForm()
    if form.submitted():
        try:
            file = form.upload()
            reading = usage_operations.read_upload(file)
            with unit_of_work():
                log = usage_operations.hand_in_log(one, file, reading, actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".usage_log", log_id=log.id))
    return render_template("poc/usage_new.html", form=form, trial=one)


@bp.route("/trial-usage-logs/<int:log_id>", methods=["GET", "POST"])
@requires(permissions.KEEP_TRIAL, on=trial_queries.get_log)
def usage_log(log: UsageLog) -> ResponseReturnValue:
    """Choose the columns of a usage log, and count by them."""
    values = {name: log.mapping.get(name, -1) for name in ("user", "users", "events")}
    form = MappingForm(obj=log, day=log.mapping.get("day", 0), **values)
    form.offer(log.reading["columns"], _("none of them"), _("column %s"))
    if form.submitted():
        try:
            stored = log.evidence.stored_file
            check_opening(stored.scan if stored else None, log.evidence.file_name)
            found = usage_operations.read_days(log, form.details())
            with unit_of_work():
                usage_operations.count_usage(log, form.details(), found, actor=current_actor())
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Counted. Compare the chart with what you expect."))
            return redirect(url_for(".trial", trial_id=log.trial_id, _anchor="usage"))
    return render_template("poc/usage_log.html", form=form, log=log, trial=log.trial)
