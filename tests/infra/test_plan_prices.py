"""Prices of a plan: a range from rates with a source, and nothing unknown counted as zero."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra_templates.plan.book import FOLDER, FRESH, read_assumptions, read_book
from infra_templates.plan.meters.charge import cores, gibibytes
from infra_templates.plan.prices import grouped, price_of
from infra_templates.planned import Planned
from infra_templates.settings import Cloud, Mode
from infra_templates.sizes import _PRODUCTION, _SANDBOX
from tests.infra.plans import CLOUDS, MODES, one, planned, recorded

TODAY = date(2026, 11, 25)
UNPRICED = {
    "aws": set(),
    "azure": {"azure-native:dataprotection:BackupVault", "azure-native:dataprotection:BackupInstance"},
    "gcp": {"gcp:monitoring/alertPolicy:AlertPolicy", "gcp:logging/projectSink:ProjectSink"},
}
"""What the book has no rate for, so that a new resource without one is noticed."""
RDS = "aws:rds/instance:Instance"


def database(**inputs: Any) -> Planned:
    return one(RDS, instanceClass="db.t4g.micro", allocatedStorage=20, **inputs)


@pytest.mark.parametrize("cloud", CLOUDS)
@pytest.mark.parametrize("mode", MODES)
def test_a_stack_has_a_range_and_its_unpriced_resources_by_name(cloud: str, mode: str) -> None:
    resources = planned(recorded(cloud, mode))

    price = price_of(resources, Mode(mode), today=TODAY)

    assert 50 < price.low < price.high < 5_000
    assert price.currency == "USD"
    assert {one.type for one in price.unpriced} <= UNPRICED[cloud]
    counted = {line.urn for line in price.lines} | {one.urn for one in price.unpriced}
    assert len(counted) + price.free == sum(one.custom for one in resources)
    assert price.low == sum((line.low for line in price.lines), Decimal()).quantize(Decimal("0.01"))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_production_costs_more_than_a_sandbox(cloud: str) -> None:
    small, large = (price_of(planned(recorded(cloud, mode)), Mode(mode), today=TODAY) for mode in MODES)

    assert large.low > 2 * small.low


@pytest.mark.parametrize("cloud", list(Cloud))
def test_every_rate_has_unit_currency_date_and_source(cloud: Cloud) -> None:
    book = read_book(cloud)

    assert book.cloud is cloud
    for rate in book.rates.values():
        assert rate.unit
        assert rate.currency == "USD"
        assert 0 <= rate.low <= rate.high
        assert rate.source.title
        assert rate.source.url.startswith("https://")
        assert rate.source.date <= TODAY
    assert book.free.keys().isdisjoint(book.rates)


@pytest.mark.parametrize("cloud", list(Cloud))
def test_every_size_that_is_offered_has_a_rate(cloud: Cloud) -> None:
    prefix = {Cloud.AWS: "rds.", Cloud.AZURE: "postgresql.", Cloud.GCP: "sql."}[cloud]
    classes = {size.database[cloud] for sizes in (_SANDBOX, _PRODUCTION) for size in sizes.values()}

    unknown = {one for one in classes if f"{prefix}{one}" not in read_book(cloud).rates and "custom" not in one}

    assert unknown == set()


def test_a_class_without_a_rate_makes_the_whole_resource_unpriced() -> None:
    price = price_of([one(RDS, instanceClass="db.x9z.huge", allocatedStorage=20)], Mode.SANDBOX, today=TODAY)

    assert price.high == 0
    assert not price.lines
    assert [(row.type, row.meter) for row in price.unpriced] == [(RDS, "rds.db.x9z.huge")]


def test_a_type_that_nobody_knows_is_unpriced() -> None:
    price = price_of(
        [one("aws:neptune/cluster:Cluster"), one("random:index/randomId:RandomId")], Mode.SANDBOX, today=TODAY
    )

    assert [row.type for row in price.unpriced] == ["aws:neptune/cluster:Cluster", "random:index/randomId:RandomId"]


def test_a_standby_counts_twice_and_components_not_at_all() -> None:
    single = price_of([database()], Mode.SANDBOX, today=TODAY)
    double = price_of([database(multiAz=True), one("cloudsteps:aws:Database")], Mode.SANDBOX, today=TODAY)

    assert double.low == 2 * single.low
    assert double.unpriced == []


def test_containers_are_counted_from_their_least_to_their_most() -> None:
    task = one("aws:ecs/taskDefinition:TaskDefinition", cpu="1024", memory="2048")
    service = one("aws:ecs/service:Service", needs={"taskDefinition": task}, desiredCount=1)
    target = one("aws:appautoscaling/target:Target", needs={"resourceId": service}, minCapacity=2, maxCapacity=6)

    price = price_of([task, service, target], Mode.PRODUCTION, today=TODAY)

    cpu = next(line for line in price.lines if line.rate.meter == "fargate.vcpu")
    assert cpu.quantity_low == 2 * 730
    assert cpu.quantity_high == 6 * 730


def test_old_rates_are_named_so_that_somebody_looks_them_up() -> None:
    read = read_book(Cloud.AWS).rates["rds.db.t4g.micro"].source

    fresh = price_of([database()], Mode.SANDBOX, today=read.date + FRESH)
    stale = price_of([database()], Mode.SANDBOX, today=read.date + FRESH + timedelta(days=1))

    assert (fresh.outdated, stale.outdated) == ([], [read.title])


def test_each_line_can_be_followed_to_its_source() -> None:
    row = price_of([database()], Mode.SANDBOX, today=TODAY).row()["lines"][0]

    assert row["meter"] == "rds.db.t4g.micro"
    assert row["quantity"] == ["730", "730"]
    assert Decimal(row["amount"][0]) == Decimal(row["rate"][0]) * 730
    assert row["source"].startswith("Amazon RDS for PostgreSQL")
    assert date.fromisoformat(row["date"]) < TODAY


def test_groups_are_the_dearest_first() -> None:
    price = price_of(planned(recorded("aws", "sandbox")), Mode.SANDBOX, today=TODAY)

    highs = [high for _, _, high in grouped(price.lines)]

    assert highs == sorted(highs, reverse=True)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ('"a" = { unit = "hour", low = "2", high = "1", source = "s" }', "Low must not be above high"),
        ('"a" = { unit = "hour", low = "1", high = "1", source = "t" }', "there is no source “t”"),
    ],
)
def test_a_rate_that_cannot_be_right_is_refused(tmp_path: Path, row: str, part: str) -> None:
    source = 's = { title = "t", url = "https://x.example", date = 2026-01-01 }'
    free = '[free]\nsource = "s"\ntypes = []'
    (tmp_path / "aws.toml").write_text(
        f'cloud = "aws"\ncurrency = "USD"\n[sources]\n{source}\n[rates]\n{row}\n{free}\n'
    )

    with pytest.raises(ValueError, match=part):
        read_book(Cloud.AWS, tmp_path)


def test_the_assumptions_are_said_in_both_languages_and_grow() -> None:
    small, large = read_assumptions(Mode.SANDBOX), read_assumptions(Mode.PRODUCTION)

    assert small.uses.keys() == large.uses.keys()
    for name, use in small.uses.items():
        assert use.low <= use.high <= large[name].high
        assert all(use.words)


def test_the_book_holds_no_type_twice() -> None:
    for path in FOLDER.glob("*.toml"):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith('"')]
        names = [line.split('"')[1] for line in lines]
        assert len(names) == len(set(names))


@given(size=st.integers(20, 10_000), class_=st.sampled_from(["db.t4g.micro", "db.m7g.large", "db.r7g.2xlarge"]))
def test_more_disk_never_costs_less(size: int, class_: str) -> None:
    def cost(gib: int) -> Decimal:
        resource = one(RDS, instanceClass=class_, allocatedStorage=gib)
        return price_of([resource], Mode.PRODUCTION, today=TODAY).low

    assert cost(size) <= cost(size + 1)


@pytest.mark.parametrize(("text", "gib"), [("1Gi", 1), ("512Mi", "0.5"), ("2Gi", 2)])
def test_memory_is_read_as_clouds_write_it(text: str, gib: int | str) -> None:
    assert gibibytes(text) == Decimal(gib)


@pytest.mark.parametrize(("text", "cpu"), [("500m", "0.5"), ("1", 1), (0.25, "0.25")])
def test_processors_are_read_as_clouds_write_them(text: str | float, cpu: int | str) -> None:
    assert cores(text) == Decimal(cpu)
