"""The templates that sandboxes are built from, in the words of the README beside each."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from flask import url_for
from markupsafe import Markup

from tracker.core import markdown
from tracker.core.errors import NotFound
from tracker.journey.playbook_links import TEMPLATES, template_ids


@dataclass(frozen=True)
class TemplatePage:
    """A template as it is described; one that is not there yet has no text."""

    id: str
    title: str
    lead: str
    html: Markup | None


def all_templates(language: str) -> list[TemplatePage]:
    """List the templates."""
    return [_page(template_id, language) for template_id in template_ids(TEMPLATES)]


def get_template(template_id: str, language: str) -> TemplatePage:
    """Give a template by its id."""
    if template_id not in template_ids(TEMPLATES):
        raise NotFound
    return _page(template_id, language)


def _page(template_id: str, language: str) -> TemplatePage:
    path = _readme(template_id, language)
    if path is None:
        return TemplatePage(template_id, template_id, "", None)
    title, text = _read(path, path.stat().st_mtime_ns)
    html = Markup(markdown.render(text, link=_address))  # noqa: S704 - sanitised by core.markdown
    return TemplatePage(template_id, title, _first_words(text), html)


def _readme(template_id: str, language: str) -> Path | None:
    """Find the README in the reader's language, or in the one it is written in."""
    folder = TEMPLATES / template_id if template_id == "backup" else TEMPLATES / "stacks" / template_id
    own = "README.en.md" if language == "en" else "README.zh-Hant.md"
    return next((folder / name for name in (own, "README.md") if (folder / name).is_file()), None)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> tuple[str, str]:
    first, _, rest = path.read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("# ").strip(), rest.strip()


def _first_words(text: str) -> str:
    """Give the first paragraph without markup."""
    return next((markdown.render_plain(part) for part in text.split("\n\n") if part[:1] not in "#|`-!"), "")


def _address(address: str) -> str:
    """Lead from one template to another; files of the repository are named and lead nowhere."""
    path = PurePosixPath(address.partition("#")[0])
    if "://" in address:
        return address
    known = path.name.startswith("README") and path.parent.name in template_ids(TEMPLATES)
    return url_for("overview.template", template_id=path.parent.name) if known else "#"
