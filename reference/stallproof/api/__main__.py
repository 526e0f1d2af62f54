"""One run of the oracle as a process: a request on standard input, messages on standard output.

Spec: `stallproof.api.messages`.
"""

import os
import signal
import sys
import threading
import traceback

import msgspec

from stallproof.api.asked import Asked
from stallproof.api.messages import Broken, Done, Message, Moved
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import RegistryError
from stallproof.requirements.vectors import VectorError
from stallproof.runner.sut.ending import heed, heed_no_more, limited


def _watch() -> None:
    """End the run in order once nobody holds the other end of standard input."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Judge what is asked for, and tell how it goes."""
    heed()
    # Standard output is for messages alone, whoever prints.
    told = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def tell(message: Message) -> None:
        try:
            told.write(msgspec.json.encode(message) + b"\n")
        except OSError:
            # Nobody listens any more; the end of standard input says the same.
            return

    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Asked)
    threading.Thread(target=_watch, daemon=True).start()
    try:
        with limited(asked.timeout):
            tell(Done(asked.report(lambda progress: tell(Moved(progress)))))
    except UnusableError as error:
        tell(Broken(f"{error}", is_asked=True))
    except (RegistryError, VectorError) as error:
        tell(Broken(f"the installed law cannot be read: {error}"))
    except Exception:
        tell(Broken(traceback.format_exc()))
    heed_no_more()
    # The watching thread may be in the middle of a read.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
