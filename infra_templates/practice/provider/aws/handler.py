"""AWS resources through the emulator's own APIs, as the table says for each type."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import StructureShape

from infra_templates.practice.provider.aws.clients import Clients
from infra_templates.practice.provider.aws.shapes import (
    arguments,
    camel,
    from_api,
    member_of,
    overlay_all,
    tags_from,
    to_api,
)
from infra_templates.practice.provider.aws.special import special
from infra_templates.practice.provider.handlers import EMULATED, MARK, Failed, Made, Setting, changed
from infra_templates.practice.provider.recorded import outputs_of, values_of
from infra_templates.practice.provider.tables import Call, Entry, Table, Tagging
from infra_templates.practice.provider.templates import FORMS, fill
from infra_templates.practice.provider.wire import Properties

UNREAD = "practiceUnread"
"""Properties that the emulator takes and never tells again; drift in them can't be seen."""

_GONE = re.compile(r"NotFound|NoSuch|NotExist|DoesNotExist|^404$|NonExistent|Inactive|\.Malformed$")


_GONE_TEXT = re.compile(r"not found|does not exist|^No .* found", re.IGNORECASE)


class AwsHandler:
    """Makes AWS resources by the calls of the table."""

    def __init__(self, clients: Clients, table: Table) -> None:
        """Call through these clients what the table says."""
        self._clients = clients
        self._table = table

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Create a resource, do what belongs to its creation, and read it back."""
        values = values_of(inputs, setting)
        answer: Any = {}
        if entry.create is not None:
            answer = self._call(entry, entry.create, values, inputs)
        id_ = _id_of(entry, answer, values | {"@answer": answer})
        made = Made(id_, inputs, inputs | outputs_of(entry, id_, inputs, setting))
        values |= made.state | {"@id": id_, "@answer": answer}
        for call in entry.updates:
            if call.follows and (not call.on or any(inputs.get(name) is not None for name in call.on)):
                self._call(entry, call, values, inputs)
        self._tag_if_left(entry, made, values)
        return self._faithful(self._must_read(entry, made, setting))

    def read(self, entry: Entry, known: Made, setting: Setting) -> Made | None:
        """Read a resource as it is now."""
        values = values_of(known.inputs, setting) | known.state | {"@id": known.id}
        item: Any = {}
        if entry.read is not None:
            item = self._item(entry, entry.read, values)
            if not item:
                return None
        item = dict(item) if isinstance(item, Mapping) else {}
        item |= _elsewhere(entry, item)
        inputs = overlay_all(known.inputs, item, entry.rename)
        told = _told(item, entry.rename)
        outputs = outputs_of(entry, known.id, told | inputs, setting)
        inputs |= self._tags(entry, known, values | told | outputs)
        unread = known.state.get(UNREAD, [])
        inputs |= {name: known.inputs[name] for name in unread if name in known.inputs}
        return Made(known.id, inputs, _plain_told(told) | inputs | outputs | {MARK: EMULATED, UNREAD: unread})

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Make the calls whose properties changed, and those for tags."""
        different = changed(known.inputs, news)
        values = values_of(news, setting) | known.state | news | {"@id": known.id, "@old": known.inputs}
        for call in entry.updates:
            if different.intersection(call.on) or (not call.on and different - {"tags", "tagsAll"}):
                self._call(entry, call, values, news)
        self._retag(entry, known, news, values)
        state = known.state | news
        state[UNREAD] = []
        return self._faithful(self._must_read(entry, Made(known.id, news, state), setting))

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Make the calls that delete a resource; the last one may find it gone."""
        values = values_of(known.inputs, setting) | known.state | {"@id": known.id}
        for call in entry.deletes:
            with suppress(Gone):
                self._call(entry, call, values, known.inputs, give=False)

    def _must_read(self, entry: Entry, made: Made, setting: Setting) -> Made:
        found = self.read(entry, made, setting)
        if found is None:
            raise Failed(f"{entry.type} {made.id} was made, and the cloud doesn't find it.")
        return Made(found.id, made.inputs, found.state | {"@read": found.inputs})

    def _faithful(self, made: Made) -> Made:
        """Note which properties the emulator didn't tell as they were set; the inputs stay what the program said."""
        read = made.state.pop("@read")
        unread = sorted(name for name in made.inputs if read.get(name) != made.inputs[name])
        return Made(made.id, made.inputs, made.state | made.inputs | {UNREAD: unread})

    def _item(self, entry: Entry, call: Call, values: Properties) -> Any:
        try:
            answer = self._call(entry, call, values, {}, give=False)
        except Gone:
            return None
        path = fill(call.item, values) if call.item else "@"
        return jmespath.search(path, answer) if path else None

    def _call(self, entry: Entry, call: Call, values: Properties, inputs: Properties, *, give: bool = True) -> Any:
        """Make one call with its own arguments and, where it wants them, the properties it knows by name."""
        if call.when and not fill(call.when, values):
            return {}
        if call.first is not None:
            values = values | {"@first": self._call(entry, call.first, values, {}, give=False)}
        if call.call.startswith("@"):
            return _answer(call.call, lambda: special(call.call)(self._clients, values))
        client, name = self._client(entry.api, call.call, values)
        shape = _input_of(client, name)
        own = inputs if give and call.give else {}
        given = arguments(_without_tags(own), shape, entry.rename)
        given |= _tags_for(entry, shape, inputs) if give and call is entry.create else {}
        given |= _filled(call, shape, values, entry.rename)
        return _made(client, name, given)

    def _client(self, api: str, call: str, values: Properties) -> tuple[Any, str]:
        """Give the client of a call; `other_api.call` reaches another service."""
        service, _, name = call.rpartition(".")
        return self._clients.get(service or api, str(values.get("@region") or "")), name

    def _tagging(self, entry: Entry) -> Tagging | None:
        return self._table.tagging.get(entry.tags) if entry.tags else None

    def _tag_call(self, entry: Entry, tagging: Tagging, call: Call, values: Properties) -> Any:
        client, name = self._client(tagging.api or entry.api, call.call, values)
        return _made(client, name, _filled(call, _input_of(client, name), values, {}))

    def _tag_if_left(self, entry: Entry, made: Made, values: Properties) -> None:
        """Set tags where the call that creates doesn't take them."""
        tagging = self._tagging(entry)
        tags = made.inputs.get("tagsAll")
        if tagging is None or not tags or self._takes_tags(entry, values):
            return
        self._tag_call(entry, tagging, tagging.add, values | {"@tags": tags})

    def _takes_tags(self, entry: Entry, values: Properties) -> bool:
        if entry.create is None:
            return False
        client, name = self._client(entry.api, entry.create.call, values)
        return bool(_tags_for(entry, _input_of(client, name), {"tagsAll": {"x": "y"}}))

    def _retag(self, entry: Entry, known: Made, news: Properties, values: Properties) -> None:
        tagging = self._tagging(entry)
        olds, wanted = known.inputs.get("tagsAll") or {}, news.get("tagsAll") or {}
        if tagging is None or olds == wanted:
            return
        removed = sorted(olds.keys() - wanted.keys())
        if removed and tagging.remove.call != tagging.add.call:
            self._tag_call(entry, tagging, tagging.remove, values | {"@removed": removed})
        if wanted or tagging.remove.call == tagging.add.call:
            self._tag_call(entry, tagging, tagging.add, values | {"@tags": wanted})

    def _tags(self, entry: Entry, known: Made, values: Properties) -> Properties:
        """Read tags back; what the program's own tags became, and all of them."""
        tagging = self._tagging(entry)
        if tagging is None or tagging.list is None or "tagsAll" not in known.inputs:
            return {}
        try:
            found = jmespath.search(tagging.list.item, self._tag_call(entry, tagging, tagging.list, values))
        except Gone:
            found = []
        tags = {name: value for name, value in tags_from(found).items() if not name.startswith("aws:")}
        own = known.inputs.get("tags") or {}
        defaults = {name for name in known.inputs["tagsAll"] if name not in own}
        seen: Properties = {"tagsAll": tags}
        if "tags" in known.inputs or tags.keys() - defaults:
            seen["tags"] = {name: value for name, value in tags.items() if name not in defaults}
        return seen


