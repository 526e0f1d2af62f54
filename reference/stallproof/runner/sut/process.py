"""The harness as a process: started, heard, limited and ended, whatever it does.

The stall it guards against is the oracle's own: a harness that never reads, or never ends.
Nothing here waits without a limit. The process gets a session of its own, so that it and all that
it started can be killed together, and a mark by which the rest is found (`descendants.py`). It is
reaped only after that, because the number of a reaped process may already belong to somebody else.

Spec: `spec/protocol.md`, rules 6 and 8.
"""

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.runner.sut.command import HarnessCommand, as_taken
from stallproof.runner.sut.descendants import VARIABLE, adopt, end_marked, new_mark
from stallproof.runner.sut.ending import let_go_s
from stallproof.runner.sut.output import Output

_READ_BYTES = 256 * 1024
_LOOK_MS = 100
"""How often to look whether the process ended although somebody still holds its output."""
_AFTER_EXIT_S = 0.3
_EXIT_AFTER_END_S = 0.5


_VARIABLES = "NVFLARE_"
"""Variables that begin so are for the implementation's configuration, which comes by `config`."""


def environment_without_knobs() -> dict[str, str]:
    """Return the oracle's environment without what would configure an implementation."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_VARIABLES)}


def now_us() -> int:
    """Return the time in microseconds on the clock that all processes of the machine share."""
    return time.monotonic_ns() // 1000


class HarnessProcess:
    """One harness process, its pipes, and the thread that hears it.

    `on_lines` is called with lines of its output and the time right after they were read;
    `on_broken` once, with whatever ended the conversation. Both are called on the hearing thread.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None,
        on_lines: Callable[[Sequence[bytes], int], None],
        on_broken: Callable[[Exception], None],
    ) -> None:
        self._output = Output(on_lines)
        self._on_broken = on_broken
        self.mark = new_mark()
        self._process = _spawn(as_taken(command), environment, self.mark)
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        self.pid = self._process.pid
        self._writing = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._reaped = False
        self._hearing = threading.Thread(target=self._hear, name="harness", daemon=True)
        self._hearing.start()

    # --- writing ----------------------------------------------------------------------------------

    def write(self, line: bytes, timeout_s: float) -> None:
        """Write `line` to its standard input.

        Raises `HarnessBroken` (hung) if it does not read for `timeout_s`, and `BrokenPipeError` if
        it has closed its input, the reason for which the hearing thread knows better.
        """
        deadline = time.monotonic() + timeout_s
        with self._writing:
            stdin = self._process.stdin
            if stdin is None or stdin.closed:
                raise BrokenPipeError
            while line:
                with contextlib.suppress(BlockingIOError):
                    line = line[os.write(stdin.fileno(), line) :]
                    continue
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    detail = f"The harness did not read its standard input for {timeout_s:g} s."
                    raise HarnessBroken("hung", detail)
                poller = select.poll()
                poller.register(stdin.fileno(), select.POLLOUT)
                poller.poll(left_s * 1000 + 1)

    def begin_anew(self) -> None:
        """Count its output from here: a process that plays many cases may write much in all."""
        self._output.begin_anew()

    # --- hearing ----------------------------------------------------------------------------------

    def _hear(self) -> None:
        try:
            self._hear_all()
        except Exception as error:
            # Whatever it is, also an oracle's own mistake, must reach whoever waits for an answer.
            self._on_broken(error)

    def _hear_all(self) -> None:
        """Hand on lines until the output ends, the process ends, or the oracle has heard enough."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        output, errors = self._process.stdout.fileno(), self._process.stderr.fileno()
        poller = select.poll()
        for descriptor in (output, errors, self._wake_read):
            poller.register(descriptor, select.POLLIN)
        exited_us: int | None = None
        while True:
            ready = dict(poller.poll(_LOOK_MS))
            if self._wake_read in ready:
                return
            if errors in ready and not self._hear_words(errors):
                poller.unregister(errors)
            if output in ready:
                data = os.read(output, _READ_BYTES)
                heard_us = now_us()
                if not data:
                    raise self._ended(errors, heard_us)
                self._output.on_output(data, heard_us)
            elif self.how_it_ended() is not None:
                # A child of the harness may hold the output open for ever.
                exited_us = exited_us or now_us()
                if now_us() - exited_us > _AFTER_EXIT_S * 1e6:
                    raise self._ended(errors, exited_us)

    def _hear_words(self, errors: int) -> bool:
        """Read its standard error; false once that is over."""
        data = os.read(errors, _READ_BYTES)
        self._output.on_errors(data)
        return bool(data)

    def _ended(self, errors: int, at_us: int) -> HarnessBroken:
        """Say why nothing more will be heard since `at_us`."""
        how = self.wait_for_end(_EXIT_AFTER_END_S)
        if how is None:
            detail = "The harness closed its standard output and went on running."
            return HarnessBroken("protocol", detail, at_us)
        os.set_blocking(errors, False)
        with contextlib.suppress(BlockingIOError):
            while self._hear_words(errors):
                pass
        line = self._output.unfinished_line
        rest = f" after the unfinished line {show(line)}" if line else ""
        return HarnessBroken("died", f"The harness {how}{rest}; {self.last_words()}", at_us)

    def last_words(self) -> str:
        """Return the last lines of its standard error for a reader."""
        return self._output.last_words()

    # --- ending -----------------------------------------------------------------------------------

    @property
    def is_reaped(self) -> bool:
        """Whether the process is gone for good, so that its number may be somebody else's."""
        return self._reaped

    def how_it_ended(self) -> str | None:
        """Return how the process ended, `None` while it runs. It is not reaped by asking."""
        if self._reaped:
            return _how(self._process.returncode)
        try:
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return "ended"
        if ended is None:
            return None
        by_itself = ended.si_code == os.CLD_EXITED
        return _how(ended.si_status if by_itself else -ended.si_status)

    def wait_for_end(self, timeout_s: float) -> str | None:
        """Wait for the process to end by itself and return how; `None` if it does not in time."""
        deadline = time.monotonic() + timeout_s
        while (how := self.how_it_ended()) is None and time.monotonic() < deadline:
            time.sleep(0.005)
        return how

    def kill(self) -> None:
        """Kill the process and everything in its group."""
        if not self._reaped:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill all that is left of it and of what it started, and give back all descriptors.

        A second time does nothing.
        """
        if self._reaped:
            return
        self.kill()
        end_marked(self.mark, but=self.pid)
        os.write(self._wake_write, b"x")
        self._hearing.join(let_go_s())
        self._process.wait()
        self._reaped = True
        pipes: tuple[IO[bytes] | None, ...] = (self._process.stdout, self._process.stderr)
        with self._writing:
            for pipe in (*pipes, self._process.stdin):
                if pipe is not None:
                    pipe.close()
        os.close(self._wake_read)
        os.close(self._wake_write)


def _spawn(
    command: HarnessCommand, environment: Mapping[str, str] | None, mark: str
) -> "subprocess.Popen[bytes]":
    """Start `command` in a session of its own; raises `HarnessBroken` (missing)."""
    if not command:
        raise HarnessBroken("missing", "The command of the harness is empty.")
    name = command[0]
    adopt()
    try:
        return subprocess.Popen(
            command, bufsize=0, start_new_session=True, cwd=command.cwd,
            env={**(os.environ if environment is None else environment), VARIABLE: mark},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except FileNotFoundError:
        why = "does not exist, or names an interpreter that does not exist"
    except PermissionError:
        why = "is not executable"
    except (OSError, ValueError) as error:
        why = f"cannot be run: {getattr(error, 'strerror', None) or error}"
    raise HarnessBroken("missing", f"The command of the harness, {name!r}, {why}.")


def _how(status: int) -> str:
    """Say in English how a process with exit `status` (negative: a signal) ended."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"was killed by the signal {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by the signal {-status}"
