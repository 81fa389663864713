"""The forms of the pages, found on the pages themselves, and filled in as a person or a machine would."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.factories.vendors import UBNS
from tests.support.sweep import Answers

Values = list[tuple[str, str]]
TYPED = {"text", "search", "textarea", "url", "tel"}
PLAIN = {
    "anchor_on": "2026-03-02",
    "capital": "1000000",
    "charging_model": "licence",
    "date": "2026-04-01",
    "day": "2026-12-01",
    "due": "2026-12-01",
    "email": "somebody@forms.example",
    "employees": "12",
    "established_on": "2010-01-01",
    "hours": "2",
    "day_of": "2026-04-01",
    "starts_on": "2026-04-01",
    "next_day": "2026-12-01",
    "next_time": "10:00",
    "time": "10:00",
    "starts_at": "10:00",
    "ubn": UBNS[77],
    "url": "https://forms.example/page",
    "website": "https://forms.example",
}
"""What goes into a field that takes no free text, by the last part of its name."""


@dataclass
class Field:
    """A field as the page shows it."""

    kind: str
    name: str
    value: str = ""
    chosen: bool = False
    options: list[str] = field(default_factory=list)

    @property
    def takes_text(self) -> bool:
        """Tell whether people type what they like here."""
        return self.kind in TYPED and self.last not in PLAIN

    @property
    def last(self) -> str:
        """Give the last part of a name within a list of parts."""
        return self.name.rpartition("-")[2]


@dataclass
class FoundForm:
    """A form that posts, who saw it and where."""

    person: str
    page: str
    action: str
    fields: list[Field] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        """Tell whether people type something here."""
        return any(one.takes_text for one in self.fields)

    @property
    def asks_for_password(self) -> bool:
        """Tell whether a password is typed here."""
        return any(one.kind == "password" for one in self.fields)

    def values(self, text: Callable[[Field], str] | None = None) -> Values:
        """Fill the form: what is chosen stays, what must be chosen is, free text is the given one."""
        return [pair for one in self._choices() for pair in _filled(one, text)]

    def _choices(self) -> Iterator[Field]:
        seen: set[str] = set()
        for one in self.fields:
            if one.kind != "radio":
                yield one
            elif one.name not in seen and (one.chosen or not self._is_chosen(one.name)):
                seen.add(one.name)
                yield Field("radio", one.name, one.value, chosen=True)

    def _is_chosen(self, name: str) -> bool:
        return any(one.chosen for one in self.fields if one.name == name)


def _filled(one: Field, text: Callable[[Field], str] | None) -> Values:
    if one.name == "csrf_token" or one.kind in {"submit", "button", "file", "password"}:
        return []
    if one.kind in {"checkbox", "radio"}:
        return [(one.name, one.value or "on")] if one.chosen else []
    if one.kind == "select":
        return [(one.name, one.value or next((option for option in one.options if option), ""))]
    if one.takes_text:
        return [(one.name, text(one) if text else one.value or "文字")]
    return [(one.name, one.value or PLAIN.get(one.last, ""))]


class _Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, person: str, page: str) -> None:
        super().__init__()
        self.person, self.page = person, page
        self.forms: list[FoundForm] = []
        self.form: FoundForm | None = None
        self.open: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form or a field."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            posts = values.get("method", "get").lower() == "post"
            self.form = FoundForm(self.person, self.page, values.get("action") or self.page) if posts else None
        elif self.form is not None and tag in {"input", "textarea", "select"} and "disabled" not in values:
            kind = values.get("type", "text") if tag == "input" else tag
            found = Field(kind, values.get("name", ""), values.get("value", ""), "checked" in values)
            self.open = found if tag != "input" else None
            if found.name:
                self.form.fields.append(found)
        elif tag == "option" and self.open is not None and self.open.kind == "select":
            self.open.options.append(values.get("value", ""))
            if "selected" in values:
                self.open.value = values.get("value", "")

    def handle_data(self, data: str) -> None:
        """Take what stands in a text area."""
        if self.open is not None and self.open.kind == "textarea":
            self.open.value += data

    def handle_endtag(self, tag: str) -> None:
        """End a form or a field."""
        if tag in {"textarea", "select"}:
            self.open = None
        elif tag == "form" and self.form is not None:
            self.forms.append(self.form)
            self.form = None


def forms_of(answers: Answers, people: Iterable[str]) -> list[FoundForm]:
    """Give every form that posts, once for each set of fields, as the first of these people sees it."""
    found: dict[tuple[str, tuple[str, ...]], FoundForm] = {}
    for person in people:
        for answer in answers.of(person):
            if answer.is_page and answer.status == 200:
                reader = _Forms(person, answer.path)
                reader.feed(answer.text)
                for form in reader.forms:
                    if form.action not in {"/sign-out", "/style"}:
                        names = tuple(sorted({one.name for one in form.fields}))
                        found.setdefault((form.action, names), form)
    return list(found.values())
