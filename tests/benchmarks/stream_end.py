"""A process that receives streams, so that the row of streams has a peer that acknowledges.

It gets a connected socket's descriptor. For each line with a first number and a count it makes
ready for so many streams, says so, and says again when every byte of them was taken.
"""

import socket
import sys
import threading

from stallproof import GuardedConnection, Policy, StreamReceiver


def main(descriptor: str) -> None:
    """Receive streams until standard input ends."""
    conn = GuardedConnection(socket.socket(fileno=int(descriptor)), Policy(), "receiver")
    for line in sys.stdin:
        first, count = map(int, line.split())
        receivers = [StreamReceiver(conn, number) for number in range(first, first + count)]
        threads = [threading.Thread(target=one.run, args=(len,)) for one in receivers]
        for thread in threads:
            thread.start()
        print("ready", flush=True)
        for thread in threads:
            thread.join()
        print("done", flush=True)
    conn.close()
    conn.wait_finished(10)


if __name__ == "__main__":
    main(sys.argv[1])
