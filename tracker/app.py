"""The web application: configuration, extensions, blueprints, and what features hand to each other."""

from pathlib import Path
from typing import Any

import structlog
from flask import Flask, g, request, url_for
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Select, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker import __version__, tables
from tracker.accounts import access, security, sessions
from tracker.accounts import letters as account_letters
from tracker.accounts import operations as account_operations
from tracker.accounts.access import ANONYMOUS, Actor, current_actor
from tracker.accounts.routes import BLUEPRINTS as ACCOUNTS_BLUEPRINTS
from tracker.accounts.sessions import this_session
from tracker.assessments import queries as assessment_queries
from tracker.assessments.routes import bp as assessments_bp
from tracker.coaching import meetings
from tracker.coaching import queries as coaching_queries
from tracker.coaching.routes import bp as coaching_bp
from tracker.core.content import Bilingual, names_of
from tracker.core.db import db, session
from tracker.core.settings import Settings
from tracker.events import imports as event_imports
from tracker.events.routes import bp as events_bp
from tracker.evidence import permissions as evidence_permissions
from tracker.evidence.routes import bp as evidence_bp
from tracker.imports import kinds as import_kinds
from tracker.imports.routes import bp as imports_bp
from tracker.journey import conditions
from tracker.journey import operations as journey_operations
from tracker.journey import permissions as journey_permissions
from tracker.journey.models import Engagement
from tracker.notifications import operations as notification_operations
from tracker.notifications import permissions as notification_permissions
from tracker.notifications import queries as notification_queries
from tracker.notifications import reminders
from tracker.notifications.letters import Letter
from tracker.notifications.routes import bp as notifications_bp
from tracker.outreach import queries as outreach_queries
from tracker.outreach.routes import bp as outreach_bp
from tracker.overview import navigation, poc_basis, telemetry, vendor_page
from tracker.overview.admin import bp as admin_bp
from tracker.overview.audit_trail.routes import bp as audit_bp
from tracker.overview.board_page import journey_bp
from tracker.overview.health import bp as health_bp
from tracker.overview.rights_review import bp as rights_bp
from tracker.overview.routes import bp as overview_bp
from tracker.overview.vendor_page import bp as vendors_bp
from tracker.poc import foundations
from tracker.poc.queries.acceptance import missing_at_gate
from tracker.poc.routes import bp as poc_bp
from tracker.programmes import operations as programme_operations
from tracker.programmes import permissions as programme_permissions
from tracker.programmes import queries as programme_queries
from tracker.programmes import shelf as rulebooks
from tracker.programmes.routes import bp as programmes_bp
from tracker.reports.routes import bp as reports_bp
from tracker.sandboxes import gate as sandbox_gate
from tracker.sandboxes import prefill as sandbox_prefill
from tracker.sandboxes.routes import bp as sandboxes_bp
from tracker.vendors import imports as vendor_imports
from tracker.vendors import operations as vendor_operations
from tracker.vendors import permissions as vendor_permissions
from tracker.vendors import queries as vendor_queries
from tracker.web import edge, errors, filters, places, texts
from tracker.web.product import Product

