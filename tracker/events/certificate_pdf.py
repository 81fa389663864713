"""The certificate of attendance as PDF, with the link by which anybody verifies it."""

from pathlib import Path

from flask import Response, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.core.errors import NotFound
from tracker.events import qr
from tracker.events.models import Registration
from tracker.events.queries.attendance import find_certificate
from tracker.notifications import letters
from tracker.web.filters import show_date, show_number
from tracker.web.typeset import make_pdf

TEMPLATE = Path(__file__).parent / "documents" / "certificate.typ"


def make(registration: Registration) -> ResponseReturnValue:
    """Answer with the certificate that stands, set in the reader's language."""
    certificate = find_certificate(registration.id)
    if certificate is None:
        raise NotFound
    event, english = registration.event, g.get("language") == "en"
    vendor = registration.organisation
    company = (vendor.name_en if english and vendor.name_en else vendor.name_zh) if vendor else registration.company
    address = letters.address(f"/certificates/{certificate.code}")
    days = sorted({show_date(one.starts_at) for one in event.live_sessions})
    body = make_pdf(
        TEMPLATE,
        {
            "title": _("Certificate of attendance"),
            "lang": "en" if english else "zh",
            "region": "us" if english else "tw",
            "programme": event.programme.name_en if english else event.programme.name_zh,
            "office": _("CloudSteps programme office"),
            "name": registration.name,
            "company": company,
            "sentence": _("has taken part in the event"),
            "event": event.name_en if english and event.name_en else event.name_zh,
            "facts": [
                [_("Kind of event"), _(event.kind.label)],
                [_("Day"), _(", ").join(days)],
                [_("Hours"), show_number(certificate.hours)],
                [_("Issued on"), show_date(certificate.issued_at)],
                [_("Code of the certificate"), certificate.code],
            ],
            "verify": _("Verify this certificate at"),
            "address": address,
            "qr": qr.as_rows(address),
        },
    )
    headers = {"Content-Disposition": f'attachment; filename="certificate-{certificate.code}.pdf"'}
    return Response(body, mimetype="application/pdf", headers=headers)
