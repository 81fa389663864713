"""The console command `cloudsteps`. Exit codes: 0 done, 1 refused or failed with one line on stderr, 2 wrong use."""

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from tracker import __version__, doctor, scheduler, worker
from tracker.accounts import operations as accounts
from tracker.accounts import security
from tracker.accounts.access import SYSTEM
from tracker.accounts.rules import Role
from tracker.app import create_app
from tracker.assessments import operations as assessments
from tracker.assessments.questionnaire_file import check_questionnaires
from tracker.backup import BackupFault
from tracker.backup import backup as make_backup
from tracker.backup import restore as put_back
from tracker.core import audit, logs, schema
from tracker.core.content import ContentFaults
from tracker.core.db import db, session, unit_of_work
from tracker.core.errors import CloudStepsError
from tracker.core.settings import Settings
from tracker.demo import seed as demo
from tracker.imports import terminal
from tracker.imports.rules import Extent
from tracker.journey import operations as journey
from tracker.journey.playbook_folder import check_playbooks
from tracker.journey.preview_report import preview_at
from tracker.poc.dossiers.verify import verify as check_dossier
from tracker.programmes.new_year import copy_year
from tracker.programmes.rulebook_file import check_rulebooks
from tracker.sandboxes.commands import make_group as sandbox_commands
from tracker.sandboxes.operations import accounts as sandbox_accounts
from tracker.serve import CannotServe, Supervisor

REFUSALS = (CloudStepsError, BackupFault, CannotServe, ContentFaults, SQLAlchemyError, OSError, ValueError)


class Commands(click.Group):
    """A group whose refusals are one line on stderr and exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command and say in one line why it was refused."""
        try:
            return super().invoke(context)
        except REFUSALS as error:
            if os.environ.get("CLOUDSTEPS_TRACEBACK"):
                raise
            raise click.ClickException(one_line(error)) from error


def one_line(error: Exception) -> str:
    """Give the reason in one line, without the statements of the database."""
    text = str(getattr(error, "orig", None) or error) or type(error).__name__
    return " ".join(text.split())[:500]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cloudsteps")
def main() -> None:
    """CloudSteps 雲階: counsels vendors from project sales to cloud subscription services."""


