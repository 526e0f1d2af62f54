"""`spec/models/callbacks.pml`: callbacks of users beside the worker that moves their data."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="callbacks",
    says="A worker moves the data of two streams while two others run callbacks that may block.",
    sizes=("CHUNKS",),
    claims=(
        Claim("all_data_moves", ("CB-1",), "all data moves, whatever callbacks do", "liveness"),
        Claim("workers_live_on", ("CB-2",), "an exception ends no worker", "safety"),
        Claim(
            "exception_stops_its_stream", ("CB-2",), "an exception stops its own stream", "safety"
        ),
        Claim("nothing_else_stops", ("CB-2",), "nothing else stops a stream", "safety"),
        Claim(
            "nothing_is_lost", ("CB-3",),
            "every callback waits, runs, is over or was refused", "safety",
        ),
        Claim(
            "none_waits_in_vain", ("CB-3",), "none waits for a pool that is shut down", "safety"
        ),
    ),
    variants=(
        Variant(
            "shared_pool", "callbacks run on the workers that move data, as the origin's once did",
            breaks="all_data_moves",
        ),
        Variant(
            "exception_kills_the_worker", "the exception of a callback ends the worker that ran it",
            breaks="workers_live_on",
        ),
        Variant(
            "exception_stops_nothing", "an exception leaves its stream as it was",
            breaks="exception_stops_its_stream",
        ),
        Variant(
            "exception_stops_all", "an exception stops the other stream as well",
            breaks="nothing_else_stops",
        ),
        Variant(
            "shutdown_drops_what_waits", "a shutdown forgets the callbacks that wait",
            breaks="nothing_is_lost",
        ),
        Variant(
            "looks_before_the_lock", "whether the pool is shut down is asked before its lock",
            breaks="none_waits_in_vain",
        ),
    ),
    replayed=False,
    unreached=(),
)  # fmt: skip
