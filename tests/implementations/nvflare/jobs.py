"""What NVFlare's own server and client decide about a job: who takes part, who is dead.

`JobRunner`, `FedAdminServer`, `ServerEngine`, `FederatedServer` and `ClientRunManager` run their
own methods; what they need of a running system is the harness's: the cell that brings the replies,
the job, and the processes that run.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from dialler import LOG
from judged_jobs import (
    ERROR_MSG_PREFIX,
    CellMessage,
    CellMessageHeaderKeys,
    Client,
    ClientReply,
    ClientRunManager,
    ConfigService,
    ConfigVarName,
    DispatchInfo,
    FedAdminServer,
    FederatedServer,
    FLContextKey,
    FLContextManager,
    JobMetaKey,
    JobRunner,
    Message,
    MessageHeaderKey,
    ReturnCode,
    RunProcessKey,
    ServerEngine,
    check_client_replies,
    error_reply,
)
from output import Failed

JOB = "job"
REFUSALS = ("no replies.", "not enough replies.", "missing replies from")
"""How `check_client_replies` says that the replies are none of those that were asked."""


@contextmanager
def switched(name: str, on: bool) -> Iterator[None]:
    """Set one of NVFlare's switches by its variable of the environment."""
    variable = f"NVFLARE_{name}".upper()
    os.environ[variable] = str(on).lower()
    ConfigService._var_values.pop(name, None)  # It remembers what it read.
    try:
        yield
    finally:
        del os.environ[variable]
        ConfigService._var_values.pop(name, None)


class _Engine:
    """The server's engine as far as a job's beginning needs it; its requests are NVFlare's."""

    start_client_job = ServerEngine.start_client_job
    _send_admin_requests = ServerEngine._send_admin_requests
    get_job_clients = ServerEngine.get_job_clients

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.clients = {name: Client(name, f"token of {name}") for name in given["clients"]}
        self.admin = admin = object.__new__(FedAdminServer)
        admin.sai, admin.cell, admin.timeout = self, self, 1.0
        admin.clients = {
            one.token: SimpleNamespace(token=one.token, name=one.name, fqcn=one.name)
            for one in self.clients.values()
        }
        self.server = SimpleNamespace(admin_server=admin)

    def broadcast_multi_requests(
        self, targets: dict[str, Any], timeout: float, **how: Any
    ) -> dict[str, CellMessage]:
        """Return what a cell brings back: the replies in their order, and then the time-outs."""
        silent = CellMessage({MessageHeaderKey.RETURN_CODE: ReturnCode.TIMEOUT}, None)
        said = {name: CellMessage({}, self.reply(how)) for name, how in self.given["replies"]}
        return said | {name: silent for name in targets if name not in said}

    def reply(self, outcome: str) -> Message:
        """Return a client's reply as its own processors make it."""
        if outcome == "ok":
            return Message(topic="reply", body="OK")
        if self.given["phase"] == "deploy":
            return error_reply("no space left")
        return Message(topic="reply", body=f"{ERROR_MSG_PREFIX}: Start job execution exception")

    def new_context(self) -> Any:
        return FLContextManager(engine=self, identity_name="server", job_id=JOB).new_context()

    def fire_event(self, event_type: str, fl_ctx: Any) -> None:
        """Nobody listens."""

    def get_client_from_name(self, name: str) -> Client:
        return self.clients[name]

    def validate_targets(self, names: list[str]) -> tuple[list[Client], list[str]]:
        return [self.clients[name] for name in names], []

    def start_app_on_server(self, fl_ctx: Any, **job: Any) -> str:
        return ""


def start_gate(given: dict[str, Any]) -> dict[str, Any]:
    """Return who takes part by JobRunner's own `_deploy_job` or `_start_run`."""
    names = [name for name, _ in given["replies"]]
    is_matched = len(names) == len({*names}) and {*names} <= {*given["clients"]}
    engine = _Engine(given)
    if given["phase"] == "deploy":
        if not is_matched:
            raise Failed("a cell brings one reply of each client that was asked, and no other")
        return _deployed(given, engine)
    with (
        switched(ConfigVarName.STRICT_START_JOB_REPLY_CHECK, given["strict"]),
        LOG.keeping() as told,
    ):
        return _started(given, engine, is_matched, told)


def _job(given: dict[str, Any]) -> Any:
    return SimpleNamespace(
        job_id=JOB,
        meta={},
        min_sites=given["min_sites"],
        required_sites=given["required_sites"],
        get_deployment=lambda: {"app": given["clients"]},
        get_application=lambda name, fl_ctx: b"",
    )


