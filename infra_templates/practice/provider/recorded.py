"""Types that no emulator has: written down, readable and searchable, and marked so that nobody takes them for deployed."""

import hashlib
import uuid
from typing import Any

from infra_templates.practice.provider.handlers import MARK, RECORDED, Failed, Made, Setting
from infra_templates.practice.provider.records import Record, Records
from infra_templates.practice.provider.tables import Entry
from infra_templates.practice.provider.templates import fill, look_up
from infra_templates.practice.provider.wire import Properties


class Recorder:
    """Keeps resources in the practice cloud's folder."""

    def __init__(self, records: Records) -> None:
        """Write into these records."""
        self._records = records

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Write a resource down; a second one of the same id is refused, as a cloud would."""
        values = values_of(inputs, setting)
        id_ = fill(entry.id, values)
        if id_ is None:
            raise Failed(f"{entry.type} needs the properties named in {entry.id}.")
        if self._records.find(entry.type, str(id_)):
            raise Failed(f"{entry.type} {id_} exists already.")
        return self._write(entry, str(id_), inputs, setting)

    def read(self, entry: Entry, known: Made, setting: Setting) -> Made | None:
        """Read the record, which somebody may have changed."""
        record = self._records.find(entry.type, known.id)
        if record is None:
            return None
        inputs = {name: record.state.get(name, value) for name, value in known.inputs.items()}
        return Made(known.id, self.given(inputs, known.inputs), dict(record.state))

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Write the record anew."""
        if self._records.find(entry.type, known.id) is None:
            raise Failed(f"{entry.type} {known.id} isn't there.")
        return self._write(entry, known.id, news, setting)

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Remove the record."""
        self._records.remove(entry.type, known.id)

    def told(self, inputs: Properties) -> Properties:
        """Give what a cloud tells otherwise than it was given; a package that has such says so here."""
        return {}

    def given(self, found: Properties, given: Properties) -> Properties:
        """Write what was read the way the program gave it."""
        return found

    def _write(self, entry: Entry, id_: str, inputs: Properties, setting: Setting) -> Made:
        told = inputs | self.told(inputs)
        state = outputs_of(entry, id_, inputs, setting) | dict(setting.extra) | told | {MARK: RECORDED}
        region = str(inputs.get("region") or inputs.get("location") or setting.region)
        self._records.write(Record(entry.type, id_, state, tags_of(entry, inputs, setting), region))
        return Made(id_, inputs, state)


def tags_of(entry: Entry, inputs: Properties, setting: Setting) -> dict[str, str]:
    """Give the tags or labels of a resource, with those that the provider adds to every one."""
    if not entry.tags:
        return {}
    own = inputs.get("tagsAll") or look_up(inputs, entry.tags) or {}
    return {**setting.default_tags, **own} if isinstance(own, dict) else {}


def values_of(inputs: Properties, setting: Setting, **more: Any) -> Properties:
    """Give what the places of a template may name."""
    region = inputs.get("region") or inputs.get("location") or setting.region
    known = {"@region": region, "@account": setting.account, "@all": inputs, "@unique": uuid.uuid4().hex}
    return {"project": setting.account} | inputs | known | more


def outputs_of(entry: Entry, id_: str, inputs: Properties, setting: Setting) -> Properties:
    """Give the outputs that the table names, in order, so that one may stand on the one before."""
    values = values_of(inputs, setting) | {"@id": id_, "@hash": hashlib.sha256(id_.encode()).hexdigest()[:12]}
    outputs: Properties = {}
    for name, template in entry.outputs.items():
        value = fill(template, values | outputs)
        if value is not None:
            outputs[name] = value
    return outputs
