"""Reading what a person can reach by links."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

Open = Callable[[str], TestResponse]
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "use": "href", "source": "src"}


@dataclass(frozen=True)
class Found:
    """An address that was opened, where its link stood, and what it answered."""

    path: str
    source: str
    endpoint: str
    response: TestResponse

    @property
    def is_page(self) -> bool:
        """Tell whether it is one of our pages, opened."""
        return self.response.mimetype == "text/html" and self.response.status_code not in {301, 302, 303, 307}

    @property
    def text(self) -> str:
        """Give the answer as text."""
        return self.response.get_data().decode("utf-8", "replace")


class _Links(HTMLParser):
    """Gathers the addresses that a page leads to, without sending anything."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the addresses of links, of forms that ask, and of parts that htmx loads."""
        values = dict(attrs)
        asks = tag == "form" and (values.get("method") or "get").lower() == "get"
        for name in (LINKS.get(tag), "action" if asks else None, "hx-get"):
            if name and (target := values.get(name)):
                self.targets.append(target)


def links_of(text: str) -> list[str]:
    """Give the addresses that a page leads to."""
    reader = _Links()
    reader.feed(text)
    return reader.targets


def crawl(app: Flask, open_path: Open, *, start: str = "/", each: int = 3, assets: bool = False) -> Iterator[Found]:
    """Open what links lead to from the start: of every route as many addresses as asked, each once."""
    queue, seen, opened = deque([(start, "")]), {start}, Counter[str]()
    while queue:
        path, source = queue.popleft()
        endpoint = endpoint_of(app, path)
        if opened[endpoint] >= (each if endpoint != "static" else 1000):
            continue
        opened[endpoint] += 1
        found = Found(path, source, endpoint, open_path(path))
        yield found
        for target in _targets(found):
            if target not in seen and (assets or not target.startswith("/static/")):
                seen.add(target)
                queue.append((target, path))
        found.response.close()


def endpoint_of(app: Flask, path: str) -> str:
    """Name the route of an address; one without a route stands for itself."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return path


def _targets(found: Found) -> Iterator[str]:
    if found.response.status_code in {301, 302, 303, 307}:
        yield from _inside(found.path, found.response.headers["Location"])
    elif found.is_page:
        for target in links_of(found.text):
            yield from _inside(found.path, target)


def _inside(base: str, target: str) -> Iterator[str]:
    """Give the address when it lies in the app; another language or order is the same page again."""
    joined = urlsplit(urljoin(f"http://localhost{base}", target))
    if joined.scheme not in {"http", "https"} or joined.netloc != "localhost":
        return
    names = {part.partition("=")[0] for part in joined.query.split("&") if part}
    if not names & {"lang", "sort", "theme"}:
        yield f"{joined.path}?{joined.query}" if joined.query else joined.path