def read_settings(**changes: object) -> Settings:
    """Read the settings; what is wrong with them is one line that names the variable and not its value."""
    try:
        return Settings(**{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise click.ClickException(f"CLOUDSTEPS_{name}: {first['msg']}.") from error


def make_app(settings: Settings, role: str) -> Flask:
    """Build the app for a role of the terminal."""
    logs.configure(settings, role)
    try:
        app = create_app(settings)
    except SystemExit as refusal:
        raise click.ClickException(str(refusal.code)) from refusal
    click.get_current_context().call_on_close(lambda: let_go(app))
    return app


def let_go(app: Flask) -> None:
    """Close every connection to the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def in_app(command: Callable[[Flask], None], role: str = "cli") -> None:
    """Run a command inside the app."""
    app = make_app(read_settings(), role)
    with app.app_context():
        command(app)


# --- running ------------------------------------------------------------------------------------------------------------


@main.command()
@click.option("--demo", "is_demo", is_flag=True, default=None, help="Seed demo data and print its accounts.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(is_demo: bool | None, host: str, port: int) -> None:
    """Run everything on this machine: migrate, then web, worker and scheduler until stopped."""
    settings = read_settings(demo=is_demo)
    app = make_app(settings, "serve")
    bring_up_to_date(app)
    if settings.demo:
        seed_once(app)
    click.echo(f"CloudSteps {__version__} starts at http://{host}:{port} (data in {settings.data_dir})")
    tell_how_to_come_in(app)
    let_go(app)
    Supervisor(settings, host, port, click.echo).run()
    click.echo("stopped")


@main.command("worker")
def run_worker() -> None:
    """Run a worker: mails, reminders, upkeep, operations on sandboxes."""
    worker.run(make_app(read_settings(), "worker"))


@main.command("scheduler")
def run_scheduler() -> None:
    """Run the scheduler; a second one waits as a stand-in."""
    scheduler.run(make_app(read_settings(), "scheduler"))


# --- data ---------------------------------------------------------------------------------------------------------------


@main.command()
def migrate() -> None:
    """Bring the database, the published playbooks and questionnaires up to date."""
    bring_up_to_date(make_app(read_settings(), "cli"))
    click.echo("The database is up to date.")


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations and publish what is new in playbooks and questionnaires."""
    settings: Settings = app.config["SETTINGS"]
    schema.migrate(settings)
    with app.app_context(), unit_of_work():
        journey.publish_playbooks(settings.playbooks_dir, actor=SYSTEM)
        assessments.publish_questionnaires(settings.playbooks_dir, actor=SYSTEM)


@main.command("seed-demo")
@click.option(
    "--vendors",
    "amount",
    default=24,
    show_default=True,
    type=click.IntRange(1, 2000),
    help="How many invented vendors.",
)
def seed_demo(amount: int) -> None:
    """Fill an empty database with invented vendors and their histories."""
    app = make_app(read_settings(), "cli")
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if demo.is_seeded():
            raise click.ClickException("There are accounts already. Demo data goes into an empty database only.")
        demo.seed(settings.data_dir, settings.playbooks_dir, amount=amount)
    tell_how_to_come_in(app)


def seed_once(app: Flask) -> None:
    """Write the demo at the first start; later starts keep what is there."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if not demo.is_seeded():
            click.echo("Writing the demo data ...")
            demo.seed(settings.data_dir, settings.playbooks_dir)


def tell_how_to_come_in(app: Flask) -> None:
    """Print the demo's accounts, or the one-time code where nobody has an account yet."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        people = demo.accounts_of(settings.data_dir) if settings.demo else []
        if people:
            click.echo("Demo accounts (one per role):")
            for person in people:
                click.echo(f"  {person.role:<14} {person.email:<32} {person.password}")
        elif not demo.is_seeded():
            print_setup_code(settings)


def print_setup_code(settings: Settings) -> None:
    """Print the one-time code by which the first administrator comes in."""
    with unit_of_work():
        code = accounts.make_setup_code()
    click.echo(f"Nobody has an account yet. Open {settings.base_url}/set-up and use this one-time code: {code}")


@main.command("verify-dossier")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sha256", "wanted", help="Hash that the page of the dossier or the audit trail gives.")
def verify_dossier(file: Path, wanted: str | None) -> None:
    """Check a dossier of a proof of concept: every byte, every seal, every sum. Needs neither database nor network."""
    checked = check_dossier(file)
    faults = list(checked.faults)
    if wanted is not None and wanted.strip().lower() != checked.sha256:
        faults.append(f"Its SHA-256 is {checked.sha256}, not the one given: it is another dossier.")
    for fault in faults[1:]:
        click.echo(fault, err=True)
    if faults:
        raise click.ClickException(faults[0])
    click.echo(f"{file.name}: {checked.files} files, all as they were when the dossier was made.")
    click.echo(f"SHA-256 {checked.sha256}")


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.option("--first", is_flag=True, help="Make the one-time code by which the first administrator comes in.")
@click.option("--email", help="Mail address to sign in with.")
@click.option("--name", help="Name as others see it.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given more than once.",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from the first line of stdin; else one is made and printed.",
)
def add_user(first: bool, email: str | None, name: str | None, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add a person with an account, or make the code for the first one."""
    if first:
        in_app(lambda app: print_setup_code(app.config["SETTINGS"]))
        return
    if not (email and name and roles):
        raise click.UsageError("Give --email, --name and --role, or --first.")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else f"{secrets.token_urlsafe(15)}aA1!"
    held = frozenset(Role(role) for role in roles)
    details = accounts.NewUser(email, name, held, password, temporary=not password_stdin)

    def add(_app: Flask) -> None:
        with unit_of_work():
            accounts.add_user(details, actor=SYSTEM, policy=security.policy())
        click.echo(f"{email} can sign in." if password_stdin else f"{email} can sign in with: {password}")

    in_app(add)


@main.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Write the database and all evidence into one verified archive."""
    settings = read_settings()
    manifest = make_backup(settings, target)
    click.echo(f"{target}: {len(manifest.files)} files, {'encrypted and ' if settings.backup_key else ''}verified.")


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the data that is here. Stop CloudSteps first.")
def restore(source: Path, force: bool) -> None:
    """Put a backup back, bring it up to date and verify its audit trail."""
    settings = read_settings()
    manifest = put_back(settings, source, force=force)
    app = make_app(settings, "cli")
    bring_up_to_date(app)
    with app.app_context():
        faults = list(audit.verify(session()))
    if faults:
        raise click.ClickException(f"Restored, but the audit trail does not hold: {faults[0].message}")
    click.echo(f"Restored {len(manifest.files)} files of {manifest.made:%Y-%m-%d %H:%M} UTC; the audit trail holds.")


main.add_command(sandbox_commands(in_app))


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Seal credentials, secret outputs and kept states anew by CLOUDSTEPS_VAULT_KEY; then the old keys can go."""

    def rotate(_app: Flask) -> None:
        done, steps = 0, sandbox_accounts.rotate_keys()
        while True:
            with unit_of_work():
                step = next(steps, None)
            if step is None:
                break
            done += step
        click.echo(f"{done} sealed anew; CLOUDSTEPS_VAULT_OLD_KEYS can be emptied.")

    in_app(rotate)


# --- importing ----------------------------------------------------------------------------------------------------------


@main.command("import")
@click.argument("kind", type=click.Choice(("vendors", "registrations", "attendance")))
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="Mail address of the office member in whose name it is done.")
@click.option("--into", "target", type=int, help="Id of the event (registrations) or of its session (attendance).")
@click.option("--all", "is_all", is_flag=True, help="All rows or none; else the sound rows only.")
@click.option("--dry-run", is_flag=True, help="Only say how each row would end.")
def import_file(kind: str, path: Path, email: str, target: int | None, is_all: bool, dry_run: bool) -> None:
    """Import a table of vendors, registrations or attendance from a file."""

    def run(_app: Flask) -> None:
        wanted = terminal.Wanted(kind, path, email, target, Extent.ALL if is_all else Extent.VALID, dry_run)
        for line in terminal.import_file(wanted):
            click.echo(line)

    in_app(run)


# --- checking -----------------------------------------------------------------------------------------------------------


@main.command("check-playbooks")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_content(folder: Path | None) -> None:
    """Name file and line of every fault in playbooks, rulebooks and questionnaires."""
    root = folder or read_settings().playbooks_dir
    faults = [*check_playbooks(root), *check_rulebooks(root), *check_questionnaires(root)]
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults:
        sys.exit(1)
    click.echo("Playbooks, rulebooks and questionnaires are sound.")


@main.command("preview-playbook")
@click.argument("path", type=click.Path(path_type=Path))
def preview_playbook(path: Path) -> None:
    """Show what is wrong in a changed playbook, how it differs from the published one, and whom it touches."""

    def show(app: Flask) -> None:
        settings: Settings = app.config["SETTINGS"]
        shown, lines = preview_at(settings.playbooks_dir, path)
        for fault in shown.faults:
            click.echo(str(fault), err=True)
        for line in lines:
            click.echo(line)
        if shown.faults:
            sys.exit(1)

    in_app(show)


@main.command("new-programme-year")
@click.argument("year", type=int)
@click.option("--from", "source", required=True, type=int, help="ROC year whose rulebooks are copied.")
def new_programme_year(year: int, source: int) -> None:
    """Write the rulebooks of a new ROC year after those of another; they bind nobody until they are checked."""
    for path in copy_year(read_settings().playbooks_dir, year, source=source):
        click.echo(str(path))
    click.echo(
        "Check every rule against the year's announcement, remove “sample”, then run “cloudsteps check-playbooks”."
    )


@main.command("verify-audit")
def verify_audit() -> None:
    """Walk the audit trail and name every record that was changed, removed or moved."""

    def verify(_app: Flask) -> None:
        faults = list(audit.verify(session()))
        for fault in faults:
            click.echo(str(fault.message), err=True)
        if faults:
            sys.exit(1)
        click.echo("The audit trail holds.")

    in_app(verify)


@main.command("doctor")
@click.option("--settings", "only_settings", is_flag=True, help="List the settings only.")
def examine(only_settings: bool) -> None:
    """List every setting and check what the installation stands on."""
    settings = read_settings()
    for line in doctor.settings_lines(settings):
        click.echo(line)
    if only_settings:
        return
    found = list(doctor.findings(make_app(settings, "cli")))
    for finding in found:
        click.echo(str(finding))
    if faults := [finding.name for finding in found if finding.fault]:
        raise click.ClickException(f"Not sound: {', '.join(faults)}.")


if __name__ == "__main__":
    main()
