"""What is used of the judged package, except for streams (`judged_streams.py`).

The package is imported without running its initialiser, which imports the job API: most of a second
for each fresh process, and nothing of it is used here.
"""

# ruff: noqa: E402, I001  # The package is imported only after all that its import depends on.

import output  # noqa: F401  # Standard output is taken from the package before it can print.

import importlib.machinery
import importlib.util
import sys


def import_without_initialiser() -> None:
    """Register the package `nvflare` without running its `__init__`."""
    spec = importlib.machinery.PathFinder.find_spec("nvflare")
    if spec is None:
        raise ImportError("this interpreter has no package nvflare")
    sys.modules["nvflare"] = importlib.util.module_from_spec(spec)


import_without_initialiser()
try:
    import nvflare.fuel.f3.sfm.conn_manager  # noqa: F401
except Exception:  # A release whose parts need the initialiser gets it.
    for loaded in [m for m in sys.modules if m.partition(".")[0] == "nvflare"]:
        del sys.modules[loaded]
from nvflare.apis.fl_constant import ConnectionSecurity
from nvflare.fuel.f3.comm_config import CommConfigurator
from nvflare.fuel.f3.comm_error import CommError
from nvflare.fuel.f3.drivers.base_driver import BaseDriver
from nvflare.fuel.f3.drivers.connector_info import ConnectorInfo, Mode
from nvflare.fuel.f3.drivers.driver_params import DriverCap, DriverParams
from nvflare.fuel.f3.drivers.net_utils import get_ssl_context
from nvflare.fuel.f3.drivers.socket_conn import SocketConnection
from nvflare.fuel.f3.endpoint import Endpoint
from nvflare.fuel.f3.sfm import heartbeat_monitor, sfm_endpoint
from nvflare.fuel.f3.sfm.conn_manager import ConnManager
from nvflare.fuel.f3.sfm.constants import HandshakeKeys, Types
from nvflare.fuel.f3.sfm.heartbeat_monitor import HeartbeatMonitor
from nvflare.fuel.f3.sfm.prefix import PREFIX_LEN, Prefix
from nvflare.fuel.f3.sfm.sfm_conn import SfmConnection
from nvflare.fuel.utils.config_service import ConfigService

__all__ = [
    "PREFIX_LEN", "BaseDriver", "CommConfigurator", "CommError", "ConfigService", "ConnManager",
    "ConnectionSecurity", "ConnectorInfo", "DriverCap", "DriverParams", "Endpoint",
    "HandshakeKeys", "HeartbeatMonitor", "Mode", "Prefix", "SfmConnection", "SocketConnection",
    "Types", "get_ssl_context", "heartbeat_monitor", "sfm_endpoint",
]  # fmt: skip
