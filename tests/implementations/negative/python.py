"""Wrong implementations in Python: the reference with one piece of its text exchanged.

The mistakes lie in the machines, in their configuration, and in the drivers: `>` for
`>=`, a clock that starts again, a lock that is a stack, a latch that is none, a count that belongs
to a name. Mended, and with nothing else changed, each of them is the reference again, which passes.
"""

from tests.implementations.negative.python_configuration import CONFIGURATION
from tests.implementations.negative.python_monitor import MONITOR
from tests.implementations.negative.python_sends import QUEUES, SENDS
from tests.implementations.negative.python_streams import STREAMS
from tests.implementations.negative.wrong import Wrong

WRONG: tuple[Wrong, ...] = (*SENDS, *QUEUES, *MONITOR, *STREAMS, *CONFIGURATION)
