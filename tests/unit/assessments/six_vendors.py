"""Six invented vendors and how they answer, so that the questionnaire's advice can be held to what a consultant would say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.rules.answers import WHOLE_SERVICE, Given, Key, Sheet

Said: TypeAlias = str | int
"""An option, several options with blanks between them, or a number."""
Answers: TypeAlias = Mapping[str, Said]


@dataclass(frozen=True)
class Vendor:
    """A vendor's answers, once and for each component; what is not said here is said by ORDINARY."""

    answers: Answers
    components: Mapping[str, Answers] = field(default_factory=dict)

    def sheet(self, questionnaire: Questionnaire) -> Sheet:
        """Fill in the questionnaire."""
        given: dict[Key, Given] = {}
        for question, said in (ORDINARY | dict(self.answers)).items():
            given[question, WHOLE_SERVICE] = as_given(said)
        for number, answers in enumerate(self.components.values(), start=1):
            for slug, said in (ORDINARY_COMPONENT | dict(answers)).items():
                given[component_question(questionnaire, slug), number] = as_given(said)
        return Sheet(questionnaire, tuple(range(1, len(self.components) + 1)), given)


def as_given(said: Said) -> Given:
    """Turn what a table says into an answer."""
    return Given(number=said) if isinstance(said, int) else Given(options=tuple(said.split()))


def component_question(questionnaire: Questionnaire, slug: str) -> str:
    """Find the question about components that ends in a slug, whatever its area."""
    return next(q.id for q in questionnaire.questions if q.of_component and q.id.endswith(f".component-{slug}"))


ORDINARY: dict[str, Said] = {
    "business.reason": "customers-ask",
    "business.copyright": "yes",
    "business.recurring-share": 25,
    "business.value-unit": "people",
    "business.usage-swing": "steady",
    "business.price-tested": "talked",
    "business.cash-trough": "covered",
    "business.existing-customers": 40,
    "business.move-offer": "planned",
    "business.tenants": 100,
    "business.users-where": "taiwan",
    "business.customer-kinds": "small",
    "business.customer-cloud": "none",
    "business.next-programme": "none",
    "application.diagram": "current",
    "application.editions": "one",
    "application.stack": "open",
    "application.web-only": "browser",
    "application.devices": "none",
    "application.offline": "tested",
    "application.integrations": "api",
    "application.jobs": "listed",
    "application.peak-users": 150,
    "application.peak-requests": 15,
    "data.residency": "no-demand",
    "data.azure-taiwan": "no",
    "data.azure-consent": "japan-agreed",
    "data.backup-place": "abroad-encrypted",
    "data.personal": "ordinary",
    "data.personal-rules": "all",
    "data.database": "postgresql",
    "data.volume": 40,
    "data.quality": "clean",
    "data.keep": "operational",
    "data.keep-days": 60,
    "data.late-discovery": "days",
    "data.analytics": "none",
    "tenancy.defined": "written",
    "tenancy.today": "shared",
    "tenancy.isolation": "nobody",
    "tenancy.biggest": 10,
    "tenancy.differences": "settings",
    "tenancy.single-restore": "rarely",
    "tenancy.files": "none",
    "tenancy.own-key": "none",
    "tenancy.tenant-from": "identity",
    "tenancy.row-rules": "layer",
    "tenancy.lifecycle": "scripts",
    "tenancy.metering": "yes",
    "tenancy.limits": "per-tenant",
    "identity.customer-login": "own",
    "identity.sso-tried": "yes",
    "identity.admin-mfa": "all",
    "identity.passwords": "modern",
    "identity.staff-accounts": "own",
    "security.scans": "all",
    "security.findings": "closed",
    "security.secrets": "none",
    "security.encryption": "all",
    "security.logs": "protected",
    "security.incident": "rehearsed",
    "security.domestic-share": 40,
    "operations.outage-tolerated": 480,
    "operations.loss-tolerated": 1440,
    "operations.stops-what": "next-day",
    "operations.promised": "99",
    "operations.measured": "week",
    "operations.restore-tested": "timed",
    "operations.second-copy": "locked",
    "operations.deploy": "pipeline",
    "operations.alerts": "us-any-time",
    "operations.on-call": "roster",
    "operations.networks": "yes",
    "people.sponsor": "decides",
    "people.cloud-skills": "none",
    "people.time": 40,
    "people.selling": "both",
    "cost.unit-cost": "known-good",
    "cost.commitment": "none",
    "cost.licences": "none",
    "cost.control": "owner",
    "cost.self-funding": "ready",
}
"""A vendor without worries; each of the six says where it differs."""

