"""The fixtures of the kit, as the plugin gives them."""

from stallproof.pytest_plugin import guarded_connection, stalling_peer, virtual_clock

__all__ = ["guarded_connection", "stalling_peer", "virtual_clock"]
