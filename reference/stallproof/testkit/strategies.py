"""Hypothesis strategies for tests of one's own: policies, knobs, scripts and vectors.

The use: `@given(policies())`. A policy is one that may be in force, a script one that keeps the
rules of virtual time, a vector one whose expectations are those of the law.

They need Hypothesis, which is imported here and not by the rest of the kit.

Spec: `stallproof spec cf`, `stallproof spec virtual`, `stallproof spec vectors`.
"""

from collections.abc import Collection
from typing import Any

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as error:  # pragma: no cover - told apart by a test in a process of its own
    raise ImportError(
        "stallproof.testkit.strategies needs Hypothesis: pip install hypothesis"
    ) from error

from stallproof.generate import scripts as generated
from stallproof.judge.model import filled
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US, Policy
from stallproof.requirements.knobs import KNOBS, MICROSECONDS
from stallproof.requirements.vectors import Vector, load_all
from stallproof.wire.protocol import FEATURES

__all__ = ["knobs", "policies", "scripts", "vectors"]

SIZE_MAX_BYTES = 2**30
CHECKS_MAX = 1000

_TIMEOUTS = st.integers(1, TIMEOUT_MAX_US)
_SIZES = st.integers(1, SIZE_MAX_BYTES)


def policies() -> SearchStrategy[Policy]:
    """Return the strategy of policies that are well formed, with limits of every size.

    Relations between limits (CF-5) may be broken: that is no error there either.
    """
    return st.builds(
        Policy,
        send_timeout_us=_TIMEOUTS,
        ack_progress_timeout_us=_TIMEOUTS,
        ack_check_interval_us=st.integers(CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US),
        stall_timeout_us=_TIMEOUTS,
        close_stalled=st.booleans(),
        checks_max=st.integers(1, CHECKS_MAX),
        ack_wait_us=_TIMEOUTS,
        window_bytes=_SIZES,
        chunk_bytes=_SIZES,
        ack_interval_bytes=_SIZES,
        heartbeat_interval_us=_TIMEOUTS,
        monitor_period_us=_TIMEOUTS,
    )


def knobs() -> SearchStrategy[dict[str, Any]]:
    """Return the strategy of knobs that say what a policy says, some of them left out.

    Names and units are the origin's: `streaming_send_timeout` is in seconds.
    """
    return st.builds(_knobs, policies(), st.sets(st.sampled_from(list(KNOBS))))


def _knobs(policy: Policy, names: Collection[str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, knob in KNOBS.items():
        if name in names:
            value = getattr(policy, knob.field)
            said[name] = value / MICROSECONDS if knob.is_time else value
    return said


def scripts(
    features: Collection[str] = FEATURES, families: Collection[str] = tuple(generated.FAMILIES)
) -> SearchStrategy[Vector]:
    """Return the strategy of scripts of virtual time for an implementation with `features`.

    What is drawn is a vector without expectations. `families` are the kinds of scripts:
    sending, monitored, streaming, mixed, configured; raises `ValueError` for another one, and for
    none.
    """
    unknown = sorted(set(families) - set(generated.FAMILIES))
    if unknown or not families:
        known = ", ".join(generated.FAMILIES)
        raise ValueError(f"the families of scripts are {known}, not {', '.join(unknown) or 'none'}")
    drawing = generated.scripts(frozenset(features), tuple(families))
    return st.binary(min_size=drawing.choices, max_size=drawing.choices).map(drawing.make)


def vectors(
    features: Collection[str] = FEATURES, only: Collection[str] = ()
) -> SearchStrategy[Vector]:
    """Return the strategy of vectors: the installed ones, and scripts filled with expectations.

    `only`: draw those that speak of one of these requirements, installed ones alone; raises
    `ValueError` where no installed one does.
    """
    installed = [
        one
        for one in load_all()
        if set(one.needs) <= set(features)
        and (not only or not set(only).isdisjoint(one.requirements))
    ]
    if not installed:
        raise ValueError(f"no installed vector speaks of {', '.join(sorted(only)) or 'anything'}")
    drawn = st.sampled_from(installed)
    return drawn if only else st.one_of(drawn, scripts(features).map(filled))
