"""What the figures are told with: Python, kernel, processor, load, version."""

import os
import platform
from pathlib import Path

import stallproof
from tests.benchmarks.noise import processors
from tests.benchmarks.record import Environment

_CPUINFO = Path("/proc/cpuinfo")


def processor_named(text: str) -> str:
    """Return the processor's model after /proc/cpuinfo's `text`; empty where it names none."""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "cpu model"):
            return value.strip()
    return ""


def environment() -> Environment:
    """Return what this process runs on."""
    try:
        named = processor_named(_CPUINFO.read_text("utf-8", "replace"))
    except OSError:
        named = ""
    return Environment(
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=named or platform.processor() or platform.machine(),
        processors=len(processors()),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        stallproof=stallproof.__version__,
    )