BLUEPRINTS = (
    *ACCOUNTS_BLUEPRINTS,
    overview_bp,
    vendors_bp,
    programmes_bp,
    journey_bp,
    coaching_bp,
    poc_bp,
    events_bp,
    assessments_bp,
    outreach_bp,
    sandboxes_bp,
    reports_bp,
    evidence_bp,
    notifications_bp,
    imports_bp,
    health_bp,
    admin_bp,
    audit_bp,
    rights_bp,
)
FEATURES = (
    "core",
    "accounts",
    "web",
    "evidence",
    "notifications",
    "imports",
    "programmes",
    "vendors",
    "journey",
    "coaching",
    "poc",
    "events",
    "assessments",
    "outreach",
    "sandboxes",
    "reports",
    "overview",
)
MEGABYTE = 1024 * 1024
SECRET_LENGTH = 32


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app from its settings."""
    settings = settings or Settings()
    if len(settings.secret_key) < SECRET_LENGTH:
        raise SystemExit(
            "CLOUDSTEPS_SECRET_KEY is missing or shorter than 32 characters. Set it to a long random text."
        )
    app = Product("tracker.web", root_path=str(Path(__file__).parent / "web"))
    configure(app, settings)
    if settings.proxies:  # else these headers come from anybody
        trusted = settings.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # the way that Flask's documents give for wrapping it
    db.init_app(app)
    Babel(app, locale_selector=edge.choose_locale, timezone_selector=lambda: "Asia/Taipei")
    telemetry.set_up(app)
    edge.set_up(app)
    app.before_request(sessions.refuse_without_database)
    CSRFProtect(app)
    errors.set_up(app)
    filters.set_up(app)
    texts.set_up(app)
    security.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    connect_features()
    account_letters.connect_outbox(queue_account_mail)
    rulebooks.use(settings.playbooks_dir)
    app.context_processor(shared_values)
    app.jinja_env.globals.update(
        asset=edge.asset, lang_url=edge.lang_url, once_key=edge.once_key, can=access.can, product_version=__version__
    )
    app.extensions["cloudsteps-tables"] = tables.metadata  # naming it keeps every table known to the app
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Set Flask's and the extensions' configuration."""
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        BEHIND_TLS=settings.behind_tls,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
        BABEL_DEFAULT_LOCALE="zh_Hant_TW",
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            str(Path(__file__).parent / feature / "translations") for feature in FEATURES
        ),
        MAX_CONTENT_LENGTH=(settings.upload_max_mb + 1) * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="__Host-session" if settings.behind_tls else "session",
        SESSION_COOKIE_SECURE=settings.behind_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TEMPLATES_AUTO_RELOAD=False,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")


def engine_options(settings: Settings) -> dict[str, Any]:
    """Give the pool's settings for the database in use."""
    if settings.is_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        return {"pool_size": settings.web_threads + 2, "max_overflow": 10 + settings.web_streams}
    overflow = 10 + settings.web_streams
    return {"pool_size": settings.web_threads + 2, "max_overflow": overflow, "pool_timeout": 10}


def connect_features() -> None:
    """Hand features what lives above them: whose rights reach what, where rows are shown, what a gate asks of others."""
    access.register_scope("programme", programme_permissions.programmes_of)
    access.register_scope("organisation", vendor_permissions.organisations_of)
    access.register_scope("engagement", journey_permissions.engagements_of)
    access.register_scope("counselled", journey_permissions.counselled_organisations)
    evidence_permissions.register_engagements(visible_engagements)
    notification_permissions.register_engagements(visible_engagements)
    reminders.register(coaching_queries.reminders)
    reminders.register(meetings.reminders)
    reminders.register(outreach_queries.reminders)
    reminders.register_calendar(programme_queries.calendar_overrides)
    account_operations.register_scope_grant("organisation", vendor_operations.add_member, name_of=name_of_vendor)
    account_operations.register_scope_grant("programme", programme_operations.add_member, name_of=name_of_programme)
    vendor_operations.keep_products(vendor_page.reason_to_keep)
    vendor_operations.keep_products(outreach_queries.reason_to_keep)
    vendor_operations.follow_names(journey_operations.index_vendor)
    foundations.register_basis(poc_basis.recommended)
    foundations.register_grounds(poc_basis.sandboxes)
    conditions.register("poc", missing_at_gate)
    import_kinds.register(vendor_imports.VENDORS)
    import_kinds.register(event_imports.REGISTRATIONS)
    import_kinds.register(event_imports.ATTENDANCE)
    places.register("import_batch", "imports.show", "batch_id")
    places.register("organisation", "vendors.show", "vendor_id")
    places.register("engagement", "journey.show", "engagement_id")
    places.register("item", "journey.item", "item_id")
    places.register("playbook_version", "journey.playbook_version", "version_id")
    places.register("coaching_session", "coaching.show", "session_id")
    places.register("action_item", "coaching.action", "action_id")
    places.register("assessment", "assessments.result", "assessment_id")
    places.register("meeting", "coaching.meeting", "meeting_id")
    places.register("poc", "poc.show", "poc_id")
    places.register("funding_entry", "poc.entry", "entry_id")
    places.register("poc_measure", "poc.measure", "measure_id")
    places.register("poc_milestone", "poc.milestone", "milestone_id")
    places.register("trial", "poc.trial", "trial_id")
    places.register("trial_usage_log", "poc.usage_log", "log_id")
    places.register("camp", "poc.camp", "camp_id")
    places.register("camp_group", "poc.camp_group", "group_id")
    places.register("event", "events.show", "event_id")
    places.register("event_registration", "events.registration", "registration_id")
    places.register("exposure", "outreach.exposure", "exposure_id")
    places.register("lead", "outreach.lead", "lead_id")
    places.register("sandbox", "sandboxes.show", "sandbox_id")
    places.register("sandbox_plan", "sandboxes.plan", "plan_id")
    places.register("sandbox_operation", "sandboxes.operation", "operation_id")
    places.register("sandbox_drill", "sandboxes.drill_report", "drill_id")
    conditions.register("sandboxes", sandbox_gate.missing)
    sandbox_prefill.register(assessed_architecture)


