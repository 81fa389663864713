"""The resource graph of a plan, drawn together into its components."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra_templates.planned import STACK, Planned
from infra_templates.practice.provider.handlers import EMULATED


@dataclass(frozen=True)
class Kind:
    """Resources of one kind within a component."""

    name: str
    count: int
    emulated: bool


@dataclass(frozen=True)
class Box:
    """A component: its kinds of resources, and the boxes that it needs."""

    key: str
    part: str
    """The last part of its type, such as Network; empty for what belongs to no component."""
    name: str
    kinds: Sequence[Kind]
    needs: Sequence[str]
    """Keys of other boxes, without those that these need anyway."""
    elsewhere: bool
    """Whether it lies with another provider."""

    @property
    def count(self) -> int:
        """Give how many resources it holds."""
        return sum(kind.count for kind in self.kinds)


def boxes_of(resources: Sequence[Planned]) -> list[Box]:
    """Give the components with resources of their own, each after those that it needs."""
    by_urn = {one.urn: one for one in resources}
    members: dict[str, list[Planned]] = {}
    for one in resources:
        if one.custom:
            members.setdefault(_home(one, by_urn), []).append(one)
    homes = {one.urn: home for home, inside in members.items() for one in inside}
    needs = {home: _needs(inside, homes, home) for home, inside in members.items()}
    order = _ordered(needs)
    return [_box(home, members[home], _direct(home, needs, order), by_urn) for home in order]


def _home(resource: Planned, by_urn: Mapping[str, Planned]) -> str:
    """Give the URN of the nearest component; a resource may belong to another resource."""
    parent = by_urn.get(resource.parent)
    while parent is not None and parent.custom:
        parent = by_urn.get(parent.parent)
    return parent.urn if parent is not None and parent.type != STACK else ""


def _needs(inside: Sequence[Planned], homes: Mapping[str, str], own: str) -> set[str]:
    urns = {urn for one in inside for needed in one.needs.values() for urn in needed}
    return {homes[urn] for urn in urns if urn in homes} - {own}


def _ordered(needs: Mapping[str, set[str]]) -> list[str]:
    """Put each after what it needs; where two need each other, the one with fewer needs goes first."""
    left, order = dict(needs), list[str]()
    while left:
        ready = min(left, key=lambda home: (len(left[home] & left.keys()), list(needs).index(home)))
        order.append(ready)
        del left[ready]
    return order


def _direct(home: str, needs: Mapping[str, set[str]], order: Sequence[str]) -> list[str]:
    """Leave out what another need brings along, so that the picture shows few arrows."""
    before = {one for one in needs[home] if order.index(one) < order.index(home)}
    brought = {deep for one in before for deep in _reached(one, needs, order)}
    return sorted(before - brought, key=order.index)


def _reached(home: str, needs: Mapping[str, set[str]], order: Sequence[str]) -> set[str]:
    before = {one for one in needs[home] if order.index(one) < order.index(home)}
    return before | {deep for one in before for deep in _reached(one, needs, order)}


def _box(home: str, inside: Sequence[Planned], needs: Sequence[str], by_urn: Mapping[str, Planned]) -> Box:
    counted = Counter((one.kind, one.practice == EMULATED) for one in inside)
    kinds = [Kind(name, count, emulated) for (name, emulated), count in sorted(counted.items())]
    component = by_urn.get(home)
    type_ = component.type if component else ""
    return Box(
        home,
        type_.rsplit(":", 1)[-1],
        component.name if component else "",
        kinds,
        needs,
        elsewhere=type_.startswith("cloudsteps:backup:"),
    )
