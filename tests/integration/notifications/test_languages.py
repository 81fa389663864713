"""Notices, lists and mails name vendors and products in the language of whoever reads them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from tests.factories import world
from tests.factories.world import World
from tests.support.pages import PageClient
from tracker.accounts.models import User
from tracker.core.db import session, unit_of_work
from tracker.journey import operations as journey
from tracker.journey.models import Engagement
from tracker.notifications import letters, queries
from tracker.notifications.models import Notice
from tracker.vendors.models import Product

SignIn = Callable[[User], PageClient]
ENGLISH, CHINESE = "Product Zebrafinch", "訂單系統Zebrafinch"


@pytest.fixture
def built(db_session: object) -> World:
    found = world.build()
    with unit_of_work():
        case = session().get_one(Engagement, found.a.ids["engagement_id"])
        journey.hold(case, "示範暫停", actor=found.actor("staff"))
        journey.resume(case, "示範恢復", actor=found.actor("staff"))
    return found


def newest_notice(user_id: int) -> Notice:
    return session().scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc()).limit(1)).one()


def test_a_notice_keeps_both_names_and_says_the_readers(built: World) -> None:
    notice = newest_notice(built.people["expert"])

    said = {}
    for language in ("zh-Hant", "en"):
        with letters.speaking(language):
            said[language] = letters.say(queries.sentence(notice))

    assert notice.params["product"] == {"zh-Hant": CHINESE, "en": ENGLISH}
    assert ENGLISH in said["en"]
    assert CHINESE not in said["en"]
    assert CHINESE in said["zh-Hant"]


def test_a_product_without_an_english_name_is_named_in_chinese(built: World) -> None:
    with unit_of_work():
        session().execute(update(Product).where(Product.id == built.a.ids["product_id"]).values(name_en=""))
    session().expire_all()
    with unit_of_work():
        case = session().get_one(Engagement, built.a.ids["engagement_id"])
        journey.hold(case, "示範再暫停", actor=built.actor("staff"))

    with letters.speaking("en"):
        said = letters.say(queries.sentence(newest_notice(built.people["expert"])))

    assert CHINESE in said


def test_a_notice_of_before_reads_as_it_was_written(built: World) -> None:
    notice = newest_notice(built.people["expert"])
    with unit_of_work():
        notice.params = {**notice.params, "product": CHINESE}

    with letters.speaking("en"):
        assert CHINESE in letters.say(queries.sentence(notice))


@pytest.mark.parametrize("reader", ["vendor_member", "expert", "staff"])
def test_english_pages_name_things_in_english(built: World, sign_in: SignIn, reader: str) -> None:
    browser = sign_in(session().get_one(User, built.people[reader]))

    for address in ("/?lang=en", "/inbox?lang=en"):
        page = browser.get(address)
        shown = " ".join(text for tag in ("li", "td", "th") for text in page.texts(tag))
        assert ENGLISH in shown, address
        assert [name for name in (CHINESE, "示範業者Zebrafinch") if name in shown] == [], address
