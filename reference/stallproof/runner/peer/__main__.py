"""Run the peer on standard input and output: `python -m stallproof.runner.peer [FOLDER]`.

FOLDER is where its Unix sockets are made; it is removed in the end. Without it the peer makes one.
"""

import gc
import signal
import sys

from stallproof.runner.peer.kernel import make_folder
from stallproof.runner.peer.loop import PeerEvent


def main() -> int:
    """Play the peer until standard input ends; the exit status is 0."""
    # The terminal's Ctrl-C is for the oracle, which ends the peer by closing its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing here makes cycles worth collecting, and a collection is a pause in the peer's eyes.
    gc.freeze()
    gc.disable()
    folder = sys.argv[1] if len(sys.argv) > 1 else make_folder()
    PeerEvent(folder, sys.stdin.fileno(), sys.stdout.fileno()).run()
    return 0


sys.exit(main())
