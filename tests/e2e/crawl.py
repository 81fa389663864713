"""Finds one address of each kind of page that a person can reach by links."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Page

NUMBER = re.compile(r"/\d+")
NO_PAGES = re.compile(r"\.(csv|ics|pdf|txt|xlsx|xml)$|^/evidence/|^/static/|/sign-out$|/pdf$|\.html$")
MOST = 120


def kinds_of_pages(page: Page, start: str = "/") -> list[str]:
    """Walk the links from the start and give the first address of each kind."""
    found: dict[str, str] = {kind_of(start): start}
    waiting = [start]
    while waiting and len(found) < MOST:
        page.goto(waiting.pop(0))
        for path in links(page):
            if not NO_PAGES.search(path) and kind_of(path) not in found:
                found[kind_of(path)] = path
                waiting.append(path)
    return sorted(found.values())


def kind_of(path: str) -> str:
    """Give the path with its numbers taken out, and with the names of its filters."""
    return NUMBER.sub("/<n>", path)


def links(page: Page) -> Iterator[str]:
    """Give the paths that the page links to on this site, without filters."""
    here = urlsplit(page.url).netloc
    for address in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
        parts = urlsplit(address)
        if parts.netloc == here and parts.path:
            yield parts.path
