"""A pytest plugin for tests of mutants: Hypothesis stops at the first example that fails.

The mistake is known, so that nobody reads the smallest example. To look for it takes minutes where
each example runs on real sockets and clocks.

A mistake may also be a loop that fills the memory: the tests then fail before the machine does.
"""

import resource

from hypothesis import Phase, settings

settings.register_profile(
    "mutants",
    phases=(Phase.explicit, Phase.generate),
    database=None,
    report_multiple_bugs=False,
)
settings.load_profile("mutants")

MEMORY_BYTES = 8 * 1024**3
"""Address space, of which threads and sanitised programs reserve more than they use."""
resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.RLIM_INFINITY))
