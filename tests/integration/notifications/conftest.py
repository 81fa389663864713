"""Fixtures of notifications."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import mail
from tracker.accounts.models import User
from tracker.core.db import session
from tracker.worker import Worker


@pytest.fixture
def mail_server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[mail.Sink]:
    """Give a mail server that the settings name."""
    with mail.mail_server() as sink:
        monkeypatch.setattr(app.config["SETTINGS"], "smtp_url", sink.url)
        yield sink


@pytest.fixture
def work_off(app: Flask) -> Callable[[], int]:
    """Give a worker's round: everything that is due now is done, and counted."""

    def work() -> int:
        worker = Worker(app)
        done = 0
        while worker.work_once():
            done += 1
        return done

    return work


@pytest.fixture
def self_signed_server(tmp_path: Path) -> Iterator[int]:
    """Give the port of a TLS server whose certificate nobody vouches for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        thread = threading.Thread(target=_answer_once, args=(listening, context), daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(timeout=5)


def _answer_once(listening: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        opened, _address = listening.accept()
        with opened, context.wrap_socket(opened, server_side=True) as secure:
            secure.recv(100)


@pytest.fixture
def staff(staff: User) -> User:
    """Give an office member who stays, whatever the test's units of work take back."""
    session().commit()
    return staff


@pytest.fixture
def expert(expert: User) -> User:
    """Give an expert who stays."""
    session().commit()
    return expert


@pytest.fixture
def administrator(administrator: User) -> User:
    """Give an administrator who stays."""
    session().commit()
    return administrator
