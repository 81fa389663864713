"""Google Cloud: buckets and objects through the emulator of Cloud Storage.

The emulator holds buckets and objects and nothing of a bucket's settings, so these are kept beside it and read from there.
"""

from typing import Any
from urllib.parse import quote

import requests

from infra_templates.practice.provider.handlers import EMULATED, MARK, Failed, Made, Setting
from infra_templates.practice.provider.recorded import outputs_of, tags_of, values_of
from infra_templates.practice.provider.records import Record, Records
from infra_templates.practice.provider.tables import Entry
from infra_templates.practice.provider.templates import fill
from infra_templates.practice.provider.wire import Properties

BUCKET = "gcp:storage/bucket:Bucket"
_SECONDS = 30
_MISSING = 404
_REFUSED = 400


class StorageHandler:
    """Makes buckets and objects."""

    def __init__(self, endpoint: str, beside: Records) -> None:
        """Reach the emulator, and keep beside it what it doesn't."""
        self._endpoint = endpoint
        self._beside = beside

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Create a bucket, after noting its labels, so that it is found whatever happens; or an object."""
        id_ = str(fill(entry.id, values_of(inputs, setting)))
        if entry.type != BUCKET:
            self._upload(inputs)
            return self._made(entry, id_, inputs, setting)
        if self.holds(inputs["name"]):
            raise Failed(f"Cloud Storage: 409: the bucket {inputs['name']} exists already.")
        made = self._keep(entry, id_, inputs, setting)
        row = {"name": inputs["name"], "location": inputs.get("location") or setting.region}
        self._ask("POST", f"/storage/v1/b?project={setting.account}", json=row)
        return made

    def read(self, entry: Entry, known: Made, setting: Setting) -> Made | None:
        """Read a bucket or an object."""
        if entry.type != BUCKET:
            found = self._ask("GET", _object(known.inputs), missing=True)
            return self._made(entry, known.id, known.inputs, setting) if found is not None else None
        if not self.holds(known.id):
            return None
        record = self._beside.find(entry.type, known.id)
        kept = record.state if record else {}
        inputs = {name: kept.get(name, value) for name, value in known.inputs.items()}
        return self._made(entry, known.id, inputs, setting)

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Set a bucket's settings, or an object's content."""
        if entry.type == BUCKET:
            if not self.holds(known.id):
                raise Failed(f"Cloud Storage: 404: there is no bucket {known.id}.")
            return self._keep(entry, known.id, news, setting)
        self._upload(news)
        return self._made(entry, known.id, news, setting)

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Delete a bucket, emptied first where the program allows that, or an object."""
        if entry.type != BUCKET:
            self._ask("DELETE", _object(known.inputs), missing=True)
            return
        name = known.id
        if self.holds(name):
            self._refuse_to_lose(name, allowed=bool(known.inputs.get("forceDestroy")))
            self._ask("DELETE", f"/storage/v1/b/{name}", missing=True)
        self._beside.remove(entry.type, name)

    def _refuse_to_lose(self, bucket: str, *, allowed: bool) -> None:
        objects = [row["name"] for row in (self._ask("GET", f"/storage/v1/b/{bucket}/o") or {}).get("items", [])]
        if objects and not allowed:
            raise Failed(
                f"Cloud Storage: 409: the bucket {bucket} holds {len(objects)} objects; empty it or set force_destroy."
            )
        for name in objects:
            self._ask("DELETE", _object({"bucket": bucket, "name": name}), missing=True)

    def _keep(self, entry: Entry, id_: str, inputs: Properties, setting: Setting) -> Made:
        made = self._made(entry, id_, inputs, setting)
        region = str(inputs.get("location") or setting.region)
        self._beside.write(Record(entry.type, id_, made.state, tags_of(entry, inputs, setting), region))
        return made

    def _made(self, entry: Entry, id_: str, inputs: Properties, setting: Setting) -> Made:
        outputs = outputs_of(entry, id_, inputs | {"@endpoint": self._endpoint}, setting)
        return Made(id_, inputs, inputs | outputs | {MARK: EMULATED})

    def holds(self, bucket: str) -> bool:
        """Whether there is a bucket."""
        return self._ask("GET", f"/storage/v1/b/{bucket}", missing=True) is not None

    def _upload(self, inputs: Properties) -> None:
        path = f"/upload/storage/v1/b/{inputs['bucket']}/o?uploadType=media&name={quote(inputs['name'], safe='')}"
        self._ask("POST", path, data=str(inputs.get("content") or "").encode())

    def _ask(self, method: str, path: str, *, missing: bool = False, **more: Any) -> Any:
        """Ask the emulator; None where it may be missing and is."""
        answer = requests.request(method, f"{self._endpoint}{path}", timeout=_SECONDS, **more)
        if missing and answer.status_code == _MISSING:
            return None
        if answer.status_code >= _REFUSED:
            raise Failed(f"Cloud Storage: {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content and "json" in answer.headers.get("content-type", "") else {}


def _object(inputs: Properties) -> str:
    return f"/storage/v1/b/{inputs['bucket']}/o/{quote(inputs['name'], safe='')}"
