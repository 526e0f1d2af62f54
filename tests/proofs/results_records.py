"""Records made up for the tests of the page of results."""

from proofs.results.implementations import BY_NAME, PROFILE
from proofs.results.record import SCHEMA, Judged, Record, Situation, Told
from stallproof.requirements.registry import load_registry

REGISTRY = load_registry()
LATE = "Send 1 (timeout 500.0 ms) returned 1810.4 ms after its deadline. Allowed: grace 9999.0 ms."
HELD = Situation(witnessed=3, kept=3, broken=0, unsure=0, worst=[])
BROKEN = Situation(witnessed=3, kept=0, broken=2, unsure=0, worst=[LATE])
UNSEEN = Situation(witnessed=0, kept=0, broken=0, unsure=0, worst=[])
NOISY = Situation(witnessed=3, kept=0, broken=0, unsure=3, worst=[])


def record(name: str, **situations: Situation) -> Record:
    """Return a record in which all was kept but what `situations` says of SD-1's trickle."""
    trickle = situations.get("trickle", HELD)
    return Record(
        schema=SCHEMA, name=name, date="2000-01-01", duration_s=1.0, system="S", python="3.0",
        stallproof="0", implementation={"name": f"<{name}>", "version": "9.9"}, profile=PROFILE,
        verdict="fail", scenarios=1, grace_us=50_000, noise_us=1_000, notes=[],
        requirements=[
            judged_as(one.id, dict.fromkeys(one.situation_names, HELD) | (
                {"trickle": trickle} if one.id == "SD-1" else {}
            ))
            for one in REGISTRY.requirements
            if one.id in BY_NAME[name].selected(REGISTRY)
        ],
    )  # fmt: skip


def judged_as(identifier: str, situations: dict[str, Situation]) -> Judged:
    broken = sum(one.broken for one in situations.values())
    findings = [Told(scenario="s #1", explanation=LATE, tells="violation")] if broken else []
    return Judged(
        id=identifier,
        verdict="fail" if broken else "pass",
        violations=broken,
        situations=situations,
        findings=findings,
    )
