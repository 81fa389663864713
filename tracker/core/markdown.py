"""Markdown to HTML that is safe to show, for playbooks and for what people type."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

RewriteLink = Callable[[str], str]

MOST_BRACKETS = 500
"""Far more than a real text holds; the time to parse grows with the square of it."""

_LIST_ROW = re.compile(r"([-*+]|\d{1,3}\.) ")
_IN_LIST = re.compile(r"([-*+]|\d{1,3}\.) | {2,}\S")
_ADDRESS = r"""https?://[^\s<>"'`()（）「」『』，。；：、！？]+"""


@dataclass(frozen=True)
class Heading:
    """A heading of a text with the anchor it is reached by."""

    level: int
    id: str
    text: str


def render(text: str, *, link: RewriteLink | None = None) -> str:
    """Give a playbook's Markdown as safe HTML; `link` may turn each address into another."""
    return _clean(_convert(_guide(link), text), _GUIDE_TAGS) if link else _rendered(text)


@lru_cache(maxsize=256)
def _rendered(text: str) -> str:
    return _clean(_convert(_guide(None), text), _GUIDE_TAGS)


@lru_cache(maxsize=2048)
def render_inline(text: str) -> str:
    """Give one line of Markdown as safe HTML without a paragraph around it."""
    return _clean(_convert(_guide(None), text), _INLINE_TAGS).strip()


@lru_cache(maxsize=2048)
def render_note(text: str) -> str:
    """Give what a person typed as safe HTML: markup shows as typed, headings are small, images are links."""
    return _clean(_convert(_note(), _with_room_for_lists(text)), _NOTE_TAGS)


@lru_cache(maxsize=128)
def render_plain(text: str) -> str:
    """Give the words of a Markdown text without any markup."""
    words = nh3.clean(_convert(_guide(None), text), tags=set(), attributes={})
    return re.sub(r"\n{3,}", "\n\n", html.unescape(words)).strip()


def headings(text: str) -> tuple[Heading, ...]:
    """List the headings of a Markdown text in their order."""
    engine = _guide(None)
    _convert(engine, text)
    found: list[Heading] = []
    _flatten(getattr(engine, "toc_tokens", []), found)
    return tuple(found)


def _flatten(tokens: list[dict[str, Any]], found: list[Heading]) -> None:
    for token in tokens:
        found.append(Heading(token["level"], token["id"], html.unescape(token["name"])))
        _flatten(token["children"], found)


def _convert(engine: Markdown, text: str) -> str:
    """Convert a text; one that is tangled on purpose is shown as it was typed, since parsing it would take minutes."""
    if text.count("[") <= MOST_BRACKETS and text.count("<") <= MOST_BRACKETS:
        try:
            return engine.convert(text)
        except RecursionError:
            engine.reset()
    return f"<pre>{html.escape(text)}</pre>"


def _with_room_for_lists(text: str) -> str:
    """Set the blank line before a list that Markdown asks for and people leave out."""
    rows: list[str] = []
    in_code = False
    for row in text.splitlines():
        in_code ^= row.startswith(("```", "~~~"))
        if not in_code and _LIST_ROW.match(row) and rows and rows[-1].strip() and not _IN_LIST.match(rows[-1]):
            rows.append("")
        rows.append(row)
    return "\n".join(rows)


