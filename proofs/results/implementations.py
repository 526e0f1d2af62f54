"""Who is judged for the page, by which harness and interpreter, and by which requirements."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stallproof.requirements.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
PROFILE = "hardened"
NOT_HERE = frozenset({"SD-12"})
"""Requirements that are not part of the page, and are not judged for it."""

_HARNESSES = "tests/implementations"
_OURS = ""
"""The interpreter that runs this program."""
_ALTERNATIVES = ".venvs/alternatives/bin/python"
_GO = "build/go-idiomatic"
"""The program that `make results` builds."""


@dataclass(frozen=True)
class Implementation:
    """One harness to run: `python` is its interpreter, from the project's folder on.

    What is built from source needs none: `python` is then the program, and `harness` its source.

    `groups`: of which requirements it is judged; the transports have neither streams nor a
    monitor nor a configuration file.
    """

    name: str
    kind: Literal["nvflare", "python", "go"]
    python: str
    harness: str
    groups: tuple[str, ...]

    @property
    def command(self) -> Sequence[str]:
        """Return the command line that starts the harness."""
        harness = str(ROOT / self.harness)
        if self.kind == "go":
            return (str(self.interpreter),)
        if self.kind == "nvflare":
            return (str(self.interpreter), harness)
        # The environment of the alternatives holds their packages, not ours.
        return ("env", f"PYTHONPATH={ROOT / 'reference'}", str(self.interpreter), harness)

    @property
    def interpreter(self) -> Path:
        """Return the interpreter, or the program, that must be there."""
        return Path(sys.executable) if self.python == _OURS else ROOT / self.python

    def selected(self, registry: Registry) -> frozenset[str]:
        """Return the IDs that it is judged by here."""
        active = (one for one in registry.requirements if one.status == "active")
        return frozenset(one.id for one in active if one.group in self.groups) - NOT_HERE


def _nvflare(version: str) -> Implementation:
    return Implementation(
        f"nvflare-{version}",
        "nvflare",
        f".venvs/nvflare-{version}/bin/python",
        f"{_HARNESSES}/nvflare/harness.py",
        ("SD", "AP", "SC", "CX", "CF", "RT", "SG", "DN", "MD"),
    )


def _python(name: str, file: str, python: str) -> Implementation:
    harness = f"{_HARNESSES}/python/{file}.py"
    return Implementation(name, "python", python, harness, ("SD", "CX"))


def _go(name: str, package: str) -> Implementation:
    harness = f"{_HARNESSES}/go/{package}/main.go"
    return Implementation(name, "go", _GO, harness, ("SD", "CX"))


IMPLEMENTATIONS: tuple[Implementation, ...] = (
    _nvflare("2.7.2"),
    _nvflare("2.8.3"),
    _nvflare("2.9.0"),
    _python("settimeout", "settimeout_sendall", _OURS),
    _python("so-sndtimeo", "so_sndtimeo", _OURS),
    _python("asyncio", "asyncio_streams", _OURS),
    _python("trio", "trio_streams", _ALTERNATIVES),
    _python("grpcio", "grpcio_keepalive", _ALTERNATIVES),
    _python("redis", "redis_client", _ALTERNATIVES),
    _python("nats", "nats_client", _ALTERNATIVES),
    _python("paho-mqtt", "mqtt_client", _ALTERNATIVES),
    _go("go", "idiomatic"),
)
"""In the order of the page and of the runs."""

BY_NAME = {one.name: one for one in IMPLEMENTATIONS}
