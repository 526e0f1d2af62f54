"""What a connection and a monitor are given, looked at before any thread starts.

The intuition: a program that hands over the wrong thing must hear of it at that call. Later there
is nobody to tell: a thread would end, and what it guards would go unguarded.

The complication: a `Policy` is made by proofs as well, with values that no knob can state. So it
takes everything, and whoever is to live by it looks at it here.
"""

import socket
from dataclasses import fields
from operator import attrgetter
from typing import Any

from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US, Policy, is_well_formed

_TRANSPORT = ("write_max_bytes", "carries_heartbeats", "write", "wait", "shut_down", "release")
_limits_of = attrgetter(*(field.name for field in fields(Policy)))
_KINDS = tuple(type(field.default) for field in fields(Policy))
_WATCHED = ("name", "policy", "is_finished", "snapshot", "begin_closing", "queue_heartbeat")


def require_connection(link: object, policy: object, name: object) -> None:
    """Raise `TypeError` or `ValueError` for what no connection can be made of."""
    if isinstance(link, socket.socket):
        if link.type != socket.SOCK_STREAM:
            raise ValueError(
                f"a connection takes a stream socket, and this is one of {link.type!r}"
            )
    elif not all(hasattr(link, one) for one in _TRANSPORT):
        raise TypeError(f"a connection takes a connected socket or a transport, not {link!r}")
    require_policy(policy)
    if not isinstance(name, str):
        raise TypeError(f"the name of a connection is a text, not {name!r}")


def require_policy(policy: object) -> None:
    """Raise `TypeError` for what is no policy or no number, `ValueError` for one out of range."""
    if not isinstance(policy, Policy):
        raise TypeError(f"a connection takes a Policy, such as Policy(), not {policy!r}")
    if tuple(map(type, _limits_of(policy))) == _KINDS and is_well_formed(policy):
        # Nobody has to be told which of its limits is wrong.
        return
    for field in fields(Policy):
        value: Any = getattr(policy, field.name)
        if type(value) is not type(field.default):
            raise TypeError(f"{field.name}={value!r}: give {_allowed(field.name)}")
        alone: dict[str, Any] = {field.name: value}
        if not is_well_formed(Policy(**alone)):
            raise ValueError(f"{field.name}={value!r}: give {_allowed(field.name)}")


def require_watched(conn: object) -> None:
    """Raise `TypeError` for what a monitor cannot watch."""
    lacking = [one for one in _WATCHED if not hasattr(conn, one)]
    if lacking:
        inner = "; give its `inner`" if hasattr(conn, "inner") else ""
        raise TypeError(f"a monitor watches connections, and {conn!r} has no {lacking[0]}{inner}")


def _allowed(name: str) -> str:
    if name == "close_stalled":
        return "True or False"
    if not name.endswith("_us"):
        return "a whole number from 1 on"
    least_us = CHECK_INTERVAL_MIN_US if name == "ack_check_interval_us" else 1
    return f"whole microseconds from {least_us} to {TIMEOUT_MAX_US}"
