import pytest

from tests.factories import people, vendors
from tests.support.queries import count_queries
from tracker.accounts.access import SYSTEM, Actor
from tracker.accounts.rules import Role
from tracker.core.db import unit_of_work
from tracker.imports.rules import Confidence
from tracker.vendors.matching import Clues, Directory, Match, Reason
from tracker.vendors.models import Organisation


@pytest.fixture
def cloud(db_session: object) -> Organisation:
    with unit_of_work():
        made = vendors.vendor(
            "臺灣雲階科技股份有限公司", name_en="Cloudsteps Co., Ltd.", website="https://www.yunjie.example.tw"
        )
        vendors.contact(made, "王小明", email="ming@gmail.com")
    return made


def match(**clues: str) -> Match:
    return Directory.read(SYSTEM).match(Clues(**clues))


def test_the_ubn_is_certain_in_full_width_digits_too(cloud: Organisation) -> None:
    wide = cloud.ubn.translate({48 + digit: 0xFF10 + digit for digit in range(10)})

    found = match(ubn=f" {wide} ")

    assert found.sure is not None
    assert (found.sure.vendor_id, found.sure.reasons, found.confidence) == (
        cloud.id,
        (Reason.UBN,),
        Confidence.CERTAIN,
    )


def test_a_known_person_is_certain_even_with_a_mailbox_that_everybody_can_have(cloud: Organisation) -> None:
    assert match(email="Ming@GMAIL.com").confidence is Confidence.CERTAIN
    assert match(email="other@gmail.com") == Match()


def test_a_member_with_an_account_is_a_known_person(cloud: Organisation) -> None:
    with unit_of_work():
        member = people.person(Role.VENDOR, name="成員")
        people.join_organisation(member, cloud)

    assert match(email=member.email).sure is not None


@pytest.mark.parametrize("name", ["台灣雲階科技有限公司", "臺灣雲階科技", "ＣＬＯＵＤＳＴＥＰＳ ＩＮＣ．"])
def test_a_name_is_likely_whatever_its_legal_form(cloud: Organisation, name: str) -> None:
    found = match(name=name)

    assert found.sure is not None
    assert (found.confidence, found.sure.reasons) == (Confidence.LIKELY, (Reason.NAME,))


def test_the_domain_of_the_website_is_likely(cloud: Organisation) -> None:
    found = match(email="somebody@mail.yunjie.example.tw", name="雲階行銷部")

    assert found.confidence is Confidence.LIKELY
    assert found.candidates[0].reasons == (Reason.DOMAIN,)


@pytest.mark.parametrize(
    "clues", [{"name": "台灣雲階科技股份有限公司高雄分公司"}, {"person": "王小明"}, {"name": "台灣雲階科枝"}]
)
def test_similar_names_and_names_of_people_are_doubtful(cloud: Organisation, clues: dict[str, str]) -> None:
    found = match(**clues)

    assert found.confidence is Confidence.DOUBTFUL
    assert found.sure is None
    assert [one.vendor_id for one in found.candidates] == [cloud.id]


def test_a_sound_ubn_that_is_not_the_namesakes_leaves_a_doubt(cloud: Organisation) -> None:
    found = match(ubn=vendors.next_ubn(), name="台灣雲階科技")

    assert found.confidence is Confidence.DOUBTFUL


def test_a_ubn_and_a_name_of_two_vendors_leave_a_doubt_and_offer_both(cloud: Organisation) -> None:
    with unit_of_work():
        other = vendors.vendor("示範數位有限公司")

    found = match(ubn=other.ubn, name="台灣雲階科技")

    assert found.confidence is Confidence.DOUBTFUL
    assert [one.vendor_id for one in found.candidates] == [other.id, cloud.id]


def test_the_legal_form_decides_between_two_of_one_name(cloud: Organisation) -> None:
    with unit_of_work():
        namesake = vendors.vendor("台灣雲階科技有限公司")

    exact, open_ = match(name="臺灣雲階科技有限公司"), match(name="台灣雲階科技")
    assert exact.sure is not None
    assert exact.sure.vendor_id == namesake.id
    assert open_.confidence is Confidence.DOUBTFUL
    assert {one.vendor_id for one in open_.candidates} == {cloud.id, namesake.id}


def test_a_mail_domain_decides_between_two_of_one_name(cloud: Organisation) -> None:
    with unit_of_work():
        vendors.vendor("台灣雲階科技有限公司")

    found = match(name="台灣雲階科技", email="x@yunjie.example.tw")

    assert found.sure is not None
    assert (found.sure.vendor_id, found.confidence) == (cloud.id, Confidence.LIKELY)


def test_one_person_at_two_vendors_is_doubtful(cloud: Organisation) -> None:
    with unit_of_work():
        other = vendors.vendor("示範數位有限公司")
        vendors.contact(other, "王小明", email="ming@gmail.com")

    assert match(email="ming@gmail.com").confidence is Confidence.DOUBTFUL
    assert match(email="ming@gmail.com", name="示範數位").sure is not None


def test_nobody_is_found_for_nothing(cloud: Organisation) -> None:
    assert match() == Match()
    assert match(name="全然無關的企業", email="x@unknown.example") == Match()


def test_a_vendor_learns_of_no_other(cloud: Organisation) -> None:
    stranger = Actor(1, "外人", frozenset({Role.VENDOR}))

    assert Directory.read(stranger).match(Clues(ubn=cloud.ubn)) == Match()


def test_the_directory_costs_three_queries_however_many_it_is_asked(cloud: Organisation) -> None:
    with count_queries() as queries:
        directory = Directory.read(SYSTEM)
        for number in range(200):
            directory.match(Clues(name=f"雲階{number}", email=f"{number}@yunjie.example.tw"))

    assert len(queries) == 3
