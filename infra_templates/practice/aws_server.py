"""The AWS emulator with a memory: moto's server, every change of which is kept in a journal and replayed at the next start.

moto holds everything in memory. A practice cloud has to be there again after a reboot, with the same ids, so changes run one
after the other, each with random numbers of its own seed, and are written down before their answer leaves.

`python -m infra_templates.practice.aws_server --port PORT --journal FILE`
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from infra_templates.practice.aws_corrections import correct
from infra_templates.practice.processes import end_when_input_closes

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

_READING = ("describe", "list", "get", "head", "lookup", "search", "simulate", "batchget")
_KEPT = (
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "RAW_URI",
    "REQUEST_URI",
    "CONTENT_TYPE",
    "SERVER_PROTOCOL",
)


class Journal:
    """Requests that changed something: a line that describes each, then its body."""

    def __init__(self, path: Path) -> None:
        """Keep the journal in a file that need not exist yet."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def __iter__(self) -> Iterator[tuple[dict[str, str], bytes, int]]:
        """Go through what was written whole; a request cut by a crash was never answered."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while line := file.readline():
                try:
                    head = json.loads(line)
                except ValueError:
                    return
                body = file.read(head["length"])
                if len(body) < head["length"] or file.read(1) != b"\n":
                    return
                yield head["environ"], body, head["seed"]

    def append(self, environ: Environ, body: bytes, seed: int) -> None:
        """Write a request down and hand it to the operating system."""
        kept = {name: value for name, value in environ.items() if name in _KEPT or name.startswith("HTTP_")}
        head = json.dumps({"environ": kept, "length": len(body), "seed": seed})
        with self._path.open("ab") as file:
            file.write(head.encode() + b"\n" + body + b"\n")


class Remembering:
    """Wraps moto's application: one request at a time, changes written down."""

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]], journal: Journal) -> None:
        """Answer through an application and remember in a journal."""
        self._application = application
        self._journal = journal
        self._lock = threading.Lock()
        self._seed = 0

    def replay(self) -> int:
        """Do again all that the journal holds."""
        count = 0
        for kept, body, seed in self._journal:
            self._run({**_BARE, **kept}, body, lambda *_: None, seed)
            self._seed, count = seed, count + 1
        return count

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        body = _body_of(environ)
        changes = _changes(environ, body)
        with self._lock:
            self._seed += 1
            kept = dict(environ)
            answer = self._run(environ, body, start_response, self._seed)
            if changes:
                self._journal.append(kept, body, self._seed)
        return answer

    def _run(self, environ: Environ, body: bytes, start_response: StartResponse, seed: int) -> list[bytes]:
        mock_random.seed(seed)
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        answer = self._application(environ, start_response)
        try:
            return list(answer)
        finally:
            getattr(answer, "close", lambda: None)()


_BARE: Mapping[str, Any] = {
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def _body_of(environ: Environ) -> bytes:
    stream: BinaryIO = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return stream.read()
    return stream.read(int(environ.get("CONTENT_LENGTH") or 0))


def _changes(environ: Environ, body: bytes) -> bool:
    """Whether a request can change anything; where its name doesn't tell, it can."""
    if environ["REQUEST_METHOD"] in {"GET", "HEAD", "OPTIONS"} or environ["PATH_INFO"].startswith("/moto-api/"):
        return False
    target = str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
    if not target and body.startswith(b"Action="):
        target = body[len(b"Action=") :].split(b"&", 1)[0].decode("ascii", "replace")
    return not target.lower().startswith(_READING)


class Quiet(MotoRequestHandler):
    """Logs errors, not every request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep silent."""


def main() -> None:
    """Replay the journal, then serve until standard input closes."""
    parser = argparse.ArgumentParser(prog="python -m infra_templates.practice.aws_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    given = parser.parse_args()
    os.environ["MOTO_PORT"] = str(given.port)
    correct()
    moto: Any = DomainDispatcherApplication(create_backend_app)
    application = Remembering(moto, Journal(given.journal))
    application.replay()
    server = make_server("127.0.0.1", given.port, application, threaded=True, request_handler=Quiet)
    end_when_input_closes()
    server.serve_forever()


if __name__ == "__main__":
    main()