ORDINARY_COMPONENT: dict[str, Said] = {
    "used": "yes",
    "kind": "web",
    "source": "all",
    "licence": "yes",
    "hardware": "no",
    "faults": "none",
    "change": "sometimes",
    "bought": "none",
    "state": "none",
    "sharing": "own",
    "tenants": "aware",
    "support": "supported",
    "knowledge": "several",
}

MES_HOUSE = Vendor(
    {
        "business.recurring-share": 15,
        "business.value-unit": "sites",
        "business.tenants": 30,
        "business.customer-kinds": "mid-large",
        "business.next-programme": "points thematic",
        "application.editions": "few",
        "application.stack": "dotnet",
        "application.web-only": "installed",
        "application.devices": "streams",
        "application.offline": "partly",
        "application.integrations": "direct",
        "application.peak-users": 600,
        "application.peak-requests": 120,
        "data.residency": "no-hongkong-china",
        "data.database": "sqlserver",
        "data.volume": 300,
        "data.late-discovery": "month-end",
        "tenancy.today": "installs",
        "tenancy.isolation": "some",
        "tenancy.biggest": 30,
        "tenancy.differences": "code",
        "tenancy.single-restore": "often",
        "tenancy.own-key": "some",
        "tenancy.files": "sensitive",
        "identity.customer-login": "enterprise",
        "identity.sso-tried": "no",
        "operations.outage-tolerated": 120,
        "operations.loss-tolerated": 60,
        "operations.stops-what": "business",
        "operations.on-call": "one",
        "operations.restore-tested": "untested",
        "security.domestic-share": 20,
        "cost.licences": "not-portable",
    },
    {
        "work orders": {
            "faults": "some", "change": "often", "state": "local", "sharing": "several", "tenants": "per-customer", "support": "ending",
        },
        "machine gateway": {"kind": "device", "hardware": "near-devices", "change": "sometimes"},
        "planning client": {"kind": "desktop", "change": "often"},
        "licence dongle service": {"kind": "job", "hardware": "dongle", "source": "none", "licence": "no", "tenants": "internal"},
        "old report server": {"used": "no"},
    },
)  # fmt: skip

ERP_HOUSE = Vendor(
    {
        "business.recurring-share": 45,
        "business.existing-customers": 400,
        "business.move-offer": "offer-only",
        "business.tenants": 450,
        "business.customer-kinds": "small mid-large",
        "business.next-programme": "points",
        "application.peak-users": 1500,
        "application.peak-requests": 90,
        "application.stack": "dotnet",
        "data.residency": "taiwan-preferred",
        "data.azure-consent": "japan-agreed",
        "data.database": "sqlserver",
        "data.volume": 800,
        "data.quality": "known",
        "data.keep": "accounting",
        "data.late-discovery": "month-end",
        "tenancy.today": "databases",
        "tenancy.isolation": "nobody",
        "tenancy.biggest": 5,
        "tenancy.differences": "extensions",
        "tenancy.single-restore": "often",
        "identity.customer-login": "social",
        "operations.outage-tolerated": 240,
        "operations.loss-tolerated": 240,
        "operations.stops-what": "work-waits",
        "operations.restore-tested": "untested",
        "operations.second-copy": "same",
        "operations.networks": "no",
        "people.selling": "neither",
        "people.cloud-skills": "azure",
    },
    {
        "ledger": {"change": "often", "tenants": "per-customer", "state": "local"},
        "ledger database": {"kind": "database", "tenants": "aware"},
        "mail sender": {"kind": "common", "bought": "better"},
        "year-end archive": {"used": "lookup"},
        "tax tables job": {"kind": "job", "change": "never", "tenants": "internal", "state": "none"},
    },
)

