"""What search engines ask first: which pages are theirs to read, and where they are."""

from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.access import PUBLIC, requires
from tracker.core import clock
from tracker.outreach.queries import directory
from tracker.outreach.routes.blueprint import bp, public_address
from tracker.outreach.routes.directory import addresses

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
register_namespace("", SITEMAP)
register_namespace("xhtml", XHTML)


@bp.route("/robots.txt")
@requires(PUBLIC)
def robots() -> ResponseReturnValue:
    """Tell search engines to read the directory and nothing else."""
    lines = (
        "User-agent: *",
        f"Allow: {url_for('.directory')}",
        "Allow: /static/",
        "Disallow: /",
        f"Sitemap: {public_address(url_for('.sitemap'))}",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.route("/sitemap.xml")
@requires(PUBLIC)
def sitemap() -> ResponseReturnValue:
    """List every public page in each language, with the day of its edition."""
    root = Element(f"{{{SITEMAP}}}urlset")
    _add(root, url_for(".directory"), None)
    for row in directory.all_pages():
        _add(root, url_for(".solution", page_id=row.page_id), clock.in_taipei(row.agreed_at).date().isoformat())
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), mimetype="application/xml")


def _add(root: Element, path: str, changed: str | None) -> None:
    alternates = addresses(path)["alternates"]
    for language, address in alternates:
        if language == "x-default":
            continue
        entry = SubElement(root, f"{{{SITEMAP}}}url")
        SubElement(entry, f"{{{SITEMAP}}}loc").text = address
        if changed is not None:
            SubElement(entry, f"{{{SITEMAP}}}lastmod").text = changed
        for other, its_address in alternates:
            SubElement(entry, f"{{{XHTML}}}link", {"rel": "alternate", "hreflang": other, "href": its_address})
