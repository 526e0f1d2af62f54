"""Whether a setting of the right kind can be: numbers in range, and names that there are.

The intuition: a setting that loses against the command line is not read any further. A wrong one
would stay unnoticed until the day on which nothing beats it. So the file is looked at as a whole.

Guide: `docs/command-line.md`.
"""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from stallproof.reports.output import UnusableError

JOBS_MAX = 64
GRACE_MS_MAX = 60_000


def require(key: str, value: Any) -> None:
    """Raise `UnusableError`, naming `key`, for a `value` that no run could take."""
    if key in _CHECKS:
        _CHECKS[key](key, value)


def _within(most: int) -> Callable[[str, Any], None]:
    def check(key: str, value: Any) -> None:
        if not 1 <= value <= most:
            raise UnusableError(f"{key}: {value} is not within 1 to {most}")

    return check


def _one_of(key: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UnusableError(f"{key}: {value!r} is none of {', '.join(known)}")


# What knows the names takes long to import, and a file has few of them.


def _clock(key: str, value: Any) -> None:
    from stallproof.runner.conform import Clock

    _one_of(key, value, get_args(Clock))


def _profile(key: str, value: Any) -> None:
    from stallproof.requirements.registry import Profile

    _one_of(key, value, get_args(Profile))


def _requirements(key: str, value: Any) -> None:
    from stallproof.requirements.registry import load_registry
    from stallproof.requirements.words import parted

    try:
        load_registry().select(parted(_texts(value)))
    except ValueError as error:
        raise UnusableError(f"{key}: {error}") from error


def _features(key: str, value: Any) -> None:
    from stallproof.api.wanted import features_of

    features_of(key, _texts(value))


def _allowed(key: str, value: Any) -> None:
    from stallproof.api.wanted import allowed_of

    allowed_of(key, _texts(value))


def _span(key: str, value: Any) -> None:
    from stallproof.reports.spans import seconds_of

    seconds_of(value, key)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "jobs": _within(JOBS_MAX),
    "grace-ms": _within(GRACE_MS_MAX),
    "clock": _clock,
    "profile": _profile,
    "only": _requirements,
    "skip": _requirements,
    "without": _features,
    "allow": _allowed,
    "timeout": _span,
}
