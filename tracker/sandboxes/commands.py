"""`cloudsteps sandbox …`: the same verbs as the pages, for a person named by `--as`."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask import Flask

from tracker.accounts.access import SYSTEM, Actor, Permission, can, load_actor
from tracker.accounts.queries import find_by_email
from tracker.core import audit, clock
from tracker.core.db import session, unit_of_work
from tracker.core.errors import CloudStepsError, NotAllowed, NotFound, Refused
from tracker.core.text import N_
from tracker.journey.queries import get_engagement
from tracker.sandboxes import catalogue, listing, permissions
from tracker.sandboxes.listing import Phase, SandboxFilter
from tracker.sandboxes.models import Sandbox, SandboxPlan
from tracker.sandboxes.operations import approvals, drift, drills, life, removal, requests
from tracker.sandboxes.operations.cancelling import cancel_operation
from tracker.sandboxes.operations.requests import HOURS_A_DAY, RequestDetails
from tracker.sandboxes.queries import figures, log, sandboxes
from tracker.sandboxes.rules.plans import Mode, open_findings
from tracker.sandboxes.rules.states import ENDED

InApp = Callable[[Callable[[Flask], None]], None]
FOLLOW_SECONDS = 1.0
F = TypeVar("F", bound=Callable[..., Any])

as_whom = click.option("--as", "email", required=True, help="Mail address of the person who does it.")
code_of = click.argument("code")


class _OnlyShown(Exception):
    """Takes back what a preview has tried."""


def person(email: str) -> Actor:
    """Give the person with this address, with their rights as they are now."""
    user = find_by_email(email)
    if user is None:
        raise NotFound(N_("Nobody has the address %(email)s."), email=email)
    return load_actor(user.id)


def take(code: str, actor: Actor, permission: Permission) -> Sandbox:
    """Give the sandbox of a code, if the person may do this with it."""
    found = sandboxes.find_by_code(code, actor=actor)
    if actor is not SYSTEM and not can(actor, permission, found):
        raise NotAllowed(N_("Your role does not include this: %(right)s."), right=permission.sentence)
    return found


def newest_plan(sandbox: Sandbox) -> SandboxPlan:
    """Give the newest plan of a sandbox."""
    plans = sandboxes.plans_of(sandbox)
    if not plans:
        raise Refused(N_("The sandbox has no plan yet. Wait until a worker has made it."))
    return plans[0]


def make_group(in_app: InApp) -> click.Group:
    """Make the group of commands; `in_app` runs a function inside the app."""

    @click.group("sandbox")
    def group() -> None:
        """Sandboxes: ask for them, read and approve plans, follow, extend, drill and destroy."""

    for add in (_add_reads, _add_requests, _add_decisions, _add_work):
        add(group, in_app)
    return group


def _add_reads(group: click.Group, in_app: InApp) -> None:
    @group.command("list")
    @click.option("--phase", type=click.Choice([one.value for one in Phase]), help="Which part of their lives.")
    def list_them(phase: str | None) -> None:
        """List sandboxes, newest first."""
        in_app(lambda _app: _list(SandboxFilter.read({"phase": phase or ""})))

    @group.command()
    @code_of
    def show(code: str) -> None:
        """Tell how a sandbox stands; secrets are never shown here."""
        in_app(lambda _app: _show(sandboxes.find_by_code(code, actor=SYSTEM)))

    @group.command()
    @code_of
    def plan(code: str) -> None:
        """Print the newest plan: counts, findings, price and hash."""
        in_app(lambda _app: _print_plan(newest_plan(sandboxes.find_by_code(code, actor=SYSTEM))))

    @group.command("log")
    @code_of
    @click.option("--follow", is_flag=True, help="Go on until the operation has ended.")
    def print_log(code: str, follow: bool) -> None:
        """Print the log of the newest operation."""
        in_app(lambda _app: _print_log(sandboxes.find_by_code(code, actor=SYSTEM), follow=follow))

    @group.command()
    def leftovers() -> None:
        """List what should be gone and is not; exit code 1 when there is anything."""
        in_app(lambda _app: _print_leftovers())

    @group.command()
    def workers() -> None:
        """List the machines that carry out the work, and what waits."""
        in_app(lambda _app: _print_workers())


def _list(wanted: SandboxFilter) -> None:
    after: str | None = None
    while True:
        page = listing.page(wanted, after=after, actor=SYSTEM)
        for row in page.rows:
            expires = clock.in_taipei(row.expires_at).isoformat(timespec="minutes") if row.expires_at else "-"
            click.echo(f"{row.code}  {row.state.value:<11} {row.cloud:<6} {expires:<23} {row.title}")
        if page.after is None:
            return
        after = page.after


def _show(sandbox: Sandbox) -> None:
    facts: dict[str, Any] = {
        "code": sandbox.code,
        "title": sandbox.title,
        "state": sandbox.state.value,
        "template": sandbox.template,
        "parameters": sandbox.parameters,
        "expires_at": sandbox.expires_at.isoformat() if sandbox.expires_at else None,
        "outputs": {name: "(secret)" if value is None else value for name, value in sandbox.outputs.items()},
        "leftovers": sandbox.leftovers,
        "proof": sandbox.proof,
    }
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))


def _print_plan(plan: SandboxPlan) -> None:
    click.echo(f"plan {plan.number}: {plan.state.value}")
    for kind, count in sorted(plan.counts.items()):
        click.echo(f"  {count:>3} {kind}")
    for finding in approvals.findings_of(plan):
        mark = "waived" if finding.is_waived else finding.severity.value
        click.echo(f"  {mark}: {finding.rule} {finding.subject}: {finding.reason.en}")
    if plan.price:
        click.echo(f"  US${plan.price['low']} to {plan.price['high']} a month")
    click.echo(f"  {len(open_findings(approvals.findings_of(plan)))} findings stand in the way")
    click.echo(f"  hash {plan.digest}")


def _print_log(sandbox: Sandbox, *, follow: bool) -> None:
    done = sandboxes.operations_of(sandbox)
    if not done:
        raise Refused(N_("Nothing was done with this sandbox yet."))
    after, newest = 0, done[0]
    while True:
        ended = log.standing_of(newest.id).state in ENDED
        for line in log.lines_after(newest.id, after):
            click.echo(f"{clock.in_taipei(line.at):%H:%M:%S} {line.text}")
            after = line.id
        if ended or not follow:
            return
        session().rollback()
        time.sleep(FOLLOW_SECONDS)


def _print_leftovers() -> None:
    left = [*figures.with_leftovers(actor=SYSTEM), *figures.overdue(clock.now(), actor=SYSTEM)]
    for one in {row.id: row for row in left}.values():
        click.echo(f"{one.code}  {one.state.value:<11} {len(one.leftovers.get('found', ()))} left  {one.title}")
    if left:
        click.get_current_context().exit(1)
    click.echo("Nothing is left that should be gone.")


def _print_workers() -> None:
    for host in figures.hosts():
        state = "ready" if host.ready else host.error or f"{host.stage} {host.done}/{host.total}"
        click.echo(f"{host.name}  {state}  engine {host.engine or 'none yet'}  {host.slots} at a time")
    for operation in figures.queue(actor=SYSTEM):
        click.echo(f"{operation.sandbox.code}  {operation.kind.value:<8} {operation.state.value}")


def _add_requests(group: click.Group, in_app: InApp) -> None:
    @group.command("request")
    @click.argument("engagement_id", type=int)
    @click.option("--template", required=True, type=click.Choice([one.id for one in catalogue.shipped().templates]))
    @click.option(
        "--mode", type=click.Choice([one.value for one in Mode]), default=Mode.SANDBOX.value, show_default=True
    )
    @click.option("--title", required=True)
    @click.option("--purpose", required=True)
    @click.option("--days", type=int, help="Without it, what is usual in the programme.")
    @click.option("--budget", type=int, required=True, help="US dollars a month.")
    @click.option("--set", "pairs", multiple=True, help="A setting of the template, as name=value.")
    @as_whom
    def ask(engagement_id: int, email: str, pairs: tuple[str, ...], **values: Any) -> None:
        """Ask for a sandbox in an engagement."""

        def run(_app: Flask) -> None:
            actor = person(email)
            engagement = get_engagement(engagement_id, actor=actor)
            if not can(actor, permissions.REQUEST_SANDBOX, engagement):
                raise NotAllowed(
                    N_("Your role does not include this: %(right)s."), right=permissions.REQUEST_SANDBOX.sentence
                )
            with unit_of_work():
                details = RequestDetails(settings=_settings(pairs), **values)
                sandbox = requests.request_sandbox(engagement, details, actor=actor)
            click.echo(sandbox.code)

        in_app(run)

    _simple(group, in_app, "plan-again", "Have the plan made anew.", permissions.CHANGE_SANDBOX, requests.plan_again)
    _simple(group, in_app, "withdraw", "Take a request back.", permissions.CHANGE_SANDBOX, requests.withdraw_request)


def _settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise click.UsageError(f"--set {pair}: write name=value.")
        found[name] = tuple(value.split(",")) if name == "tenants" else value
    return found


def _add_decisions(group: click.Group, in_app: InApp) -> None:
    @group.command()
    @code_of
    @click.option("--hash", "digest", required=True, help="The hash of the plan that you have read.")
    @as_whom
    def approve(code: str, digest: str, email: str) -> None:
        """Approve exactly the plan of this hash, as a second person."""

        def run(_app: Flask) -> None:
            actor = person(email)
            plan = newest_plan(take(code, actor, permissions.APPROVE_PLAN))
            with unit_of_work():
                approvals.approve_plan(plan, digest, actor=actor)
            click.echo("Approved.")

        in_app(run)

    @group.command()
    @code_of
    @click.option("--reason", required=True)
    @as_whom
    def refuse(code: str, reason: str, email: str) -> None:
        """Refuse the newest plan, with the reason."""

        def run(_app: Flask) -> None:
            actor = person(email)
            plan = newest_plan(take(code, actor, permissions.APPROVE_PLAN))
            with unit_of_work():
                approvals.refuse_plan(plan, reason, actor=actor)
            click.echo("Refused.")

        in_app(run)


def _add_work(group: click.Group, in_app: InApp) -> None:
    @group.command()
    @click.argument("codes", nargs=-1, required=True)
    @click.option("--days", type=click.IntRange(1), required=True)
    @click.option("--reason", required=True)
    @click.option("--preview", is_flag=True, help="Only say what would happen.")
    @as_whom
    def extend(codes: tuple[str, ...], days: int, reason: str, preview: bool, email: str) -> None:
        """Let sandboxes live longer."""

        def change(one: Sandbox, actor: Actor) -> None:
            life.extend_sandbox(one, days * HOURS_A_DAY, reason, actor=actor)

        _many(in_app, codes, email, permissions.CHANGE_SANDBOX, preview, change)

    @group.command()
    @click.argument("codes", nargs=-1, required=True)
    @click.option("--reason", default="")
    @click.option("--preview", is_flag=True, help="Only say what would happen.")
    @as_whom
    def destroy(codes: tuple[str, ...], reason: str, preview: bool, email: str) -> None:
        """Destroy sandboxes; each counts as gone once two searches have found nothing of it."""

        def change(one: Sandbox, actor: Actor) -> None:
            removal.destroy_sandbox(one, reason, actor=actor)

        _many(in_app, codes, email, permissions.DESTROY_SANDBOX, preview, change)

    operate = permissions.OPERATE_SANDBOX
    _simple(group, in_app, "cancel", "Cancel what waits or runs.", operate, _cancel)
    _simple(group, in_app, "look", "Look for differences.", operate, drift.look_for_drift)
    _simple(group, in_app, "accept", "Take over how the cloud is now.", operate, drift.accept_drift)
    _simple(group, in_app, "repair", "Bring the cloud back to what was built.", operate, drift.repair_drift)
    _simple(group, in_app, "drill", "Begin a backup drill.", operate, drills.start_drill)


def _cancel(sandbox: Sandbox, *, actor: Actor) -> None:
    operation = sandboxes.find_open_operation(sandbox)
    if operation is None:
        raise Refused(N_("Nothing waits or runs on this sandbox."))
    cancel_operation(operation, actor=actor)


def _simple(
    group: click.Group, in_app: InApp, name: str, text: str, permission: Permission, change: Callable[..., Any]
) -> None:
    """Add a command that does one thing with one sandbox."""

    @group.command(name, help=text)
    @code_of
    @as_whom
    def command(code: str, email: str) -> None:
        def run(_app: Flask) -> None:
            actor = person(email)
            found = take(code, actor, permission)
            with unit_of_work():
                change(found, actor=actor)
            click.echo("Done.")

        in_app(run)


def _many(
    in_app: InApp,
    codes: tuple[str, ...],
    email: str,
    permission: Permission,
    preview: bool,
    change: Callable[[Sandbox, Actor], object],
) -> None:
    """Do the same with several sandboxes, each on its own; a preview takes everything back."""

    def run(_app: Flask) -> None:
        actor, refused = person(email), 0
        with unit_of_work():
            for code in codes:
                try:
                    with audit.apart():
                        change(take(code, actor, permission), actor)
                        if preview:
                            raise _OnlyShown
                except _OnlyShown:
                    click.echo(f"{code}: would be done")
                except CloudStepsError as error:
                    refused += 1
                    click.echo(f"{code}: {error}", err=True)
                else:
                    click.echo(f"{code}: done")
        if refused:
            click.get_current_context().exit(1)

    in_app(run)
