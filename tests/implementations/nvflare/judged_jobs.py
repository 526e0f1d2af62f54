"""What is used of the judged package's jobs and downloads; imported when a machine is asked."""

import judged  # noqa: F401  # It registers the package.
from nvflare.apis.client import Client
from nvflare.apis.fl_constant import ConfigVarName, FLContextKey, RunProcessKey
from nvflare.apis.fl_context import FLContextManager
from nvflare.apis.job_def import JobMetaKey
from nvflare.apis.job_scheduler_spec import DispatchInfo
from nvflare.fuel.f3.cellnet.defs import MessageHeaderKey, ReturnCode
from nvflare.fuel.f3.message import Message as CellMessage
from nvflare.fuel.f3.streaming import download_service
from nvflare.fuel.utils.config_service import ConfigService
from nvflare.private.admin_defs import Message, error_reply
from nvflare.private.defs import ERROR_MSG_PREFIX, CellMessageHeaderKeys
from nvflare.private.fed.client.client_run_manager import ClientRunManager
from nvflare.private.fed.server.admin import FedAdminServer, check_client_replies
from nvflare.private.fed.server.fed_server import FederatedServer
from nvflare.private.fed.server.job_runner import JobRunner
from nvflare.private.fed.server.message_send import ClientReply
from nvflare.private.fed.server.server_engine import ServerEngine

__all__ = [
    "ERROR_MSG_PREFIX", "CellMessage", "CellMessageHeaderKeys", "Client", "ClientReply",
    "ClientRunManager", "ConfigService", "ConfigVarName", "DispatchInfo", "FLContextKey",
    "FLContextManager", "FedAdminServer", "FederatedServer", "JobMetaKey", "JobRunner", "Message",
    "MessageHeaderKey", "ReturnCode", "RunProcessKey", "ServerEngine", "check_client_replies",
    "download_service", "error_reply",
]  # fmt: skip
