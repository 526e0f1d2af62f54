"""A naive reader of a job's metadata."""

from typing import Any

KINDS = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}


def kind(value: Any) -> str:
    """Return what `spec/md.md` calls a value."""
    if value is None:
        return "null"
    return KINDS.get(type(value)) or ("a text" if value else "an empty text")


def decision(metadata: Any) -> dict[str, Any]:
    """Say in the words of `spec/md.md` who takes part, or what is wrong."""
    reason, names = "", []
    if type(metadata) is not dict:
        reason = "the metadata of a job are an object, and not " + kind(metadata)
    elif "job_clients" not in metadata:
        reason = "the metadata have no job_clients"
    elif type(metadata["job_clients"]) is not list:
        reason = "job_clients is a list of names, and not " + kind(metadata["job_clients"])
    else:
        names = metadata["job_clients"]
    names = [one["name"] if type(one) is dict and "name" in one else one for one in names]
    for place in reversed(range(len(names))):
        name = names[place]
        if kind(name) != "a text":
            reason = f"job_clients has {kind(name)} instead of a name at {place}"
        elif name == " " * len(name):
            reason = f"job_clients has a blank text instead of a name at {place}"
        elif name in names[:place]:
            reason = f"job_clients has the name {name} a second time at {place}"
    action = "refuse" if reason else "accept"
    return {"action": action, "clients": [] if reason else names, "reason": reason}
