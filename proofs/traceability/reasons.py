"""Why a cell of the matrix is empty: one reason for each gap, in words for a reviewer.

The reasons for missing proofs are those of the ledger (`proofs/prover/reasons.py`). A reason whose
gap has been filled is an error, so that none of these outlives what it says.
"""

from proofs.prover.reasons import UNPROVED
from proofs.traceability.gaps import Reason

_CONTRACTS = (
    Reason(
        "contract",
        ("SD-11", "SD-16"),
        "A contract binds the arguments and the result of a machine's step. Descriptors and the"
        " records of TLS never come into a machine: they are handled by the drivers.",
    ),
    Reason(
        "contract",
        ("SD-14",),
        "No clause of a step speaks of the number that a frame carries. The proof obligations"
        " `sd14_...` state it of the same functions instead.",
    ),
    Reason(
        "contract",
        ("AP-9",),
        "Who is told of an end is a table over six outcomes (`stream.is_notified`), and a clause"
        " could only say the same table again. The proof obligation states the law of it, and the"
        " property tests count the notices.",
    ),
    Reason(
        "contract",
        ("SC-12", "SC-13", "SC-14", "CX-3"),
        "A machine knows one connection and takes the time as an argument. What several connections"
        " share, whose count is whose, and which clock is read, is the monitor's and the drivers'.",
    ),
    Reason(
        "contract",
        ("CX-4",),
        "The order of arrival belongs to the lock, which is no pure machine"
        " (`drivers/ticket_lock.py`). That each hold ends by its deadline is the contract of SD-3;"
        " that the holds add up to the bound is proved.",
    ),
)

_SEARCHES = (
    Reason(
        "search",
        ("SD-11", "SD-16", "SC-12", "SC-14", "CX-3"),
        "The search goes through histories of the machines, and this is decided outside of them: by"
        " the system call that waits, the TLS library, the monitor's pass over many connections,"
        " the clock that is read, or what threads share.",
    ),
    Reason(
        "search",
        ("CF-1", "CF-2", "CF-3", "CF-4"),
        "A configuration is read once, in one step from texts to values: there is no history to"
        " search. The proofs speak of all values at once.",
    ),
)

_MODELS = (
    Reason(
        "model",
        ("SD-11", "SD-16", "SC-14"),
        "The models have threads, a lock and a peer that reads or does not. Descriptor numbers, the"
        " records of TLS and the clocks of a system are below what they abstract from.",
    ),
    Reason(
        "model",
        ("SD-14",),
        "The frames of the models carry no numbers: a count of 65536 values would multiply the"
        " states and tell nothing of threads, since only the holder of the lock counts.",
    ),
    Reason(
        "model",
        ("SC-4", "SC-10"),
        "A warning, and whether a heartbeat is due, are decided within one check from what it read,"
        " and no other thread takes part. The proofs and the search speak of that decision.",
    ),
    Reason(
        "model",
        ("SC-9", "CX-5"),
        "The close window is arithmetic over limits of any size, which a model with a short clock"
        " could only sample. It is proved with symbolic limits, and the search follows the"
        " holder and the monitor side by side.",
    ),
    Reason(
        "model",
        ("AP-7",),
        "How short a sleep may be is a clamp of one number and arithmetic in one look. The model of"
        " the ACK wait has a clock of a few ticks, in which no loop is busier than another.",
    ),
    Reason(
        "model",
        ("CF-1", "CF-2", "CF-3", "CF-4", "CF-5"),
        "A configuration is read by one thread, before there is a connection: nothing interleaves.",
    ),
)

_VECTORS = (
    Reason(
        "vector",
        ("SD-11", "SD-16"),
        "A vector is played in virtual time, where there are neither descriptors nor TLS: nothing"
        " that a script could ask for puts this to the test. It is judged on real sockets.",
    ),
)

REASONS: tuple[Reason, ...] = (
    *_CONTRACTS,
    *(Reason("proof", (requirement,), text) for requirement, text in UNPROVED.items()),
    *_SEARCHES,
    *_MODELS,
    *_VECTORS,
)
"""Every reason, column by column."""
