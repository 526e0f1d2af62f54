"""A pytest plugin for tests of mutants: Hypothesis stops at the first example that fails.

The mistake is known, so that nobody reads the smallest example. To look for it takes minutes where
each example runs on real sockets and clocks.
"""

from hypothesis import Phase, settings

settings.register_profile(
    "mutants",
    phases=(Phase.explicit, Phase.generate),
    database=None,
    report_multiple_bugs=False,
)
settings.load_profile("mutants")
