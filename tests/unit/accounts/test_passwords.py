"""What a password must be."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.accounts.passwords import Policy, check, former_count, is_too_old, kinds, own_part
from tracker.core.errors import Refused

FREE = Policy(min_length=12, agency=False, max_days=180, history=3)
AGENCY = Policy(min_length=12, agency=True, max_days=180, history=3)
NOW = datetime(2026, 11, 22, tzinfo=UTC)

ROOTS = ("password", "Passw0rd", "p@ssword", "qwerty", "asdfgh", "letmein", "welcome", "iloveyou", "admin", "dragon")
TAILS = ("123456", "2026!!!!", "1234567890", "!@#$%^", "111111", "2025abcd", "520131452")
LOCAL = (
    "cloudsteps2026",
    "CloudSteps!2026",
    "Cl0udSteps1234",
    "雲階雲階雲階雲階雲階雲階",
    "雲階輔導計畫2026密碼",
    "計畫辦公室計畫辦公室密碼",
    "taiwantaipei01",
    "adminadminadmin",
    "testtesttest1!",
    "changemechangeme",
)
KEYS = (
    "123456789012",
    "0987654321098",
    "qwertyuiop[]",
    "qwertyuiopasdfgh",
    "1qaz2wsx3edc",
    "zxcvbnmasdfgh",
    "abcdefghijkl",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "ji3g4ji3g4ji3g4",
    "su3cl3su3cl3",
    "au4a83au4a83au4a83",
    "849302716455",
    "1992031019920310",
    "a1a1a1a1a1a1",
    "zaqxswzaqxsw",
    "5201314520131",
    "woaini5201314",
    "password password",
    "Football2024!!",
)
COMMON = [f"{root}{tail}".ljust(12, "1") for root in ROOTS for tail in TAILS] + [*LOCAL, *KEYS]


def test_there_are_a_hundred_samples() -> None:
    assert len(set(COMMON)) >= 100


@pytest.mark.parametrize("password", COMMON)
def test_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        check(password, FREE, names=(), internal=False)


@pytest.mark.parametrize(
    "password",
    [
        "eleven green herons wade",
        "correct horse battery staple",
        "tK9#vQ2!xL5z",
        "7#9!4@2k8$5%&m",
        "山高水長雲淡風輕魚躍鳶飛",
        "  blanks count and stay  ",
        "Zg7-Rk2-Wd9-Pb4",
        "x" * 1 + "kjhgrtwbvmqpz" * 10,
    ],
)
def test_passwords_of_ones_own_are_taken(password: str) -> None:
    check(password, FREE, names=("王小明", "wang@people.example"), internal=False)


@pytest.mark.parametrize("password", ["wangxiaoming-wangxiaoming", "xiaoming.wang.2026", "王小明王小明王小明王小明"])
def test_ones_own_name_is_no_password(password: str) -> None:
    with pytest.raises(Refused):
        check(password, FREE, names=("王小明", "xiaoming.wang@people.example", "Wangxiaoming"), internal=False)


@pytest.mark.parametrize("password", ["short", "", "kjhgrtwbvmq"])
def test_short_passwords_are_refused(password: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(password, FREE, names=(), internal=False)
    assert refusal.value.field == "password"


def test_endless_passwords_are_refused_quickly() -> None:
    with pytest.raises(Refused):
        check("kjhgrtwbvmqpz" * 4000, FREE, names=(), internal=False)


def test_the_agency_asks_staff_for_three_kinds_of_characters() -> None:
    with pytest.raises(Refused):
        check("eleven green herons wade", AGENCY, names=(), internal=True)
    check("Eleven green herons wade", AGENCY, names=(), internal=True)
    check("eleven green herons wade", AGENCY, names=(), internal=False)


@pytest.mark.parametrize(("password", "count"), [("abc", 1), ("Abc", 2), ("Abc1", 3), ("Abc1!", 4), ("雲a", 2)])
def test_kinds_of_characters(password: str, count: int) -> None:
    assert kinds(password) == count


def test_what_is_taken_out_does_not_let_the_rest_grow_together() -> None:
    assert own_part("pass1234word") <= own_part("pass") + own_part("word")


@pytest.mark.parametrize(
    ("policy", "internal", "days", "old"),
    [(AGENCY, True, 180, True), (AGENCY, True, 179, False), (AGENCY, False, 400, False), (FREE, True, 400, False)],
)
def test_only_staff_under_the_preset_change_their_password_by_age(
    policy: Policy, internal: bool, days: int, old: bool
) -> None:
    assert is_too_old(policy, NOW - timedelta(days=days), NOW, internal=internal) is old


def test_the_history_is_three_for_staff_and_one_for_others() -> None:
    assert (former_count(AGENCY, internal=True), former_count(AGENCY, internal=False)) == (3, 1)
