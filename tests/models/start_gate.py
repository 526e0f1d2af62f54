"""A naive start gate: it looks through all replies anew for every client."""

from typing import Any


def decision(
    phase: str,
    clients: list[str],
    replies: list[list[str]],
    min_sites: int,
    required_sites: list[str],
    strict: bool,
) -> dict[str, Any]:
    """Say in the words of `spec/sg.md` who takes part in the job."""

    def of(name: str) -> list[str]:
        return [outcome for who, outcome in replies if who == name]

    def listed(what: str, names: list[str]) -> str:
        return f"; {what}: {', '.join(sorted(set(names)))}" if names else ""

    twice = [name for name in clients if len(of(name)) > 1]
    strangers = [name for name, _ in replies if name not in clients]
    if twice or strangers:
        reason = "refused" + listed("replied twice", twice) + listed("not asked", strangers)
        return {"action": "refuse", "clients": [], "missing": [], "reason": reason}
    active = [name for name in clients if of(name) == ["ok"]]
    failed = [name for name in clients if of(name) == ["error"]]
    out = [name for name in clients if not of(name)]
    looks = phase == "deploy" or strict
    required = [name for name in required_sites if name not in active]
    grounds = [
        phase == "start" and bool(failed),
        looks and len(active) < min_sites,
        looks and bool(required),
    ]
    missing = sorted(failed + out) if looks else sorted(failed)
    reason = "aborted" if any(grounds) else "going on"
    reason += f": {len(active)} of {len(clients)} active, {min_sites} needed"
    reason += listed("failed", failed)
    if looks:
        reason += listed("timed out", out)
    if any(grounds) and looks:
        reason += listed("required", required)
    return {
        "action": "abort" if any(grounds) else "go_on",
        "clients": [] if any(grounds) else active,
        "missing": missing,
        "reason": reason if missing or any(grounds) else "",
    }