class Gone(Failed):
    """The API says that there is no such thing."""


def _input_of(client: Any, name: str) -> StructureShape:
    """Give the shape of what a call takes."""
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name]).input_shape
    return shape or StructureShape(name, {"type": "structure", "members": {}})


def _filled(call: Call, shape: StructureShape, values: Properties, rename: Mapping[str, str]) -> dict[str, Any]:
    """Give a call's own arguments in the form of their shapes."""
    filled = fill(call.args, values) or {}
    return {member: to_api(value, shape.members[member], rename) for member, value in filled.items()}


def _elsewhere(entry: Entry, item: Mapping[str, Any]) -> Properties:
    """Read the properties that lie elsewhere in what the API told."""
    found: Properties = {}
    for name, path in entry.reads.items():
        where, _, into = path.partition(" | into ")
        value = jmespath.search(where, item)
        if value is not None:
            found[name] = FORMS[into](value) if into else value
    return found


def _plain_told(told: Properties) -> Properties:
    """Keep what needs no knowledge of its form; blocks get into the state by the table only."""
    return {name: value for name, value in told.items() if not isinstance(value, dict | list) or _is_plain_list(value)}


def _is_plain_list(value: Any) -> bool:
    """Whether a list holds something, and nothing but texts; an empty one may stand for a map."""
    return isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)


