"""The users' guide, read from the files that the repository shows too."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from flask import url_for
from markupsafe import Markup

from tracker.core import markdown
from tracker.core.errors import NotFound

DOCS = Path(__file__).resolve().parents[2] / "docs"
START = "start"
GUIDE = {
    START: "README",
    **{name: name for name in ("office", "lead", "expert", "vendor", "administrator", "auditor")},
    **{name: name for name in ("poc", "outreach", "reports", "sandboxes", "playbooks")},
}
SHARED = {"operations": "en", "settings": "en"}
GLOSSARY = "glossary"
"""Pages that are written once, beside the guide, and the language they are in."""


@dataclass(frozen=True)
class HelpPage:
    """A page of the guide."""

    title: str
    html: Markup
    language: str | None
    """The language it is in, where that may differ from the reader's."""


def get_page(name: str, language: str) -> HelpPage:
    """Read a page of the guide in a language."""
    if name in SHARED:
        path = DOCS / f"{name}.md"
    elif name in GUIDE:
        path = DOCS / "guide" / ("en" if language == "en" else "zh-Hant") / f"{GUIDE[name]}.md"
    else:
        raise NotFound
    title, text = _read(path)
    html = Markup(markdown.render(text, link=_address))  # noqa: S704 - sanitised by core.markdown
    return HelpPage(title, html, SHARED.get(name))


@lru_cache(maxsize=32)
def _read(path: Path) -> tuple[str, str]:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("# ").strip(), rest


def _address(address: str) -> str:
    """Lead from a file of the guide to its page."""
    path = PurePosixPath(address)
    if path.name == f"{GLOSSARY}.md":
        return url_for("overview.glossary_page")
    name = START if path.stem == "README" else path.stem
    known = path.suffix == ".md" and (name in GUIDE or name in SHARED)
    return url_for("overview.help_page", page=name) if known else address
