"""Azure: containers and blobs through the emulator of Blob Storage; storage accounts written down, with real blobs behind."""

from collections.abc import Mapping
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from infra_templates.practice.provider.azure.accounts import Accounts, refused
from infra_templates.practice.provider.azure.identities import as_given, as_told
from infra_templates.practice.provider.handlers import EMULATED, MARK, Failed, Made, Setting
from infra_templates.practice.provider.recorded import Recorder, outputs_of, values_of
from infra_templates.practice.provider.records import Records
from infra_templates.practice.provider.tables import Entry
from infra_templates.practice.provider.templates import fill
from infra_templates.practice.provider.wire import Properties

ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"

_ASSET_TEXT = "text"
_ACCESS = {"Container": "container", "Blob": "blob"}


class AzureRecorder(Recorder):
    """Writes Azure resources down; a storage account gets blobs of its own."""

    def __init__(self, records: Records, accounts: Accounts) -> None:
        """Write into these records and take slots from these accounts."""
        super().__init__(records)
        self._accounts = accounts

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Write a resource down; it is where the provider is if it doesn't say where."""
        extra = {"location": setting.region} if setting.region and "location" not in inputs else {}
        if entry.type == ACCOUNT:
            extra |= self._endpoints(inputs)
        return super().create(entry, inputs, setting.with_extra(**extra))

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Write the record anew, with what it had from its creation."""
        kept = {name: known.state[name] for name in ("primaryEndpoints", "location") if name in known.state}
        return super().update(entry, known, news, setting.with_extra(**kept))

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Remove the record; with an account its containers go."""
        if entry.type == ACCOUNT:
            self._accounts.release(known.inputs.get("accountName") or known.id.rsplit("/", 1)[-1])
        super().delete(entry, known, setting)
        self._take_along(known.id)

    def _take_along(self, id_: str) -> None:
        """Remove what Azure removes with its owner: all whose place is inside it."""
        for record in self._records:
            if record.id.lower().startswith(f"{id_.lower()}/"):
                self._records.remove(record.type, record.id)

    def told(self, inputs: Properties) -> Properties:
        """Tell of identities what they are."""
        return as_told(inputs)

    def given(self, found: Properties, given: Properties) -> Properties:
        """Name identities the way the program did."""
        return as_given(found, given)

    def _endpoints(self, inputs: Properties) -> Properties:
        return {"primaryEndpoints": {"blob": f"{self._accounts.take(inputs['accountName'])}/"}}


class BlobHandler:
    """Makes containers and blobs."""

    def __init__(self, accounts: Accounts) -> None:
        """Reach blobs through these accounts."""
        self._accounts = accounts

    def create(self, entry: Entry, inputs: Properties, setting: Setting) -> Made:
        """Create a container or a blob."""
        id_ = str(fill(entry.id, values_of(inputs, setting)))
        try:
            if entry.type == CONTAINER:
                self._container(inputs).create_container(
                    metadata=inputs.get("metadata"), public_access=_ACCESS.get(str(inputs.get("publicAccess")))
                )
            else:
                self._blob(inputs).upload_blob(_content(inputs), metadata=inputs.get("metadata"), overwrite=False)
        except HttpResponseError as error:
            raise refused(error) from error
        return self._made(entry, id_, inputs, setting)

    def read(self, entry: Entry, known: Made, setting: Setting) -> Made | None:
        """Read a container's or a blob's properties."""
        try:
            target: Any = self._container(known.inputs) if entry.type == CONTAINER else self._blob(known.inputs)
            found = target.get_container_properties() if entry.type == CONTAINER else target.get_blob_properties()
        except ResourceNotFoundError:
            return None
        except Failed:
            return None
        except HttpResponseError as error:
            raise refused(error) from error
        inputs = dict(known.inputs)
        if found.metadata or inputs.get("metadata"):
            inputs["metadata"] = dict(found.metadata or {})
        if entry.type == CONTAINER:
            inputs |= _access_as_it_is(inputs, found.public_access)
        return self._made(entry, known.id, inputs, setting)

    def update(self, entry: Entry, known: Made, news: Properties, setting: Setting) -> Made:
        """Set metadata, access or content."""
        try:
            if entry.type == CONTAINER:
                container = self._container(news)
                container.set_container_metadata(news.get("metadata") or {})
                container.set_container_access_policy({}, public_access=_ACCESS.get(str(news.get("publicAccess"))))
            else:
                self._blob(news).upload_blob(_content(news), metadata=news.get("metadata"), overwrite=True)
        except HttpResponseError as error:
            raise refused(error) from error
        return self._made(entry, known.id, news, setting)

    def delete(self, entry: Entry, known: Made, setting: Setting) -> None:
        """Delete a container with its blobs, or one blob."""
        try:
            if entry.type == CONTAINER:
                self._container(known.inputs).delete_container()
            else:
                self._blob(known.inputs).delete_blob(delete_snapshots="include")
        except (ResourceNotFoundError, Failed):
            return
        except HttpResponseError as error:
            raise refused(error) from error

    def _made(self, entry: Entry, id_: str, inputs: Properties, setting: Setting) -> Made:
        state = inputs | outputs_of(entry, id_, inputs, setting) | {MARK: EMULATED}
        if entry.type != CONTAINER:
            state["url"] = self._blob(inputs).url
        return Made(id_, inputs, state)

    def _container(self, inputs: Properties) -> Any:
        return self._accounts.client(inputs["accountName"]).get_container_client(inputs["containerName"])

    def _blob(self, inputs: Properties) -> Any:
        return self._container(inputs).get_blob_client(inputs["blobName"])


def _access_as_it_is(inputs: Mapping[str, Any], found: str | None) -> Properties:
    access = {small: word for word, small in _ACCESS.items()}.get(str(found), "None")
    return {"publicAccess": access} if access != "None" or inputs.get("publicAccess") else {}


def _content(inputs: Properties) -> bytes:
    """Give the content of a blob, which programs give as an asset of text."""
    source = inputs.get("source")
    if isinstance(source, dict) and isinstance(source.get(_ASSET_TEXT), str):
        return str(source[_ASSET_TEXT]).encode()
    raise Failed("The practice cloud takes blobs as pulumi.StringAsset only.")