def visible_engagements(actor: Actor) -> Select[int]:
    """Select the engagements that an actor may see, for features below them."""
    return select(Engagement.id).where(journey_permissions.visible(actor))


def assessed_architecture(engagement: Engagement, actor: Actor) -> sandbox_prefill.Recommendation | None:
    """Give the architecture that the newest closed assessment recommends, to a request for a sandbox."""
    blueprint = assessment_queries.prefill_of(engagement, actor=actor)
    return sandbox_prefill.Recommendation(blueprint.template, blueprint.parameters) if blueprint is not None else None


def name_of_vendor(vendor_id: int, actor: Actor) -> Bilingual:
    """Say which vendor an invitation promises."""
    return names_of(vendor_queries.get_vendor(vendor_id, actor=actor))


def name_of_programme(programme_id: int, actor: Actor) -> Bilingual:
    """Say which programme year an invitation promises."""
    programme = programme_queries.get_programme(programme_id, actor=actor)
    year = programme.roc_year
    return Bilingual(f"{programme.name_zh} {year}", f"{programme.name_en} {year}")


def queue_account_mail(mail: account_letters.AccountMail) -> None:
    """Write a mail about an account into the outbox, which lies above accounts."""
    letter = Letter(mail.subject, lines=mail.lines, action=mail.action, closing=mail.closing)
    notification_operations.queue_mail(mail.recipient, letter, language=mail.language, user_id=mail.user_id)


def reader_and_unread() -> tuple[Actor, int]:
    """Give the reader and the count of the inbox; the page that says that the database is away is shown without them."""
    try:
        actor = current_actor()
        return actor, notification_queries.unread_count(actor) if actor.is_authenticated else 0
    except SQLAlchemyError:
        session().rollback()
        g.actor = ANONYMOUS
        return ANONYMOUS, 0


def shared_values() -> dict[str, Any]:
    """Give every page its navigation, language, theme and reader."""
    actor, unread_count = reader_and_unread()
    reader = this_session().reader
    return {
        "actor": actor,
        "shortcuts_off": reader is not None and not reader.shortcuts,
        "current_lang": g.get("language", "zh-Hant"),
        "csp_nonce": g.get("csp_nonce", ""),
        "theme": theme if (theme := request.cookies.get("theme")) in edge.THEMES else "system",
        "navigation": navigation.entries(actor),
        "unread_count": unread_count,
        "home_url": url_for("overview.home"),
    }


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
)
