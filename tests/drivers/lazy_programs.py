"""Owner, intermediary and consumer of lazy references as programs, each told what to do by lines.

The use: `main` with two arguments, a role and the folder of the sockets. Each line on standard
input is a JSON list, a word and what belongs to it, and brings one line of JSON.
"""

import contextlib
import hashlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from stallproof.drivers.frame import RECEIVED_MAX_BYTES
from stallproof.drivers.lazy_consumer import OWNER_GONE, await_reference, download
from stallproof.drivers.lazy_intermediary import LazyIntermediary
from stallproof.drivers.lazy_messages import MESSAGE_MAX_BYTES, LazyReference, MessageConnection
from stallproof.drivers.lazy_owner import Item, LazyOwner
from stallproof.machines.policy import Policy

PIECE_BYTES = 1 << 20
PATIENCE_S = 30.0
POLICY = Policy(chunk_bytes=PIECE_BYTES, window_bytes=16 * PIECE_BYTES)
BLOCK = b"".join(hashlib.sha256(b"%d" % at).digest() for at in range(PIECE_BYTES // 32))

Said = dict[str, Any]


def pieces(size_bytes: int) -> Iterator[memoryview]:
    """Make a payload: one block again and again, each with its number in front."""
    piece = bytearray(BLOCK)
    for number, at in enumerate(range(0, size_bytes, PIECE_BYTES)):
        struct.pack_into(">Q", piece, 0, number)
        yield memoryview(piece)[: size_bytes - at]


def listener(path: Path) -> socket.socket:
    """Return a socket that listens at `path`."""
    found = socket.socket(socket.AF_UNIX)
    found.bind(str(path))
    found.listen()
    return found


def connected(path: Path) -> socket.socket:
    """Return a socket that is connected to `path`."""
    link = socket.socket(socket.AF_UNIX)
    link.connect(str(path))
    return link


def over(link: socket.socket, name: str, most_bytes: int = RECEIVED_MAX_BYTES) -> MessageConnection:
    """Return a guarded connection over `link`."""
    return MessageConnection(link, POLICY, name, received_max_bytes=most_bytes)


class Owner:
    """Sends references by the intermediary, and delivers to whoever says a name and has one."""

    def __init__(self, folder: Path) -> None:
        self._owner = LazyOwner(str(folder / "owner"))
        self._door = listener(folder / "owner")
        self._way = over(connected(folder / "hop-source"), "way")
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            link, _ = self._door.accept()
            # Who it is: here whoever connects says so. A real owner reads it off a certificate.
            name = link.recv(1).decode()
            conn = over(link, name)
            threading.Thread(target=self._owner.serve, args=(conn, name), daemon=True).start()

    def issue(self, size_bytes: int, consumer: str = "c", lies_bytes: int = 0) -> Said:
        """Send a reference; with `lies_bytes` the item is made longer or shorter than it says."""
        item = Item("model", size_bytes, lambda: pieces(size_bytes + lies_bytes))
        made = self._owner.issue(item, consumer)
        return {"told": self._way.tell(made), "reference": made.reference}

    def expire(self, reference: str) -> Said:
        """Let a reference expire."""
        self._owner.expire(reference)
        return {}

    def carry(self, size_bytes: int) -> Said:
        """Send a payload itself by the intermediary, as nobody should."""
        with contextlib.suppress(Exception):
            self._way.send(bytes(size_bytes))
        return {}


class Hop:
    """Passes references on; `bounded` false: takes in frames of any size, as nobody should."""

    def __init__(self, folder: Path, bounded: str = "yes") -> None:
        most_bytes = MESSAGE_MAX_BYTES if bounded == "yes" else RECEIVED_MAX_BYTES
        doors = [listener(folder / name) for name in ("hop-source", "hop-target")]
        self._sides: list[MessageConnection] = []
        self._may_pass = threading.Event()

        def run() -> None:
            source, target = (door.accept()[0] for door in doors)
            self._sides += [over(source, "source", most_bytes), over(target, "target")]
            self._may_pass.wait()
            LazyIntermediary(self._sides[0], self._sides[1]).run()

        threading.Thread(target=run, daemon=True).start()

    def go(self) -> Said:
        """Begin to pass on."""
        self._may_pass.set()
        return {}

    def source_has_ended(self) -> Said:
        """Wait until nothing more comes from the owner."""
        return {"finished": self._sides[0].wait_finished(PATIENCE_S)}


class Consumer:
    """Waits for references, and downloads."""

    def __init__(self, folder: Path) -> None:
        self._hop = over(connected(folder / "hop-target"), "hop")
        self._owners: dict[str, MessageConnection] = {}

    def wait(self) -> Said:
        """Wait for the next reference."""
        outcome, reference = await_reference(self._hop, PATIENCE_S)
        return {"outcome": outcome.value, "reference": msgspec.to_builtins(reference)}

    def get(self, reference: Said, name: str = "c", leave_after: int = 0) -> Said:
        """Download as `name`; with `leave_after` hang up after so many bytes, and come again."""
        got_bytes = 0

        def take(piece: bytes) -> None:
            nonlocal got_bytes
            got_bytes += len(piece)
            if leave_after and got_bytes >= leave_after:
                conn.close()

        try:
            conn = self._owner(reference["owner"], name)
            got = download(conn, msgspec.convert(reference, LazyReference), take, PATIENCE_S)
        except ConnectionRefusedError:
            got = OWNER_GONE
        if leave_after:
            conn.wait_finished(PATIENCE_S)
            del self._owners[name]
        return {"outcome": got.outcome.value, "size_bytes": got.size_bytes, "sha256": got.sha256}

    def _owner(self, path: str, name: str) -> MessageConnection:
        if name not in self._owners:
            link = connected(Path(path))
            link.sendall(name.encode())
            self._owners[name] = over(link, "owner")
        return self._owners[name]


def peak() -> Said:
    """Return the most memory that this program ever had, in bytes.

    What the kernel tells by `getrusage` may be that of the process which started it.
    """
    with open("/proc/self/status") as lines:
        (found,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return {"peak": int(found) * 1024}


def main() -> None:
    """Play the role that was named until standard input ends."""
    role, folder, *options = sys.argv[1:]
    roles: dict[str, Callable[..., Any]] = {"owner": Owner, "hop": Hop, "consumer": Consumer}
    player = roles[role](Path(folder), *options)
    print(json.dumps({"ready": role}), flush=True)
    for line in sys.stdin:
        word, *given = json.loads(line)
        said = peak() if word == "peak" else getattr(player, word)(*given)
        print(json.dumps(said), flush=True)
