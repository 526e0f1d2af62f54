"""The clients of a job, read from its metadata: a list of names, or a reason why there is none.

The stall it guards against: metadata without a proper list fails far from where it was made, in
words that name neither; the job is aborted, or goes on with nobody.

The intuition: the metadata come from somewhere else, and may be any JSON. What is wrong is said
where they are read, with the name of the field and of what stood there.

The use: `decide` on the metadata as they came.

The complication: a client may stand there with more than its name, as an object. Of several
mistakes the first is told.

Spec: `spec/md.md`.
"""

from enum import Enum
from typing import Any

from stallproof.machines.contracts import ensure
from stallproof.machines.states import state

FIELD = "job_clients"
"""The field of the metadata that has the names of the clients."""


class Action(Enum):
    """Whether the metadata can be used."""

    ACCEPT = "accept"
    REFUSE = "refuse"


@state
class MetadataDecision:
    """`clients`: their names in order, none where refused; `reason`: empty where accepted."""

    action: Action
    clients: tuple[str, ...]
    reason: str


@ensure(lambda value, result: (result == "an object") == isinstance(value, dict), "MD-1")
@ensure(lambda value, result: (result == "a list") == isinstance(value, (list, tuple)), "MD-1")
@ensure(lambda value, result: (result == "a text") == (isinstance(value, str) and value != ""))
def kind_of(value: Any) -> str:
    """Return what JSON calls a value, an empty text apart from others."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text" if value else "an empty text"
    return "an object" if isinstance(value, dict) else "a list"


def name_in(client: Any) -> Any:
    """Return what stands for the name of a client: its `name` where it is an object with one."""
    return client.get("name", client) if isinstance(client, dict) else client


def problem_of(metadata: Any) -> str:
    """Say what is wrong with the metadata; an empty text where nothing is."""
    if not isinstance(metadata, dict):
        return f"the metadata of a job are an object, and not {kind_of(metadata)}"
    if FIELD not in metadata:
        return f"the metadata have no {FIELD}"
    names = metadata[FIELD]
    if not isinstance(names, (list, tuple)):
        return f"{FIELD} is a list of names, and not {kind_of(names)}"
    seen = set[str]()
    for place, name in enumerate(map(name_in, names)):
        if not isinstance(name, str) or not name.strip(" "):
            kind = "a blank text" if isinstance(name, str) and name else kind_of(name)
            return f"{FIELD} has {kind} instead of a name at {place}"
        if name in seen:
            return f"{FIELD} has the name {name} a second time at {place}"
        seen.add(name)
    return ""


@ensure(
    lambda metadata, result: (
        (result.action is Action.ACCEPT)
        == (
            isinstance(metadata, dict)
            and isinstance(metadata.get(FIELD), (list, tuple))
            and all(
                isinstance(name, str) and set(name) - {" "}
                for name in map(name_in, metadata[FIELD])
            )
            and len({*result.clients}) == len(metadata[FIELD])
        )
    ),
    "MD-1: a proper list is accepted, and nothing else",
)
@ensure(lambda result: (result.action is Action.REFUSE) == bool(result.reason), "MD-1: described")
def decide(metadata: Any) -> MetadataDecision:
    """Return the names of the clients, or what is wrong with the metadata."""
    reason = problem_of(metadata)
    if reason:
        return MetadataDecision(Action.REFUSE, (), reason)
    return MetadataDecision(Action.ACCEPT, tuple(map(name_in, metadata[FIELD])), "")
