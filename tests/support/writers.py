"""Clients that write without a pause, note every key before they send it, and every answer that they get."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.browser import Answer, Browser, LineBroken

SAVED = {302, 303}


@dataclass
class Note:
    """A form that was sent: its values with its key, and whether its saving was acknowledged."""

    name: str
    values: dict[str, str]
    acknowledged: bool = False


@dataclass
class Writer:
    """One client on a thread of its own."""

    number: int
    browser: Browser
    path: str
    fill: Callable[[str], dict[str, str]]
    stopping: threading.Event
    notes: list[Note] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self.thread = threading.Thread(target=self._write, daemon=True)
        self.thread.start()

    def join(self) -> None:
        """Wait for the end of the writing."""
        if self.thread is not None:
            self.thread.join(60)

    def _write(self) -> None:
        while not self.stopping.is_set():
            try:
                values = self._open_form()
            except (LineBroken, AssertionError):
                self.stopping.wait(0.05)
                continue
            name = f"w{self.number}n{len(self.notes)}"
            note = Note(name, {**values, **self.fill(name)})
            self.notes.append(note)
            self._send(note)

    def _open_form(self) -> dict[str, str]:
        return self.browser.form(self.path)

    def _send(self, note: Note) -> None:
        try:
            answer = self.browser.post(self.path, note.values)
        except LineBroken:
            return
        self._judge(note, answer)

    def _judge(self, note: Note, answer: Answer) -> None:
        if answer.status in SAVED and answer.location and "/sign-in" not in answer.location:
            note.acknowledged = True
        elif answer.status != 503:
            self.strange.append(f"{note.name}: {answer.status} {answer.location} {answer.body[:300]}")

    def ask_again(self) -> None:
        """Send every form again that had no answer, under its old key."""
        for note in self.notes:
            if not note.acknowledged:
                self._judge(note, self.browser.post(self.path, note.values))
