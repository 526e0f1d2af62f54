"""How far a run of the oracle is: what every long command tells while it goes on."""

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is: scenarios done and in all, the one just done, and what is worth saying."""

    done: int
    total: int
    scenario: str
    note: str = ""