def _made(client: Any, name: str, given: Mapping[str, Any]) -> Any:
    return _answer(name, lambda: getattr(client, name)(**given))


def _answer(name: str, call: Callable[[], Any]) -> Any:
    """Make a call, and tell what is gone from what was refused."""
    try:
        return call()
    except ClientError as error:
        code, text = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        kind = Gone if _GONE.search(code) or _GONE_TEXT.search(text) else Failed
        raise kind(f"{name}: {code}: {text}") from error
    except BotoCoreError as error:
        raise Failed(f"{name}: {' '.join(str(error).split())}") from error


def _id_of(entry: Entry, answer: Any, values: Properties) -> str:
    """Give the id: a template of properties, or a path into the answer."""
    id_ = fill(entry.id, values) if "{" in entry.id else jmespath.search(entry.id, answer)
    if not id_:
        raise Failed(f"{entry.type} was made, and {entry.id} isn't in the answer.")
    return str(id_)


def _without_tags(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name not in {"tags", "tagsAll"}}


def _tags_for(entry: Entry, shape: Any, inputs: Properties) -> dict[str, Any]:
    """Give the arguments that carry tags into the call that creates."""
    tags = inputs.get("tagsAll")
    if not tags or not entry.tags:
        return {}
    if entry.tag_kind and "TagSpecifications" in shape.members:
        pairs = [{"Key": name, "Value": str(value)} for name, value in sorted(tags.items())]
        return {"TagSpecifications": [{"ResourceType": entry.tag_kind, "Tags": pairs}]}
    member = next(
        (member for member in ("BackupVaultTags", "BackupPlanTags", "HostedZoneTags") if member in shape.members), ""
    )
    member = member or member_of(shape, "tags", {}) or ""
    return {member: to_api(tags, shape.members[member], {})} if member else {}


def _told(item: Mapping[str, Any], rename: Mapping[str, str]) -> Properties:
    """Give all that the API told, in Pulumi's names."""
    told = {
        camel(name): from_api(value) for name, value in item.items() if name != "ResponseMetadata" and value is not None
    }
    back = {name: item[member] for name, member in rename.items() if item.get(member) is not None}
    told.pop("tags", None)
    return told | {name: from_api(value) for name, value in back.items()}
