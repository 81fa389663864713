"""The picture of a plan: all of it, in words as well as in shapes, on a page of A4."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from infra_templates.plan.picture.draw import HEIGHT, WIDTH, Picture, Subject
from infra_templates.plan.picture.graph import boxes_of
from infra_templates.planned import Planned
from tests.infra.plans import CLOUDS, MODES, one, planned, recorded

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("zh-Hant", "en")


def drawn(cloud: str, mode: str, language: str) -> Element:
    subject = Subject(f"{cloud}_saas", mode, cloud, "somewhere")
    return read(Picture(subject, planned(recorded(cloud, mode)), language).svg())


def read(svg: str) -> Element:
    return fromstring(svg)  # noqa: S314 - our own


def texts(picture: Element) -> list[str]:
    return [node.text or "" for node in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_hears_all_that_is_drawn(cloud: str, mode: str, language: str) -> None:
    picture = drawn(cloud, mode, language)
    boxes = boxes_of(planned(recorded(cloud, mode)))

    title, told = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert picture.get("role") == "graphics-document document"
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == told.get("id")
    assert picture.get("lang") == language
    groups = [node for node in picture.iter(f"{SVG}g") if node.get("role") == "graphics-object group"]
    assert len(groups) == len(boxes)
    for group in groups:
        assert group.get("aria-label", "?") in (told.text or "")
    hidden = [node for node in picture.iter(f"{SVG}g") if node.get("aria-hidden") == "true"]
    assert len(hidden) == 1


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_resource_is_named_with_its_number(cloud: str, mode: str) -> None:
    resources = planned(recorded(cloud, mode))

    boxes = boxes_of(resources)

    assert sum(box.count for box in boxes) == sum(resource.custom for resource in resources)
    shown = "".join(texts(drawn(cloud, mode, "en"))).replace(" ", "")
    for box in boxes:
        assert all(kind.name in shown for kind in box.kinds)


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("mode", MODES)
def test_it_fits_a_page_of_a4_and_nothing_overlaps(cloud: str, mode: str) -> None:
    picture = drawn(cloud, mode, "zh-Hant")
    frames = [
        tuple(float(node.get(name, 0)) for name in ("x", "y", "width", "height"))
        for node in picture.iter(f"{SVG}rect")
        if node.get("rx")
    ]

    assert (picture.get("viewBox") or "").split()[2:] == [str(WIDTH), str(HEIGHT)]
    assert all(x >= 0 and x + width <= WIDTH and y + height <= HEIGHT for x, y, width, height in frames)
    for first, (x, y, width, height) in enumerate(frames):
        for left, top, wide, high in frames[first + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y


def test_arrows_lead_from_what_is_needed_to_what_needs_it() -> None:
    network = one("aws:ec2/vpc:Vpc", "vpc", within="cloudsteps:aws:Network")
    database = one("aws:rds/instance:Instance", "db", within="cloudsteps:aws:Database", needs={"vpc": network})
    service = one(
        "aws:ecs/service:Service", "run", within="cloudsteps:aws:Service", needs={"db": database, "vpc": network}
    )
    components = [
        Planned(
            f"cloudsteps:aws:{part}",
            name,
            f"urn:pulumi:plan::test::cloudsteps:aws:{part}::{name}",
            "",
            {},
            custom=False,
        )
        for part, name in (("Network", "vpc"), ("Database", "db"), ("Service", "run"))
    ]

    boxes = boxes_of([service, database, network, *components])

    assert [box.part for box in boxes] == ["Network", "Database", "Service"]
    # The service needs the network too; the database brings it along.
    assert [list(box.needs) for box in boxes] == [[], [boxes[0].key], [boxes[1].key]]


def test_parts_that_need_each_other_are_drawn_all_the_same() -> None:
    first = one("aws:iam/role:Role", "a", within="cloudsteps:aws:Identity")
    second = one("aws:kms/key:Key", "b", within="cloudsteps:aws:Keys", needs={"policy": first})
    third = one("aws:iam/rolePolicy:RolePolicy", "a", within="cloudsteps:aws:Identity", needs={"policy": second})
    components = [
        Planned(
            f"cloudsteps:aws:{part}",
            name,
            f"urn:pulumi:plan::test::cloudsteps:aws:{part}::{name}",
            "",
            {},
            custom=False,
        )
        for part, name in (("Identity", "a"), ("Keys", "b"))
    ]

    boxes = boxes_of([first, second, third, *components])

    assert {box.part for box in boxes} == {"Identity", "Keys"}


def test_names_cannot_break_out_of_the_picture() -> None:
    wicked = one("aws:s3/bucket:Bucket<script>alert(1)</script>", 'x" onload="alert(1)')

    svg = Picture(Subject("<b>&", "sandbox", "aws", '"'), [wicked], "en").svg()

    assert "<script" not in svg
    assert "<b>" not in svg
    read(svg)


def test_a_page_can_hold_several_and_no_style_reaches_out() -> None:
    resources = planned(recorded("aws", "sandbox"))
    ids = {node.get("id") for cloud in CLOUDS for node in drawn(cloud, "sandbox", "en").iter() if node.get("id")}

    svg = Picture(Subject("aws_saas", "sandbox", "aws", "x"), resources, "en").svg()

    assert len(ids) == 2 * len(CLOUDS)
    assert not any(mark in svg for mark in ("<style", " style=", " class="))


def test_an_empty_plan_is_a_page_with_a_title() -> None:
    picture = read(Picture(Subject("aws_saas", "sandbox", "aws", "x"), [], "zh-Hant").svg())

    assert texts(picture)[0] == "aws_saas 的架構：沙箱，AWS x"
