"""`spec/models/produce_once.pml`: callers that miss an item, and produce it beside others."""

from proofs.models.model import Claim, Model, Variant

MODEL = Model(
    name="produce_once",
    says="Two callers produce one item, perhaps for ever; another wants another; it is evicted.",
    claims=(
        Claim("first_wins", ("PO-1",), "a result never takes the place of another one", "safety"),
        Claim(
            "one_result", ("PO-1",),
            "who has a result while the life lasts returns the one that is stored", "safety",
        ),
        Claim("not_brought_back", ("PO-2",), "what was evicted is not brought back", "safety"),
        Claim(
            "other_proceeds", ("PO-1",),
            "whoever wants another item returns, though one be produced for ever", "liveness",
        ),
        Claim(
            "waits_for_nobody", ("PO-1",),
            "whoever wants the same item returns, though another produce it for ever", "liveness",
        ),
    ),
    variants=(
        Variant(
            "produces_under_the_lock", "an item is produced under the lock",
            breaks="other_proceeds",
        ),
        Variant(
            "waits_for_the_other", "who finds the item in production waits for that result",
            breaks="waits_for_nobody",
        ),
        Variant(
            "stores_without_comparing", "a result is stored without a look at what is there",
            breaks="first_wins",
        ),
        Variant(
            "compares_before_the_lock", "what is there is looked at before the lock is taken",
            breaks="first_wins",
        ),
        Variant(
            "loser_keeps_its_own", "a caller that came later returns its own result",
            breaks="one_result",
        ),
        Variant(
            "compares_no_lives", "only whether something is stored is looked at",
            breaks="not_brought_back",
        ),
    ),
    replayed=False,
)  # fmt: skip
