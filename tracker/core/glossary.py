"""The words of the product and of the cloud, read from the file that people read too."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tracker.core.content import Bilingual

FILE = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    id: str
    """Playbooks link to it as `term:<id>`."""
    word: Bilingual
    meaning: Bilingual
    code: str
    """What it is called in the code, as Markdown; may be empty."""

    @property
    def anchor(self) -> str:
        """Name the place of the term on the glossary's page."""
        return f"term-{self.id}"


def terms() -> tuple[Term, ...]:
    """List the terms in the order of the file."""
    return read_terms(FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def read_terms(text: str) -> tuple[Term, ...]:
    """Read the tables whose first column is the id."""
    found: list[Term] = []
    names: list[str] = []
    for row in text.split("\n"):
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")] if row.startswith("|") else []
        if not cells:
            names = []
        elif not names:
            names = cells
        elif names[0] == "id" and not re.fullmatch(r"[-: ]+", cells[0]):
            found.append(_term(dict(zip(names, cells, strict=True))))
    return tuple(found)


def _term(row: dict[str, str]) -> Term:
    return Term(
        row["id"],
        Bilingual(row["zh-Hant"], row["English"]),
        Bilingual(row.get("意思", ""), row.get("Meaning", "")),
        row.get("in the code", ""),
    )
