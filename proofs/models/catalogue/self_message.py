"""`spec/models/self_message.pml`: the only worker of a process submits a message, to itself too."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="self_message",
    says="The only worker of a process submits a message to itself, to an alias, or to another.",
    claims=(
        Claim(
            "comes_back", ("SM-1",), "whoever submits a message has its result in the end",
            "liveness",
        ),
        Claim(
            "never_sent_home", ("SM-1",),
            "a message to oneself is not sent, though another worker might answer it", "safety",
        ),
        Claim(
            "goes_right", ("SM-1",), "a message to somebody else is not handled here", "safety",
        ),
        Claim(
            "same_result", ("SM-1",),
            "the result is what the handler makes of it, on either way", "safety",
        ),
    ),
    variants=(
        Variant(
            "sends_to_itself", "a message to oneself is sent, and waited for",
            breaks="comes_back",
        ),
        Variant(
            "alias_is_sent", "a message to an alias of one's own is sent, and waited for",
            breaks="comes_back",
        ),
        Variant(
            "another_worker_answers",
            "a message to oneself is sent, and a second worker answers it",
            breaks="never_sent_home",
        ),
        Variant(
            "keeps_everything", "a message to somebody else is handled here",
            breaks="goes_right",
        ),
        Variant(
            "local_failure_is_lost", "what goes wrong is no failure when it is one's own",
            breaks="same_result",
        ),
    ),
    replayed=False,
    unreached=("worker2: -end-",),
)  # fmt: skip
