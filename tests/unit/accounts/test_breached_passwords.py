"""The list of stolen passwords."""

import hashlib

import pytest

from tracker.accounts.passwords import BREACHED_FILE, Policy, breached, check, is_breached
from tracker.core.errors import Refused

POLICY = Policy(min_length=12, agency=False, max_days=0, history=0)
LONG_ENOUGH = sorted(word for word in breached() if len(word) >= POLICY.min_length)


def test_the_list_is_the_vendored_one_with_its_licence() -> None:
    stored = hashlib.sha256(BREACHED_FILE.read_bytes()).hexdigest()

    assert stored == "a9746c337c6c07a0e439d492a5e15238e799eff05ec52d60f6a4b3dfdc893265"
    assert BREACHED_FILE.with_suffix(".LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert len(breached()) > 29_000


@pytest.mark.parametrize("password", LONG_ENOUGH)
def test_every_stolen_password_that_is_long_enough_is_refused(password: str) -> None:
    with pytest.raises(Refused):
        check(password, POLICY, names=(), internal=False)


@pytest.mark.parametrize("password", ["Dragonballz2026!", "  liverpoolfc99", "l1verp00l!!2026", "2026-butterfly"])
def test_digits_and_signs_around_a_stolen_password_hide_nothing(password: str) -> None:
    assert is_breached(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "小溪邊的三隻白鷺鷥", "violet-otter-hums-42", "t7#Lq9!vXz2@pR"]
)
def test_words_of_ones_own_are_taken(password: str) -> None:
    assert not is_breached(password)
