"""Which column of a usage log holds the day, the user and the number, guessed from what the columns are called."""

from collections.abc import Mapping, Sequence

DAY, USER, USERS, EVENTS = "day", "user", "users", "events"
ROLES = (DAY, USER, USERS, EVENTS)
"""A log names either each user (`user`), or how many there were (`users`)."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    DAY: ("date", "day", "time", "timestamp", "ts", "created_at", "日期", "日", "時間", "登入時間", "使用日期"),
    USERS: ("active_users", "users", "user_count", "dau", "使用人數", "活躍人數", "人數", "活躍使用者數"),
    USER: (
        "user",
        "user_id",
        "userid",
        "username",
        "account",
        "email",
        "login",
        "使用者",
        "使用者帳號",
        "帳號",
        "使用者代號",
        "姓名",
    ),
    EVENTS: ("events", "count", "hits", "sessions", "requests", "次數", "使用次數", "操作次數", "登入次數"),
}


def guess(columns: Sequence[str]) -> dict[str, int]:
    """Give the number of the column for each role, as far as the names tell."""
    folded = [_fold(name) for name in columns]
    found: dict[str, int] = {}
    for match in (_is_word, _holds_word):
        for role in ROLES:
            taken = set(found.values())
            if role not in found:
                place = next((n for n, name in enumerate(folded) if n not in taken and match(name, _WORDS[role])), None)
                if place is not None:
                    found[role] = place
    if USERS in found:
        found.pop(USER, None)
    return found


def _fold(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _is_word(name: str, words: Sequence[str]) -> bool:
    return name in map(_fold, words)


def _holds_word(name: str, words: Sequence[str]) -> bool:
    return any(len(word) > 1 and _fold(word) in name for word in words)
