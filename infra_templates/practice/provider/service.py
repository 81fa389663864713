"""The provider that the engine talks to: Pulumi's provider protocol on one side, handlers of a package on the other."""

import importlib.metadata
import json
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from infra_templates.practice.provider import faults
from infra_templates.practice.provider.faults import InjectedError, Moment
from infra_templates.practice.provider.functions import Functions
from infra_templates.practice.provider.handlers import Failed, Handler, Made, Setting, changed
from infra_templates.practice.provider.naming import own_name
from infra_templates.practice.provider.recorded import Recorder
from infra_templates.practice.provider.tables import Entry, Table, UnknownType
from infra_templates.practice.provider.wire import UNKNOWN, Properties, from_wire, is_unknown, to_wire

Configured = Callable[[Properties], Setting]


@dataclass(frozen=True)
class Package:
    """All that makes a provider of one package."""

    name: str
    table: Table
    configured: Configured
    emulator: Handler
    recorder: Recorder
    functions: Functions


class PracticeProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine for one package; every connection of the engine has a configuration of its own."""

    def __init__(self, package: Package, folder: Path) -> None:
        """Serve a package of the practice cloud in a folder."""
        self._package = package
        self._folder = folder
        self._lock = threading.Lock()
        self._settings: dict[str, Setting] = {}
        self._version = importlib.metadata.version(f"pulumi-{package.name}")

    # ------------------------------------------------------------ acquaintance

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say which kinds of values are understood."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """Take note that an engine is there."""
        return Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Give the version of the SDK that programs are written with, which is the one the engine expects."""
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Give a schema that names the package and nothing more; inline programs need none."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self._package.name, "version": self._version}))

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Take the configuration as it is."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Never replace a provider."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Keep the configuration of this connection."""
        setting = self._package.configured(from_wire(request.args))
        with self._lock:
            self._settings[context.peer()] = setting
            self._settings[""] = setting
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """Let running calls end; none of them takes long."""
        return Empty()

    # ------------------------------------------------------------ wishes

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Give a name where the program sets none, and add the provider's own tags."""
        entry = self._entry(request.urn, context)
        inputs, olds = from_wire(request.news), from_wire(request.olds)
        if entry.name and inputs.get(entry.name) is None:
            new = own_name(_name(request.urn), request.randomSeed, longest=entry.longest, style=entry.style)
            inputs[entry.name] = olds.get(entry.name) or new
        if entry.tags and self._package.name == "aws":
            inputs |= _all_tags(inputs, self._setting(context))
        return provider_pb2.CheckResponse(inputs=to_wire(inputs))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Compare inputs, and say which differences need a new resource."""
        entry = self._entry(request.urn, context)
        olds, news = from_wire(request.old_inputs), from_wire(request.news)
        ignored = set(request.ignoreChanges)
        names = sorted(changed(olds, news) - ignored)
        replaces = [name for name in names if name in entry.replace]
        kinds = provider_pb2.PropertyDiff
        detail = {
            name: kinds(kind=kinds.UPDATE_REPLACE if name in entry.replace else kinds.UPDATE, inputDiff=True)
            for name in names
        }
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaces,
            diffs=names,
            detailedDiff=detail,
            hasDetailedDiff=True,
            deleteBeforeReplace=bool(replaces) and self._before(entry, names),
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Create a resource; in a preview only say what is known."""
        entry, inputs = self._entry(request.urn, context), from_wire(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=to_wire(inputs | self._package.recorder.told(inputs)))
        with self._answering("create", entry, context):
            made = self._handler(entry).create(entry, inputs, self._setting(context))
        return provider_pb2.CreateResponse(id=made.id, properties=to_wire(made.state))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Read a resource as it is now; no id says that it is gone."""
        entry = self._entry(request.urn, context)
        known = Made(request.id, from_wire(request.inputs), from_wire(request.properties))
        with self._answering("read", entry, context):
            found = self._handler(entry).read(entry, known, self._setting(context))
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=found.id, properties=to_wire(found.state), inputs=to_wire(found.inputs))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change a resource in place; in a preview only say what is known."""
        entry, news = self._entry(request.urn, context), from_wire(request.news)
        known = Made(request.id, from_wire(request.old_inputs), from_wire(request.olds))
        if request.preview:
            told = self._package.recorder.told(news)
            return provider_pb2.UpdateResponse(properties=to_wire(known.state | news | told))
        with self._answering("update", entry, context):
            made = self._handler(entry).update(entry, known, news, self._setting(context))
        return provider_pb2.UpdateResponse(properties=to_wire(made.state))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Empty:
        """Delete a resource."""
        entry = self._entry(request.urn, context)
        known = Made(request.id, from_wire(request.old_inputs), from_wire(request.properties))
        with self._answering("delete", entry, context):
            self._handler(entry).delete(entry, known, self._setting(context))
        return Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a function that looks something up."""
        args = from_wire(request.args)
        if is_unknown(args):
            return _returned({"id": UNKNOWN})
        try:
            return _returned(self._package.functions(request.tok, args, self._setting(context)))
        except (UnknownType, Failed) as error:
            _refuse(context, grpc.StatusCode.UNIMPLEMENTED, error)

    # ------------------------------------------------------------ how

    def _entry(self, urn: str, context: grpc.ServicerContext) -> Entry:
        try:
            return self._package.table[_type(urn)]
        except UnknownType as error:
            _refuse(context, grpc.StatusCode.UNIMPLEMENTED, error)

    def _handler(self, entry: Entry) -> Handler:
        return self._package.emulator if entry.emulated else self._package.recorder

    def _setting(self, context: grpc.ServicerContext) -> Setting:
        with self._lock:
            return self._settings.get(context.peer()) or self._settings.get("", Setting())

    def _before(self, entry: Entry, names: list[str]) -> bool:
        """Whether the old one has to go first: both would bear the same name."""
        return entry.delete_first or (bool(entry.name) and entry.name not in names)

    @contextmanager
    def _answering(self, operation: str, entry: Entry, context: grpc.ServicerContext) -> Iterator[None]:
        """Let ordered faults strike around a call, and tell the engine what the cloud refused."""
        try:
            faults.strike(self._folder, operation, entry.type, Moment.BEFORE)
            yield
            faults.strike(self._folder, operation, entry.type, Moment.AFTER)
        except (Failed, InjectedError) as error:
            _refuse(context, grpc.StatusCode.UNKNOWN, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the log of the operation with its place
            traceback.print_exc()
            _refuse(
                context,
                grpc.StatusCode.INTERNAL,
                RuntimeError(f"The practice provider failed at {operation}: {error!r}"),
            )


def _refuse(context: grpc.ServicerContext, code: grpc.StatusCode, error: Exception) -> NoReturn:
    """End the call with a sentence for the person who reads the log."""
    context.abort(code, str(error))
    raise AssertionError("abort always raises")


def _returned(values: Properties) -> Any:
    return provider_pb2.InvokeResponse(**{"return": to_wire(values)})


def _type(urn: str) -> str:
    """Give the type of a resource from its URN, without those of its parents."""
    return urn.split("::")[2].rsplit("$", 1)[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _all_tags(inputs: Properties, setting: Setting) -> Properties:
    """Merge the provider's tags with the resource's own, which win."""
    own = inputs.get("tags") or {}
    if not isinstance(own, dict):
        return {}
    return {"tagsAll": {**setting.default_tags, **own}}
