"""Roles, the throttle, sessions, links and addresses, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.accounts.rules import (
    GRANTABLE,
    INVITABLE,
    LinkState,
    Role,
    browser_of,
    check_inviting,
    check_name,
    is_session_over,
    link_state,
    locked_until,
    network_of,
    read_email,
    roles_by,
)
from tracker.core.errors import NotAllowed, Refused

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAUSE = timedelta(minutes=15)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=minute) for minute in minutes]


def test_four_tries_do_not_lock() -> None:
    assert locked_until(ago(0, 1, 2, 3), 5, PAUSE) is None


def test_the_lock_lasts_its_whole_length_from_the_fifth_try() -> None:
    assert locked_until(ago(0, 1, 2, 3, 14), 5, PAUSE) == NOW + PAUSE


def test_tries_that_lie_further_apart_do_not_add_up() -> None:
    assert locked_until(ago(0, 1, 2, 3, 16), 5, PAUSE) is None


def test_a_single_try_after_the_lock_does_not_lock_again() -> None:
    assert locked_until(ago(0, 15.5, 16, 17, 18), 5, PAUSE) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        (None, "unknown"),
        ("no address", "unknown"),
    ],
)
def test_addresses_are_counted_as_what_one_user_can_choose_from(address: str | None, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(("seen", "begun", "over"), [(29, 29, False), (30, 30, True), (1, 719, False), (1, 720, True)])
def test_a_session_ends_by_being_left_alone_or_by_its_length(seen: int, begun: int, over: bool) -> None:
    created_at, seen_at = ago(begun, seen)
    ended = is_session_over(NOW, created_at, seen_at, idle=timedelta(minutes=30), longest=timedelta(hours=12))
    assert ended is over


def test_a_link_is_open_until_it_is_used_withdrawn_or_late() -> None:
    later, earlier = NOW + PAUSE, NOW - PAUSE
    assert link_state(NOW, later, None) is LinkState.OPEN
    assert link_state(NOW, earlier, None) is LinkState.EXPIRED
    assert link_state(NOW, later, earlier) is LinkState.USED
    assert link_state(NOW, later, None, earlier) is LinkState.REVOKED


def test_nobody_but_an_administrator_hands_on_administration() -> None:
    for table in (GRANTABLE, INVITABLE):
        givers = {role for role in Role if Role.ADMINISTRATOR in table.get(role, frozenset())}
        assert givers == {Role.ADMINISTRATOR}


def test_people_from_outside_hand_on_nothing() -> None:
    for table in (GRANTABLE, INVITABLE):
        assert roles_by(table, {Role.EXPERT, Role.VENDOR, Role.REVIEWER, Role.AUDITOR}) == frozenset()


def test_a_vendor_member_is_invited_to_a_vendor() -> None:
    check_inviting({Role.STAFF}, Role.VENDOR, {"organisation": 1})
    with pytest.raises(Refused):
        check_inviting({Role.STAFF}, Role.VENDOR, {})
    with pytest.raises(NotAllowed):
        check_inviting({Role.EXPERT}, Role.VENDOR, {"organisation": 1})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Wang@People.Example ", "wang@people.example"),
        ("王@示範.台灣", "王@示範.台灣"),
        ("a+b@c.d.example", "a+b@c.d.example"),
    ],
)
def test_addresses_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert read_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "a b@c.example",
        "a@c.example\nBcc: x@y.example",
        "<a@c.example>",
        "a@c.example,b@c.example",
        "@" * 50000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        read_email(typed)


def test_a_name_stands_on_one_line() -> None:
    assert check_name("  王\r\n小明 ") == "王 小明"
    with pytest.raises(Refused):
        check_name(" \t ")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, name: str) -> None:
    assert browser_of(agent) == name
