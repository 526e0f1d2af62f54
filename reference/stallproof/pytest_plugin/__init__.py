"""The pytest plugin: a test for each requirement, and fixtures for tests of one's own.

The use: `pytest --stallproof-impl "COMMAND"` judges a harness as `stallproof conform` does, and
shows each requirement as a test. The fixtures `stalling_peer`, `virtual_clock` and
`guarded_connection` are there without any option.

The complication: pytest loads this wherever stallproof is installed. So it imports nothing but
pytest until somebody asks, and does nothing then either.

Documentation: `docs/pytest.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from stallproof.pytest_plugin import hooks, options

if TYPE_CHECKING:
    from stallproof.drivers.guarded import GuardedConnection
    from stallproof.machines.policy import Policy
    from stallproof.testkit import StallingPeer, VirtualClock

MARKERS = (
    "stallproof: a requirement that stallproof judges; -m 'not stallproof' leaves all of them out",
    "stallproof_policy(**limits): fields of the policy of `guarded_connection`, such as "
    "send_timeout_us=200_000",
)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let a conftest.py say what is judged."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the options of judging, each with a setting of the same name."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, and take IDs such as `stallproof::SD-3[tcp]` out of the arguments."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    options.take_ids(config)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the tests of the requirements, where something is to be judged."""
    judged = options.judged(config)
    if judged is not None:
        from stallproof.pytest_plugin.collecting import tests_of

        items += tests_of(session, judged)


# --- fixtures for tests of one's own --------------------------------------------------------------


@pytest.fixture
def stalling_peer(request: pytest.FixtureRequest) -> Iterator[StallingPeer]:
    """A peer on a real socket that drains, stops, trickles, resets and talks by method calls.

    Over a Unix socket, or as a parameter says (indirectly): "unix" or "tcp".
    """
    from stallproof.testkit import StallingPeer

    with StallingPeer(getattr(request, "param", "unix")) as peer:
        yield peer


@pytest.fixture
def virtual_clock() -> Iterator[VirtualClock]:
    """A clock that begins at 0 and moves only when it is told to."""
    from stallproof.testkit import VirtualClock

    clock = VirtualClock()
    yield clock
    clock.end()


@pytest.fixture
def stallproof_policy(request: pytest.FixtureRequest) -> Policy:
    """The policy of `guarded_connection`: the defaults, and what the marker of this name says."""
    from stallproof.machines.policy import Policy, is_well_formed

    limits: dict[str, Any] = {}
    for marker in request.node.iter_markers("stallproof_policy"):
        limits = {**marker.kwargs, **limits}
    try:
        policy = Policy(**limits)
    except TypeError as error:
        pytest.fail(f"stallproof_policy: {error}", pytrace=False)
    if not is_well_formed(policy):
        pytest.fail(f"stallproof_policy: a limit lies outside its range: {policy}", pytrace=False)
    return policy


@pytest.fixture
def guarded_connection(
    stalling_peer: StallingPeer, stallproof_policy: Policy
) -> Iterator[GuardedConnection]:
    """The reference's connection to `stalling_peer`, with the limits of `stallproof_policy`."""
    from stallproof.drivers.guarded import GuardedConnection

    connection = GuardedConnection(stalling_peer.sock, stallproof_policy, "guarded")
    yield connection
    connection.close()
    connection.wait_finished(CLOSE_WAIT_S)


CLOSE_WAIT_S = 5.0
"""How long the end of a test waits for the reader and the worker of its connection."""
