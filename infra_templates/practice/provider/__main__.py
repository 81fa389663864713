"""A provider process: prints its port, serves until its standard input closes, and never outlives who started it.

`python -m infra_templates.practice.provider aws --folder FOLDER`
"""

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from infra_templates.practice.provider.packages import package_in
from infra_templates.practice.provider.service import PracticeProvider
from infra_templates.practice.provider.tables import PACKAGES

THREADS = 32
_LARGEST = 64 * 1024 * 1024


def main() -> int:
    """Serve one package."""
    parser = argparse.ArgumentParser(prog="python -m infra_templates.practice.provider", description=__doc__)
    parser.add_argument("package", choices=PACKAGES)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--endpoints", type=json.loads, required=True)
    given = parser.parse_args()
    limits = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), options=limits)
    provider = PracticeProvider(package_in(given.folder, given.package, given.endpoints), given.folder)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the port is what this program answers
    sys.stdin.buffer.read()
    server.stop(grace=None)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a call that still waits for an emulator must not keep the process alive
