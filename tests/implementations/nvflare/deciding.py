"""The pure machines that NVFlare's own code can be asked for, each driven by a history.

Only what decides by itself is asked: what depends on threads or processes that would have to be
played is left out, and the harness's notes say so.
"""

import importlib
from typing import Any

from output import OUT, Unsupported

MACHINES = {
    "download_retry": "downloads",
    "start_gate": "jobs",
    "dead_client": "jobs",
    "job_metadata": "jobs",
}
"""The machines, and the module that drives each: importing those takes a third of a second."""
NOTES = [
    "decide: download_retry is download_service.download_object; the cell that answers it is the "
    "harness's, and so is the clock of its module, which counts what is slept",
    "decide: start_gate is JobRunner._deploy_job, and JobRunner._start_run with "
    "check_client_replies; requests and replies go through FedAdminServer and ServerEngine, and "
    "the cell that brings the replies is the harness's; replies that no cell brings (a stranger's, "
    "a second one) are handed over as the list that start_client_job returns; a check that says "
    "'no replies', 'not enough replies' or 'missing replies from' is a refusal, and any other "
    "exception is an abort",
    "decide: dead_client is FederatedServer._sync_client_jobs; it knows no number of absences, so "
    "that it is driven alike for each",
    "decide: job_metadata is ClientRunManager.get_job_clients; a name is a client's record there",
    "not asked: download_session (its times are exact, and the downloads' own are a clock's), "
    "callback_isolation (NVFlare has one callback for each stream, and histories with several "
    "cannot be played), produce_once, deferred_stop, self_message, lazy_reference, memory_release",
]


def decide(request: dict[str, Any]) -> dict[str, Any]:
    """Say what NVFlare decides on the input of a request."""
    machine, given = request["machine"], request["input"]
    if machine not in MACHINES:
        raise Unsupported(f"machine {machine}")
    decision = getattr(importlib.import_module(MACHINES[machine]), machine)(given)
    OUT.event("decided", machine=machine, input=given, decision=decision)
    return {}