def _deployed(given: dict[str, Any], engine: _Engine) -> dict[str, Any]:
    """Return the decision; the words are the details of the deployment that NVFlare keeps."""
    fl_ctx, asked = engine.new_context(), given["clients"]
    action, failed = "go_on", []
    with tempfile.TemporaryDirectory(prefix="nvflare-") as folder:
        for part in ("startup", "local"):  # NVFlare takes no other folder for a workspace.
            os.mkdir(os.path.join(folder, part))
        try:
            _, failed = JobRunner(folder)._deploy_job(_job(given), dict.fromkeys(asked), fl_ctx)
        except RuntimeError as error:
            if error.args[0] != "deploy failure":
                raise
            action = "abort"
    details = fl_ctx.get_prop(FLContextKey.JOB_DEPLOY_DETAIL)
    if action == "abort":
        failed = [n for n in asked if any(d.startswith(f"{n}: ") for d in details)]
        failed = [n for n in failed if f"{n}: OK" not in details]
    return {
        "clients": [] if action == "abort" else [n for n in asked if n not in failed],
        "missing": sorted(failed),
        "action": action,
        "reason": "; ".join(details) if failed else "",
    }


def _started(
    given: dict[str, Any], engine: _Engine, is_matched: bool, told: list[str]
) -> dict[str, Any]:
    """Return the decision; the words are those of NVFlare's exception, or of its warnings."""
    fl_ctx, job, missing = engine.new_context(), _job(given), []
    sites = {name: DispatchInfo("app", {}, None) for name in given["clients"]}
    if not is_matched:
        # What no cell brings is handed over where a list of replies is.
        replies = [
            ClientReply(f"token of {name}", name, None, engine.reply(how))
            for name, how in given["replies"]
        ]
        engine.start_client_job = lambda *asked: replies
    try:
        replies = engine.start_client_job(job, sites, fl_ctx)
        missing = check_client_replies(replies, list(sites), "start job", strict=given["strict"])
        JobRunner("")._start_run(JOB, job, sites, fl_ctx)
    except RuntimeError as error:
        reason = str(error)
        refused = any(words in reason for words in REFUSALS)
        said = reason.splitlines()[1:]
        missing = missing or [n for n in sites if any(s.startswith(f"\t{n}: ") for s in said)]
        action = "refuse" if refused else "abort"
        missing = [] if refused else sorted(missing)
        return {"clients": [], "missing": missing, "action": action, "reason": reason}
    clients = [one["name"] for one in job.meta[JobMetaKey.JOB_CLIENTS]]
    reason = "; ".join(told)
    return {"clients": clients, "missing": sorted(missing), "action": "go_on", "reason": reason}


def dead_client(given: dict[str, Any]) -> dict[str, Any]:
    """Return which jobs FederatedServer's own `_sync_client_jobs` declares dead at the last call.

    `needed_absences` is nothing that NVFlare has.
    """
    client, notices = Client("site", "token"), []
    engine = SimpleNamespace(
        run_processes={},
        exception_run_processes={},
        job_runner=JobRunner(""),
        notify_dead_job=lambda job, name, reason: notices.append(job),
    )
    server = object.__new__(FederatedServer)
    server.engine, server.logger = engine, None
    server.client_manager = SimpleNamespace(clients={client.token: client})
    server._job_reported_clients, server._job_reported_clients_lock = {}, threading.Lock()
    switch = ConfigVarName.SYNC_CLIENT_JOBS_REQUIRE_PREVIOUS_REPORT
    with switched(switch, given["needs_report"]):
        for beat in given["heartbeats"]:
            notices.clear()
            runs = {RunProcessKey.PARTICIPANTS: {client.token: client}}
            engine.run_processes = dict.fromkeys(beat["running"], runs)
            request = CellMessage({CellMessageHeaderKeys.JOB_IDS: beat["reported"]}, None)
            server._sync_client_jobs(request, client.token)
    return {"notices": sorted(notices)}


def job_metadata(given: dict[str, Any]) -> dict[str, Any]:
    """Return what ClientRunManager's own `get_job_clients` reads; a text is a client's record."""
    metadata = given["metadata"]
    names = metadata.get("job_clients") if isinstance(metadata, dict) else None
    if isinstance(names, list):
        records = [Client(n, "").to_dict() if isinstance(n, str) else n for n in names]
        metadata = {**metadata, "job_clients": records}
    fl_ctx = FLContextManager(engine=None).new_context()
    fl_ctx.set_prop(FLContextKey.JOB_META, metadata)
    manager = object.__new__(ClientRunManager)
    manager.name_to_clients = {}
    try:
        manager.get_job_clients(fl_ctx)
    except Exception as error:
        return {"action": "refuse", "clients": [], "reason": f"{type(error).__name__}: {error}"}
    return {"action": "accept", "clients": [one.name for one in manager.all_clients], "reason": ""}
