"""The peer as a process: started, told commands line by line, heard, and ended.

Whatever becomes of it, nobody waits for an answer without a limit: a call has it in time, or learns
why there will be none.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import msgspec

import stallproof
from stallproof.runner.peer.kernel import make_folder
from stallproof.runner.peer.messages import REPLY_START, Command, PeerReply
from stallproof.runner.sut.ending import interruption, let_go_s
from stallproof.runner.sut.news import News
from stallproof.wire.events import AnyPeerEvent

_START_S = 20.0
_ANSWER_S = 10.0
_STOP_S = 2.0
_KILLED_AFTER_S = 0.2
"""The same for a run that ends before its time."""

_encoder = msgspec.json.Encoder()
_replies = msgspec.json.Decoder(PeerReply)
_events = msgspec.json.Decoder(AnyPeerEvent)


class PeerBroken(Exception):
    """The peer died, hung, or was never started; nothing can be judged without its eyes."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class PeerRefused(PeerBroken):
    """The peer lives, but this command makes no sense now; `detail` says why."""


class PeerProcess:
    """One peer process, its pipes, and the thread that hears it.

    `record` is called with each event, on that thread, in the order in which the peer tells them;
    what the peer saw before it answered a call is recorded before that call returns.
    """

    def __init__(self, record: Callable[[AnyPeerEvent], None]) -> None:
        self._record = record
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._folder = ""
        self._listener: threading.Thread | None = None
        self._news = News()
        self._answers: dict[int, PeerReply] = {}
        self._ids = itertools.count(1)
        self._broken: str | None = "The peer was not started."

    @property
    def pid(self) -> int:
        """The process of the peer; raises `PeerBroken` before `start`."""
        if self._process is None:
            raise PeerBroken("The peer was not started.")
        return self._process.pid

    def start(self) -> None:
        """Start the peer, unless that is done, and wait until it is ready; raises `PeerBroken`."""
        if self._process is None:
            self.launch()
        self.call("hello", timeout_s=_START_S)

    def launch(self) -> None:
        """Start the process, and wait for nothing."""
        self._folder = make_folder()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the peer)
        root = str(Path(stallproof.__file__).parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "stallproof.runner.peer", self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._process, self._broken = process, None
        # It is handed over, since a run that ends may stop the peer before the thread begins.
        self._listener = threading.Thread(
            target=self._listen, args=(process,), name="peer", daemon=True
        )
        self._listener.start()

    def stop(self) -> None:
        """End the peer and everything it held; a second time changes nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        self._break("The peer was stopped.")
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_STOP_S if interruption() is None else _KILLED_AFTER_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._listener is not None:
            self._listener.join(let_go_s())
        process.stdout.close()
        if self._errors is not None:
            self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def record_to(self, record: Callable[[AnyPeerEvent], None]) -> None:
        """Call `record` with each event from now on."""
        self._record = record

    # --- the pipes --------------------------------------------------------------------------------

    def call(self, op: str, *, timeout_s: float = _ANSWER_S, **fields: Any) -> PeerReply:
        """Return the reply to `op` once the peer has carried it out.

        Raises `PeerRefused` when it could not, and `PeerBroken` when the peer is dead or does not
        answer within `timeout_s`.
        """
        if self._broken is not None:
            raise PeerBroken(self._broken)
        command = Command(id=next(self._ids), op=op, **fields)
        self._send(_encoder.encode(command) + b"\n")
        self._news.wait_for(
            lambda: command.id in self._answers or self._broken is not None, timeout_s
        )
        reply = self._answers.pop(command.id, None)
        if reply is None:
            self._broken = self._broken or f"The peer did not answer {op!r} in {timeout_s:g} s."
            raise PeerBroken(self._broken)
        if not reply.ok:
            raise PeerRefused(f"The peer could not carry out {op!r}: {reply.message}.")
        return reply

    def _send(self, line: bytes) -> None:
        # A peer that has died is found out by the listener, with its reason; the wait sees that.
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(REPLY_START):
                    reply = _replies.decode(line)
                    self._answers[reply.id] = reply
                    self._news.tell()
                else:
                    self._record(_events.decode(line))
        except Exception as error:
            self._break(f"What the peer saw could not be recorded: {error!r}.")
            raise
        self._break(f"The peer ended with status {process.wait()}: {self._last_words()}")

    def _last_words(self) -> str:
        assert self._errors is not None
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it said nothing."

    def _break(self, why: str) -> None:
        self._broken = self._broken or why
        self._news.tell()
