"""A pytest plugin that plants one mistake: a module is imported from source that was edited.

`STALLPROOF_PLANTED` holds the module, the old text and the new one as a JSON list. The old text
must stand in the module exactly once: a mistake that no longer fits ends the run at once, and
nothing is taken for caught. Used by `tests/proofs/test_origin_topics.py` and by `proofs/seeded`.

Hypothesis stops at the first example that fails: the mistake is known, so that nobody reads the
smallest one, and to look for it takes minutes where each example runs on real sockets and clocks.
"""

import json
import os

from hypothesis import Phase, settings

from proofs.seeded.planting import plant

if planted := os.environ.get("STALLPROOF_PLANTED"):
    plant(*json.loads(planted))
    settings.register_profile(
        "planted",
        phases=(Phase.explicit, Phase.generate),
        database=None,
        report_multiple_bugs=False,
    )
    settings.load_profile("planted")
