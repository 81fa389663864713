"""How names of companies and mail addresses are compared: legal forms, widths and variants of characters aside."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

NAMES_KEPT = 4096
"""How many answers about a name or an address are remembered: an import asks for the same vendors hundreds of times."""
_VARIANTS = str.maketrans(
    {"臺": "台", "証": "證", "啓": "啟", "恆": "恒", "裡": "裏", "峯": "峰", "羣": "群", "衆": "眾"}
)
_SHORT_FORMS = re.compile(r"[(\[]\s*(股|有)\s*[)\]]\s*公司")
_CHINESE_FORMS = re.compile(r"(股份有限公司|有限公司|股份公司|公司)+$")
_CHINESE_HEADS = re.compile(r"^(財團法人|社團法人)")
_BRACKETS = re.compile(r"\([^()]*\)")
_NO_LETTERS = re.compile(r"[\W_]+")
_ENGLISH_FORMS = frozenset(
    {"co", "ltd", "company", "limited", "inc", "incorporated", "corp", "corporation", "llc", "plc", "pte", "gmbh"}
)
SHARED_DOMAINS = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "yahoo.com.tw",
        "ymail.com",
        "hotmail.com",
        "hotmail.com.tw",
        "outlook.com",
        "outlook.com.tw",
        "live.com",
        "live.com.tw",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "163.com",
        "126.com",
        "hinet.net",
        "ms1.hinet.net",
        "seed.net.tw",
        "pchome.com.tw",
        "kimo.com",
        "so-net.net.tw",
        "giga.net.tw",
        "umail.hinet.net",
    }
)
"""Where everybody can have a mailbox, so that the domain tells nothing of the company."""
_SECOND_LEVEL = frozenset({"com", "org", "net", "gov", "edu", "idv", "game", "ebiz", "club", "co", "ac"})
_NO_COMPANY_HOSTS = frozenset({"facebook.com", "google.com", "line.me", "github.io", "wixsite.com", "104.com.tw"})
"""Websites on these say where the page lies, not whose domain it is."""
SHORTEST_DOMAIN = 2


@lru_cache(NAMES_KEPT)
def fold_name(name: str) -> str:
    """Give a name as it is compared, with its legal form: one width, one case, one variant of each character, letters only."""
    return _NO_LETTERS.sub("", _plain(name))


@lru_cache(NAMES_KEPT)
def core_name(name: str) -> str:
    """Give a name without its legal form, as in 公司, 股份有限公司, Co., Ltd. or Inc.; a name that is nothing else stays whole."""
    plain = _BRACKETS.sub(" ", _plain(name))
    words = [word for word in _NO_LETTERS.split(plain) if word]
    while len(words) > 1 and words[-1] in _ENGLISH_FORMS:
        words.pop()
    joined = "".join(words)
    core = _CHINESE_HEADS.sub("", _CHINESE_FORMS.sub("", joined))
    return core or joined or fold_name(name)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS)
    return _SHORT_FORMS.sub(lambda found: "股份有限公司" if found[1] == "股" else "有限公司", folded)


@lru_cache(NAMES_KEPT)
def domain_of_mail(address: str) -> str:
    """Give the registered domain of a mail address; nothing where it is one that everybody can have."""
    _name, _at, host = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    return _own_domain(host)


@lru_cache(NAMES_KEPT)
def domain_of_website(address: str) -> str:
    """Give the registered domain of a website; nothing where it lies on a service for everybody."""
    try:
        return _own_domain(urlsplit(address).hostname or "")
    except ValueError:
        return ""


def _own_domain(host: str) -> str:
    if host in SHARED_DOMAINS:
        return ""
    domain = registered_domain(host)
    return "" if domain in SHARED_DOMAINS or domain in _NO_COMPANY_HOSTS else domain


def registered_domain(host: str) -> str:
    """Give the part of a host's name that was registered: mail.example.com.tw is of example.com.tw."""
    labels = [label for label in host.casefold().strip(".").split(".") if label]
    if len(labels) < SHORTEST_DOMAIN or labels[-1].isdigit():
        return ""
    taken = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2  # noqa: PLR2004 - country codes have two letters
    return ".".join(labels[-taken:]) if len(labels) >= taken else ""


def fold_mail(address: str) -> str:
    """Give a mail address as it is compared."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def fold_person(name: str) -> str:
    """Give a person's name as it is compared: without spaces, titles and variants of characters."""
    folded = _NO_LETTERS.sub("", unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS))
    return re.sub(r"(先生|小姐|女士|經理|協理|總經理|博士)$", "", folded) or folded


@lru_cache(NAMES_KEPT)
def bigrams_of(name: str) -> frozenset[str]:
    """Give the pairs of neighbouring characters of a folded name, by which similar names are found."""
    return frozenset(name[at : at + 2] for at in range(len(name) - 1)) or frozenset({name})
