"""What the templates say to people, in both languages."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """One sentence in zh-Hant, as written in Taiwan, and in English."""

    zh_hant: str
    en: str


class Unsuitable(ValueError):
    """A setting that cannot be built: what is wrong with it and what to do."""

    def __init__(self, zh_hant: str, en: str) -> None:
        """Take the sentence in both languages."""
        super().__init__(en)
        self.sentence = Sentence(zh_hant, en)
