"""The peer's one loop: it polls its listeners, its connections and the oracle's commands.

One thread, so that nothing that the peer sees is out of order. Nothing in it blocks but the poll.
"""

import contextlib
import os
import select
import shutil

import msgspec

from stallproof.runner.peer.commands import Commands
from stallproof.runner.peer.connections import Connections
from stallproof.runner.peer.kernel import now_us
from stallproof.runner.peer.messages import Command
from stallproof.runner.peer.output import Output
from stallproof.runner.peer.peer import Peer

_READ_BYTES = 65536


class PeerEvent:
    """The loop over the connections of one scenario and the two pipes to the oracle."""

    def __init__(self, folder: str, commands: int, output: int) -> None:
        self._folder = folder
        self._input = commands
        self._partial = b""
        self._decoder = msgspec.json.Decoder(Command)
        self._output = Output(output)
        self._poll = select.poll()
        self._masks: dict[int, int] = {}
        self._connections = Connections(folder, self._poll, self._output.put)
        self._commands = Commands(self._connections, self._output.put)

    def run(self) -> None:
        """Serve until the oracle closes its end or reads no more, then clean up."""
        os.set_blocking(self._output.descriptor, False)
        self._poll.register(self._input, select.POLLIN)
        try:
            # Whoever stops reading the peer's output has no use for it any more.
            with contextlib.suppress(BrokenPipeError):
                while self._turn():
                    self._output.flush()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _turn(self) -> bool:
        """Wait for something to do and do it; false at the end of the oracle's commands."""
        peers = self._watch()
        ready = dict(self._poll.poll(self._wait_ms()))
        # New connections first: a command that follows at once may already speak of them.
        self._connections.accept_ready(ready.keys())
        for descriptor, flags in ready.items():
            peer = peers.get(descriptor)
            if peer is not None:
                peer.on_ready(flags)
        if self._input in ready and not self._read_commands():
            return False
        for peer in self._connections.live():
            peer.on_due()
        return True

    def _watch(self) -> dict[int, Peer]:
        """Register what each connection waits for, and return them by descriptor."""
        peers: dict[int, Peer] = {}
        wanted: dict[int, int] = {}
        if self._output:
            wanted[self._output.descriptor] = select.POLLOUT
        for peer in self._connections.live():
            mask = peer.poll_mask()
            if mask is not None and peer.sock is not None:
                peers[peer.sock.fileno()] = peer
                wanted[peer.sock.fileno()] = mask
        for descriptor in self._masks.keys() - wanted.keys():
            self._poll.unregister(descriptor)
        for descriptor, mask in wanted.items():
            if self._masks.get(descriptor) != mask:
                self._poll.register(descriptor, mask)
        self._masks = wanted
        return peers

    def _wait_ms(self) -> int | None:
        live = self._connections.live()
        due = min((d for p in live if (d := p.due_us()) is not None), default=None)
        # Poll takes whole milliseconds: rounded up, or the loop would spin through the last one.
        return None if due is None else max(0, -(-(due - now_us()) // 1000))

    def _read_commands(self) -> bool:
        data = os.read(self._input, _READ_BYTES)
        if not data:
            return False
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._commands.carry_out(self._decoder.decode(line))
        return True