POS_CHAIN = Vendor(
    {
        "business.value-unit": "sites",
        "business.usage-swing": "double",
        "business.tenants": 80,
        "business.existing-customers": 60,
        "business.customer-kinds": "small",
        "application.devices": "summaries",
        "application.peak-users": 1800,
        "application.peak-requests": 150,
        "data.residency": "no-demand",
        "data.late-discovery": "month-end",
        "data.keep": "accounting",
        "tenancy.biggest": 25,
        "operations.outage-tolerated": 60,
        "operations.loss-tolerated": 15,
        "operations.stops-what": "business",
        "operations.promised": "99-9",
        "operations.on-call": "nobody",
        "people.cloud-skills": "aws",
        "cost.unit-cost": "known-thin",
    },
    {
        "till": {"kind": "device", "change": "often"},
        "head office": {"change": "often"},
        "loyalty": {"tenants": "forks", "faults": "serious", "change": "often"},
        "payment link": {"kind": "common", "bought": "better", "change": "never"},
        "price list job": {"kind": "job", "change": "never", "tenants": "internal", "state": "none", "sharing": "read"},
    },
)

HOSPITAL_DATA = Vendor(
    {
        "business.tenants": 12,
        "business.existing-customers": 9,
        "business.customer-kinds": "hospitals",
        "application.peak-users": 300,
        "application.peak-requests": 40,
        "data.residency": "taiwan-only",
        "data.azure-taiwan": "no",
        "data.backup-place": "taiwan",
        "data.personal": "special",
        "data.personal-rules": "part",
        "data.volume": 300,
        "data.keep": "medical",
        "data.late-discovery": "year-end",
        "data.analytics": "large",
        "tenancy.today": "installs",
        "tenancy.isolation": "own-database",
        "tenancy.biggest": 35,
        "tenancy.files": "sensitive",
        "tenancy.own-key": "all",
        "identity.customer-login": "enterprise",
        "identity.sso-tried": "trial",
        "security.logs": "local",
        "operations.outage-tolerated": 60,
        "operations.loss-tolerated": 30,
        "operations.stops-what": "business",
        "people.cloud-skills": "gcp",
    },
    {
        "image store": {"state": "local", "tenants": "per-customer"},
        "results database": {"kind": "database", "tenants": "per-customer"},
        "model training": {"kind": "job", "change": "often", "source": "part"},
    },
)

SMALL_TOOL = Vendor(
    {
        "business.tenants": 150,
        "business.existing-customers": 5,
        "business.price-tested": "none",
        "application.peak-users": 60,
        "application.peak-requests": 5,
        "data.volume": 5,
        "tenancy.row-rules": "by-hand",
        "tenancy.tenant-from": "request",
        "identity.admin-mfa": "none",
        "security.scans": "none",
        "security.secrets": "code",
        "operations.outage-tolerated": 1440,
        "operations.loss-tolerated": 1440,
        "operations.promised": "none",
        "operations.restore-tested": "none",
        "operations.alerts": "customers",
        "people.time": 10,
    },
    {"tool": {"change": "often"}, "worker": {"kind": "job", "knowledge": "one"}},
)

INVOICE_API = Vendor(
    {
        "business.value-unit": "transactions",
        "business.usage-swing": "steady",
        "business.recurring-share": 70,
        "business.existing-customers": 800,
        "business.tenants": 3000,
        "business.customer-kinds": "small mid-large",
        "application.peak-users": 300,
        "application.peak-requests": 400,
        "application.stack": "containers",
        "data.residency": "taiwan-preferred",
        "data.azure-consent": "not-agreed",
        "data.backup-place": "taiwan",
        "data.volume": 2000,
        "data.keep": "contract",
        "data.keep-days": 365,
        "data.late-discovery": "month-end",
        "tenancy.single-restore": "never",
        "tenancy.biggest": 8,
        "tenancy.own-key": "not-asked",
        "operations.outage-tolerated": 30,
        "operations.loss-tolerated": 5,
        "operations.stops-what": "business",
        "operations.promised": "99-95",
        "people.cloud-skills": "aws",
    },
    {
        "issuing API": {"change": "often"},
        "upload job": {"kind": "job", "sharing": "several"},
    },
)
