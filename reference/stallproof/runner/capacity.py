"""How much the kernel takes from a sender whose peer reads nothing."""

from pathlib import Path

_CAPACITY_FILES = ("net/ipv4/tcp_wmem", "net/core/wmem_default")
_CAPACITY_ELSEWHERE = 8 * 1024 * 1024
_PEER_BUFFERS = 512 * 1024


def kernel_holds_bytes() -> int:
    """Return how much fits at most between a sender that asked for nothing special and the peer."""
    sizes = []
    for name in _CAPACITY_FILES:
        try:
            text = Path("/proc/sys", name).read_text(encoding="ascii")
        except OSError:
            continue
        sizes.append(int(text.split()[-1]))
    return max(sizes, default=_CAPACITY_ELSEWHERE) + _PEER_BUFFERS
