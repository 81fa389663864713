"""The architecture as SVG: A4 across, labelled, readable without colour and by a screen reader.

Every box and arrow comes from the resource graph; the text of each says what the shapes show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from html import escape
from itertools import pairwise

from infra_templates.plan.picture import words
from infra_templates.plan.picture.graph import Box, boxes_of
from infra_templates.planned import Planned
from infra_templates.practice.provider.handlers import EMULATED, RECORDED
from infra_templates.sentences import Sentence

WIDTH, HEIGHT = 1123, 794
"""A4 across at 96 points to the inch; a larger plan grows downwards and is scaled to fit when printed."""
MARGIN, TOP, FOOT = 24, 76, 36
COLUMNS, GUTTER = 4, 46
LINE, HEAD, PAD, GAP = 15, 24, 9, 16
SIGN, LETTER = 11.5, 6.4
"""How wide a Chinese sign and a letter are."""
_MARKS = "●○"
_WIDE = 0x2E80
"""From here on characters are as wide as they are high."""
_FONT = "Noto Sans TC, PingFang TC, Microsoft JhengHei, sans-serif"
_TEXT = {
    "": 'font-size="11.5" fill="#1d2733"',
    "quiet": 'font-size="11.5" fill="#4a5866"',
    "name": 'font-size="13" font-weight="600" fill="#1d2733"',
    "title": 'font-size="17" font-weight="600" fill="#1d2733"',
}
"""Written as attributes, so that a page's policy on styles can't take them away, nor its styles get in."""
_ARROW = 'fill="none" stroke="#5b6b7a" stroke-width="1.2"'


@dataclass(frozen=True)
class Subject:
    """What the picture is of."""

    template: str
    mode: str
    cloud: str
    region: str


@dataclass(frozen=True)
class _Placed:
    box: Box
    lines: Sequence[tuple[str, str]]
    """How each line is written, and its text."""
    x: float
    y: float
    width: float

    @property
    def height(self) -> float:
        return HEAD + PAD + LINE * len(self.lines)

    @property
    def middle(self) -> float:
        return self.y + HEAD / 2


class Picture:
    """One picture in one language."""

    def __init__(self, subject: Subject, resources: Sequence[Planned], language: str = "zh-Hant") -> None:
        """Lay the boxes out; `language` is zh-Hant or en."""
        self._subject = subject
        self._chinese = language == "zh-Hant"
        self._language = language
        self._custom = [one for one in resources if one.custom]
        self._boxes = boxes_of(resources)
        self._by_key = {box.key: box for box in self._boxes}
        self._placed = {one.box.key: one for one in self._laid_out()}
        self._mark = sha256("".join(self._placed).encode()).hexdigest()[:8]

    def svg(self) -> str:
        """Write the picture; its ids are its own, so that several can stand on one page."""
        height = max([HEIGHT, *(one.y + one.height + FOOT + MARGIN for one in self._placed.values())])
        title, told = f"title-{self._mark}", f"told-{self._mark}"
        size = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
        role = f'role="graphics-document document" aria-roledescription="{escape(self._say(words.ROLE))}"'
        named = f'aria-labelledby="{title}" aria-describedby="{told}" lang="{self._language}"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role} {named} font-family="{_FONT}">',
            f'<title id="{title}">{escape(self._title)}</title>',
            f'<desc id="{told}">{escape(self._told())}</desc>',
            f'<rect width="{WIDTH}" height="{height:g}" fill="#fff"/>',
            _text(MARGIN, 36, self._title, "title"),
            _text(MARGIN, 56, self._counts, "quiet"),
            *self._arrows(),
            *(self._drawn(one) for one in self._placed.values()),
            self._legend(height),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    # ------------------------------------------------------------ words

    def _say(self, sentence: Sentence, **facts: object) -> str:
        return (sentence.zh_hant if self._chinese else sentence.en).format(**facts)

    @property
    def _title(self) -> str:
        subject = self._subject
        return self._say(
            words.TITLE,
            template=subject.template,
            mode=self._say(words.MODES[subject.mode]),
            cloud=words.CLOUDS[subject.cloud],
            region=subject.region,
        )

    @property
    def _counts(self) -> str:
        done = [one.practice for one in self._custom]
        return self._say(words.COUNTS, all=len(done), emulated=done.count(EMULATED), recorded=done.count(RECORDED))

    def _name(self, box: Box) -> str:
        known = words.PARTS.get(box.part)
        return self._say(known) if known else box.name

    def _needs(self, box: Box) -> str:
        names = [self._name(self._by_key[key]) for key in box.needs]
        return self._say(words.NEEDS, parts=self._say(words.BETWEEN).join(names)) if names else ""

    def _sentence(self, box: Box) -> str:
        between = self._say(words.BETWEEN)
        kinds = between.join(f"{kind.name} ×{kind.count}" for kind in box.kinds)
        said = self._say(words.PART, name=self._name(box), count=box.count, kinds=kinds)
        needs = self._needs(box)
        return f"{said}{'；' if self._chinese else '; '}{needs}" if needs else said

    def _told(self) -> str:
        end = "。" if self._chinese else ". "
        return end.join([self._counts, *(self._sentence(box) for box in self._boxes)]) + end.strip()

    # ------------------------------------------------------------ places

    def _laid_out(self) -> Iterator[_Placed]:
        """Fill columns of much the same height from left to right, so that arrows lead forwards."""
        width = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GUTTER) / COLUMNS
        placed = [_Placed(box, list(self._lines(box, width - 2 * PAD)), 0, 0, width) for box in self._boxes]
        goal = _goal([one.height for one in placed])
        column, y = 0, 0.0
        for one in placed:
            if y and y + one.height > goal:
                column, y = column + 1, 0.0
            yield replace(one, x=MARGIN + column * (width + GUTTER), y=TOP + y)
            y += one.height + GAP

    def _lines(self, box: Box, width: float) -> Iterator[tuple[str, str]]:
        yield from (("quiet", text) for text in _wrapped(self._needs(box), width))
        for kind in box.kinds:
            times = f" ×{kind.count}" if kind.count > 1 else ""
            yield from (("", text) for text in _wrapped(f"{'●' if kind.emulated else '○'} {kind.name}{times}", width))

    # ------------------------------------------------------------ shapes

    def _drawn(self, placed: _Placed) -> str:
        box, x, y = placed.box, placed.x, placed.y
        size = f'width="{placed.width:g}" height="{placed.height:g}"'
        dashes = ' stroke-dasharray="6 4"' if box.elsewhere else ""
        top = f"M{x + 1:g} {y + HEAD:g}v-{HEAD - 4}q0-3 3-3h{placed.width - 8:g}q3 0 3 3v{HEAD - 4}z"
        lines = [
            f'<g role="graphics-object group" aria-label="{escape(self._sentence(box))}">',
            f'<rect x="{x:g}" y="{y:g}" rx="4" {size} fill="#fff" stroke="#4a5866" stroke-width="1.2"{dashes}/>',
            f'<path d="{top}" fill="#e8edf2"/>',
            _text(x + PAD, y + 17, self._name(box), "name"),
            *(
                _text(x + PAD, y + HEAD + LINE * row, text, kind)
                for row, (kind, text) in enumerate(placed.lines, start=1)
            ),
        ]
        return "\n".join([*lines, "</g>"])

    def _arrows(self) -> Iterator[str]:
        """Draw what is needed towards what needs it; the words in the boxes say the same."""
        yield '<g aria-hidden="true">'
        for placed in self._placed.values():
            for key in placed.box.needs:
                yield _arrow(self._placed[key], placed)
        yield "</g>"

    def _legend(self, height: float) -> str:
        shown = (words.EMULATED, words.RECORDED, words.ARROW, words.ELSEWHERE)
        text = "\N{IDEOGRAPHIC SPACE}".join(self._say(one) for one in shown)
        return _text(MARGIN, height - MARGIN, text, "quiet")


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" {_TEXT[kind]}>{escape(text)}</text>'


def _goal(heights: Sequence[float]) -> float:
    """Give the least height with which the boxes fit into the columns in their order."""
    goal = max(heights, default=0.0)
    while _columns(heights, goal) > COLUMNS:
        goal += LINE
    return goal


def _columns(heights: Sequence[float], goal: float) -> int:
    count, y = 1, 0.0
    for height in heights:
        if y and y + height > goal:
            count, y = count + 1, 0.0
        y += height + GAP
    return count


def _arrow(start: _Placed, end: _Placed) -> str:
    if start.x < end.x:
        x1, y1, x2, y2 = start.x + start.width, start.middle, end.x - 5, end.middle
        bend = max(18.0, (x2 - x1) / 2)
        path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    else:
        # In the same column: down along the left side.
        x2, y1, y2 = end.x - 5, start.middle, end.middle
        path = f"M{start.x:g} {y1:g}C{start.x - 20:g} {y1:g} {start.x - 24:g} {y2:g} {x2:g} {y2:g}"
    return f'<path d="{path}" {_ARROW}/><path d="M{x2 + 5:g} {y2:g}l-7-4v8z" fill="#5b6b7a"/>'


def _wrapped(text: str, width: float) -> Iterator[str]:
    """Break a line where a word, a part of a name such as BucketPolicy, or a Chinese sign ends."""
    line, room = "", width
    for piece in _pieces(text):
        size = sum(SIGN if ord(sign) >= _WIDE or sign in _MARKS else LETTER for sign in piece)
        if line and size > room:
            yield line.rstrip()
            line, room = "", width
        line, room = line + piece, room - size
    if line:
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for sign, after in pairwise(f"{text} "):
        word += sign
        if sign in " 、，；" or ord(sign) >= _WIDE or (sign.islower() and after.isupper()):
            yield word
            word = ""
    if word:
        yield word