class _BareAddress(InlineProcessor):
    """Makes a link of an address that stands in the text as it is."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: ARG002, N802 - the name and the arguments are the library's
        """Build the link and tell where its address began and ended."""
        address = m[0].rstrip(".,;:!?")
        anchor = Element("a", {"href": address})
        anchor.text = AtomicString(address)
        return anchor, m.start(0), m.start(0) + len(address)


class _LinkRewriter(Treeprocessor):
    """Passes the address of every link through a function of the caller."""

    def __init__(self, engine: Markdown, link: RewriteLink) -> None:
        super().__init__(engine)
        self.link = link

    def run(self, root: Element) -> None:
        """Rewrite the links of a parsed text in place."""
        for anchor in root.iter("a"):
            address = anchor.get("href")
            if address and not address.startswith("#"):
                anchor.set("href", self.link(address))


def _guide(link: RewriteLink | None) -> Markdown:
    engine = Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            TocExtension(slugify=slugify_unicode),
            FootnoteExtension(BACKLINK_TEXT="↩", BACKLINK_TITLE="{}"),
            "fenced_code",
            "attr_list",
            "admonition",
            "sane_lists",
            "def_list",
        ]
    )
    if link is not None:
        engine.treeprocessors.register(_LinkRewriter(engine, link), "rewrite-links", 5)
    return engine


def _note() -> Markdown:
    """Build the engine for notes; raw HTML stays visible text, since nobody's typing may disappear."""
    engine = Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            TocExtension(baselevel=4, slugify=slugify_unicode),
            "fenced_code",
            "sane_lists",
            "nl2br",
        ]
    )
    engine.preprocessors.deregister("html_block")
    engine.inlinePatterns.deregister("html")
    engine.inlinePatterns.deregister("image_link")
    engine.inlinePatterns.deregister("image_reference")
    engine.inlinePatterns.deregister("short_image_ref")
    engine.inlinePatterns.register(_BareAddress(_ADDRESS, engine), "bare-address", 115)
    return engine


_INLINE_TAGS = frozenset({"a", "abbr", "b", "br", "code", "del", "em", "i", "kbd", "mark", "s", "strong", "sub", "sup"})
_BLOCK_TAGS = frozenset({"blockquote", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"})
_TABLE_TAGS = frozenset({"table", "thead", "tbody", "tr", "th", "td"})
_NOTE_TAGS = _INLINE_TAGS | _BLOCK_TAGS | _TABLE_TAGS
_GUIDE_TAGS = _NOTE_TAGS | {"dd", "details", "div", "dl", "dt", "figcaption", "figure", "h2", "h3", "img", "summary"}

_ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "code": {"class"},
    "div": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"class"},
    "sup": {"id"},
    "td": {"align"},
    "th": {"align"},
}
_CLASSES = frozenset(
    {
        "admonition",
        "admonition-title",
        "danger",
        "footnote",
        "footnote-backref",
        "footnote-ref",
        "note",
        "tip",
        "warning",
    }
)
_SCHEMES = {"http", "https", "mailto"}


def _clean(unsafe: str, tags: frozenset[str]) -> str:
    """Keep what is on the lists, drop the rest; notes and single lines keep no ids, which scripts could be misled by."""
    return nh3.clean(
        unsafe,
        tags=set(tags),
        attributes={tag: set(_ATTRIBUTES[tag]) for tag in tags if tag in _ATTRIBUTES},
        attribute_filter=_keep_anchors if tags is _GUIDE_TAGS else _drop_anchors,
        # Long lines of code scroll inside their box, and the keyboard must be able to go there.
        set_tag_attribute_values={"pre": {"tabindex": "0"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _keep_anchors(tag: str, attribute: str, value: str) -> str | None:
    match tag, attribute:
        case _, "class":
            kept = [name for name in value.split() if name in _CLASSES or re.fullmatch(r"language-[a-z0-9-]+", name)]
            return " ".join(kept) or None
        case (("li" | "sup"), "id"):
            return value if re.fullmatch(r"fn(ref\d*)?:[\w-]+", value) else None
        case "img", "src":
            return value if _is_relative(value) else None
        case "a", "href":
            return None if _leaves_quietly(value) else value
        case _, "align":
            return value if value in ("left", "right", "center") else None
    return value


def _drop_anchors(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute in ("id", "class") else _keep_anchors(tag, attribute, value)


def _is_relative(address: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) is None and not _leaves_quietly(address)


def _leaves_quietly(address: str) -> bool:
    """Tell whether an address without a scheme leads to another host; browsers read past blanks and turn slashes round."""
    return re.match(r"[\\/]{2}", re.sub(r"[\x00-\x20]", "", address)) is not None
