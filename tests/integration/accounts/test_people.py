"""Other people's accounts: who sees them, who changes them, and when that takes effect."""

import time
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import people
from tests.factories.accounts import PASSWORD, actions, mailed_path, with_password
from tests.support.pages import PageClient
from tracker.accounts import operations
from tracker.accounts.models import User, WebSession
from tracker.accounts.rules import Role
from tracker.core.db import unit_of_work
from tracker.core.errors import NotAllowed, Refused

SignIn = Callable[[User], PageClient]


def fresh(browser: PageClient) -> PageClient:
    """Give the browser a proof of identity of this moment."""

    def store() -> None:
        with browser.browser.session_transaction() as stored:
            stored["fs_paa"] = time.time()

    browser._apart(store)
    return browser


def roles_of(user: User) -> set[Role]:
    return {grant.role for grant in user.grants}


def test_the_list_finds_people_by_name_mail_and_role(sign_in: SignIn, administrator: User, staff: User) -> None:
    browser = sign_in(administrator)

    assert staff.name in browser.get(f"/admin/people?q={staff.name[:2]}").texts("th")
    assert browser.get(f"/admin/people?q={staff.email}&role=expert").text.count("沒有符合條件的使用者") == 1
    assert staff.name not in browser.get("/admin/people?role=administrator").texts("th")


def test_signs_that_mean_something_to_the_database_are_looked_for_as_they_are(
    sign_in: SignIn, administrator: User, staff: User
) -> None:
    assert "沒有符合條件的使用者" in sign_in(administrator).get("/admin/people?q=%25").text


def test_the_list_is_read_page_by_page(sign_in: SignIn, administrator: User) -> None:
    for _number in range(60):
        people.person(Role.EXPERT, name="專家")
    browser = sign_in(administrator)

    first = browser.get("/admin/people?role=expert")
    following = next(link for link in first.links if "after=" in link)
    second = browser.get(following)

    assert len(first.all("tr")) == 1 + 50
    assert len(second.all("tr")) == 1 + 10


@pytest.mark.parametrize("role", [Role.EXPERT, Role.VENDOR, Role.REVIEWER])
def test_people_from_outside_do_not_see_who_has_an_account(sign_in: SignIn, administrator: User, role: Role) -> None:
    browser = sign_in(people.person(role))

    browser.get("/admin/people", status=403)
    browser.get(f"/admin/people/{administrator.id}", status=404)


def test_an_administrator_gives_and_takes_roles(sign_in: SignIn, administrator: User, expert: User) -> None:
    browser = fresh(sign_in(administrator))

    browser.post(f"/admin/people/{expert.id}/roles", {"held": ["expert", "reviewer"]})
    assert roles_of(expert) == {Role.EXPERT, Role.REVIEWER}
    browser.post(f"/admin/people/{expert.id}/roles", {"held": ["reviewer"]})

    assert roles_of(expert) == {Role.REVIEWER}
    assert actions() == ["role.granted", "role.revoked"]


def test_giving_roles_asks_for_the_password_again(sign_in: SignIn, administrator: User, expert: User) -> None:
    browser = sign_in(with_password(administrator))
    path = f"/admin/people/{expert.id}/roles"

    assert browser.get(path).heading == "確認是您本人"
    page = browser.post(f"/sign-in/confirm?next={path}", {"password": PASSWORD})

    assert page.heading == f"{expert.name}的角色"
    with time_machine.travel(time.time() + 11 * 60):
        assert browser.get(path).heading == "確認是您本人"


def test_nobody_changes_their_own_roles(sign_in: SignIn, administrator: User) -> None:
    fresh(sign_in(administrator)).get(f"/admin/people/{administrator.id}/roles", status=403)
    with pytest.raises(NotAllowed), unit_of_work():
        operations.grant_role(administrator, Role.LEAD, actor=people.acting(administrator))


def test_a_lead_makes_no_administrators(sign_in: SignIn, lead: User, staff: User) -> None:
    browser = fresh(sign_in(lead))
    path = f"/admin/people/{staff.id}/roles"

    assert "administrator" not in {option.get("value") for option in browser.get(path).all("input")}
    browser.post(path, {"held": ["staff", "administrator"]})

    assert roles_of(staff) == {Role.STAFF}


def test_a_lead_keeps_the_roles_that_are_not_a_leads_to_take(sign_in: SignIn, lead: User, db_session: Session) -> None:
    both = people.person(Role.AUDITOR, Role.STAFF)

    fresh(sign_in(lead)).post(f"/admin/people/{both.id}/roles", {"held": ["expert"]})

    assert roles_of(both) == {Role.AUDITOR, Role.EXPERT}


