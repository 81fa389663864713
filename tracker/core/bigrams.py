"""Text cut into grams, so that one- and two-character Chinese words are found on every database.

Neither SQLite's tokenizers nor PostgreSQL's trigrams find 雲端 in 輔導雲端服務. Here a run of Chinese characters becomes its characters
and its pairs of neighbours, while Latin words and numbers stay whole. A text answers a query when it holds all grams of the query;
both databases are asked the same, one through FTS5, the other through a text search vector. Grams hold letters and digits only and
are folded already, so that no tokenizer cuts or changes them again.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LONGEST_WORD = 64
"""Longer words are cut here, in texts and queries alike: PostgreSQL refuses a lexeme over 2,046 bytes."""

_VARIANTS = str.maketrans("臺綫麽着説内温裏羣峯", "台線麼著說內溫裡群峰")
"""Characters that people in Taiwan write in two ways and search for in either."""

_CJK = (
    "\u3005\u3007"  # 々 and 〇
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # kana
    "\u3105-\u312f\u31a0-\u31bf"  # bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # ideographs
    "\uac00-\ud7a3"  # hangul
    "\U00020000-\U000323af"  # ideographs of the extensions, found in names of people
)
_SIGNS_TO_SQLITE = "\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3"
"""Letters of New Tai Lue and Vedic at which SQLite's tokenizer would cut a gram in two, which such an index cannot be asked for."""

_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>[^\W_{_CJK}{_SIGNS_TO_SQLITE}]+)")


@dataclass(frozen=True)
class QueryGrams:
    """What a text must hold to be found: every gram of `whole`, and a gram that begins with `prefix`."""

    whole: frozenset[str]
    prefix: str | None = None

    def __bool__(self) -> bool:
        return bool(self.whole or self.prefix)

    def finds(self, indexed: frozenset[str]) -> bool:
        """Tell whether a text with these grams is found; the databases must answer the same."""
        return self.whole <= indexed and (self.prefix is None or any(gram.startswith(self.prefix) for gram in indexed))

    def for_fts5(self) -> str:
        """Write the query for `MATCH` on an FTS5 table with `tokenize = 'unicode61 remove_diacritics 0'`."""
        return " AND ".join(
            [*(f'"{gram}"' for gram in sorted(self.whole)), *([f'"{self.prefix}"*'] if self.prefix else [])]
        )

    def for_tsquery(self) -> str:
        """Write the query as a `tsquery`, for a column filled by `array_to_tsvector`."""
        return " & ".join(
            [*(f"'{gram}'" for gram in sorted(self.whole)), *([f"'{self.prefix}':*"] if self.prefix else [])]
        )


class _WithoutMarks(dict[int, int | None]):
    """What each character becomes where accents are left out, looked up once per character."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) == "Mn" else code
        self[code] = kept
        return kept


_WITHOUT_MARKS = _WithoutMarks()


def fold(text: str) -> str:
    """Write text as it is compared: one form per character, without case, accents and variant characters."""
    bare = unicodedata.normalize("NFKD", text).translate(_WITHOUT_MARKS)
    return unicodedata.normalize("NFKC", bare.casefold()).translate(_VARIANTS)


def grams(text: str) -> frozenset[str]:
    """Give all grams of a text, for the index."""
    return grams_of_folded(fold(text))


def grams_of_folded(text: str) -> frozenset[str]:
    """Give all grams of a text that is folded already."""
    found: set[str] = set()
    for run in _RUN.finditer(text):
        if word := run["word"]:
            found.add(word[:LONGEST_WORD])
        else:
            found.update(run["cjk"], _pairs(run["cjk"]))
    return frozenset(found)


def query_grams(text: str) -> QueryGrams:
    """Give the grams to search for; the last word, where it is Latin or a number, may be unfinished."""
    whole: set[str] = set()
    prefix = None
    for run in _RUN.finditer(fold(text)):
        if prefix:
            whole.add(prefix)
            prefix = None
        if word := run["word"]:
            prefix = word[:LONGEST_WORD]
        else:
            whole.update(_pairs(run["cjk"]) or run["cjk"])
    return QueryGrams(frozenset(whole), prefix)


def _pairs(run: str) -> list[str]:
    """Give each two neighbouring characters of a run."""
    return [first + second for first, second in pairwise(run)]