def test_staff_give_no_roles(sign_in: SignIn, staff: User, expert: User) -> None:
    fresh(sign_in(staff)).get(f"/admin/people/{expert.id}/roles", status=403)


def test_two_who_change_the_same_roles_do_not_overwrite_each_other(
    sign_in: SignIn, administrator: User, expert: User
) -> None:
    browser = fresh(sign_in(administrator))
    path = f"/admin/people/{expert.id}/roles"
    opened = browser.get(path).fields()
    browser.post(path, {"held": ["expert", "reviewer"]})

    browser.send(path, {**opened, "held": ["expert", "auditor"]}, status=409)

    assert roles_of(expert) == {Role.EXPERT, Role.REVIEWER}


def test_the_last_administrator_stays(administrator: User, db_session: Session) -> None:
    other = people.person(Role.ADMINISTRATOR)
    db_session.commit()
    first, second = people.acting(administrator), people.acting(other)
    with unit_of_work():
        operations.deactivate_user(administrator, actor=second)

    with pytest.raises(Refused), unit_of_work():
        operations.deactivate_user(other, actor=first)
    with pytest.raises(Refused), unit_of_work():
        operations.revoke_role(other, Role.ADMINISTRATOR, actor=first)


def test_a_role_that_was_taken_is_gone_at_the_next_click(sign_in: SignIn, administrator: User, staff: User) -> None:
    browser = sign_in(staff)
    browser.get("/admin/people")

    with unit_of_work():
        operations.revoke_role(staff, Role.STAFF, actor=people.acting(administrator))

    browser.get("/admin/people", status=403)


def test_ending_an_account_ends_its_sessions_at_once(
    sign_in: SignIn, administrator: User, expert: User, db_session: Session
) -> None:
    theirs = sign_in(expert)
    theirs.get("/account")

    page = fresh(sign_in(administrator)).post(f"/admin/people/{expert.id}/deactivate")

    assert "已無法登入" in page.text
    assert theirs.get("/account").heading == "登入"
    assert db_session.scalar(select(func.count(WebSession.id)).where(WebSession.user_id == expert.id)) == 0


def test_an_account_can_be_opened_again(sign_in: SignIn, administrator: User, expert: User) -> None:
    browser = fresh(sign_in(administrator))
    browser.post(f"/admin/people/{expert.id}/deactivate")

    browser.post(f"/admin/people/{expert.id}/reactivate", page=f"/admin/people/{expert.id}")

    assert expert.active
    assert actions() == ["user.deactivated", "user.reactivated"]


def test_an_administrator_ends_sessions_of_others(sign_in: SignIn, administrator: User, expert: User) -> None:
    theirs = sign_in(expert)
    browser = sign_in(administrator)

    browser.post(f"/admin/people/{expert.id}/end-sessions", page=f"/admin/people/{expert.id}")

    assert theirs.get("/account").heading == "登入"
    assert actions() == ["session.all_ended"]


def test_a_person_ends_own_sessions_and_no_others(
    sign_in: SignIn, staff: User, expert: User, db_session: Session
) -> None:
    here, elsewhere, foreign = sign_in(expert), sign_in(expert), sign_in(staff)
    rows = dict(
        db_session.execute(select(WebSession.user_id, func.max(WebSession.id)).group_by(WebSession.user_id)).all()
    )

    here.post(f"/account/sessions/{rows[expert.id]}/end", page="/account/sessions")
    token = here.get("/account").fields()["csrf_token"]
    here.send(f"/account/sessions/{rows[staff.id]}/end", {"csrf_token": token}, status=404)

    assert elsewhere.get("/account").heading == "登入"
    assert foreign.get("/account").heading == "我的帳號"


def test_a_reset_link_is_mailed_and_no_password_is_set_for_others(
    sign_in: SignIn, administrator: User, expert: User, client: PageClient
) -> None:
    browser = sign_in(administrator)

    browser.post(f"/admin/people/{expert.id}/reset-mail", page=f"/admin/people/{expert.id}")

    assert client.get(mailed_path()).heading == "設定新密碼"


def test_people_change_their_own_account(sign_in: SignIn, expert: User) -> None:
    browser = sign_in(expert)

    page = browser.post("/account", {"name": "新名字", "language": "en", "shortcuts": "y"})

    assert page.heading == "My account"
    assert expert.name == "新名字"


def test_shortcuts_that_a_person_switched_off_are_off_on_every_page(sign_in: SignIn, expert: User) -> None:
    browser = sign_in(expert)
    assert browser.get("/account").tree.get("data-shortcuts") is None

    typed = {**browser.get("/account").fields(), "name": expert.name, "language": "en"}
    del typed["shortcuts"]
    browser.send("/account", typed)

    assert browser.get("/account/sessions").tree.get("data-shortcuts") == "off"
