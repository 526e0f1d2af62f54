"""Seeded mistakes with what catches them, in as few words as a reader needs."""

from proofs.seeded.seeded import Evidence, Kind, Seeded


def caught_by(
    kind: Kind,
    target: str,
    name: str,
    requirements: str,
    says: str,
    module: str,
    old: str,
    new: str,
) -> Seeded:
    """Return the mistake `name`, caught by evidence of any kind; `requirements` are one text."""
    return Seeded(name, tuple(requirements.split()), says, module, old, new, Evidence(kind, target))


def tested(
    name: str, *requirements: str, by: str, says: str, module: str, old: str, new: str
) -> Seeded:
    """Return the mistake `name`, caught by the test `by`, a pytest node below `tests/`."""
    evidence = Evidence("property", f"tests/{by}")
    return Seeded(name, requirements, says, f"stallproof.{module}", old, new, evidence)


def judged(name: str, *requirements: str, says: str, module: str, old: str, new: str) -> Seeded:
    """Return the mistake `name`, caught by the oracle, which fails the first of `requirements`."""
    evidence = Evidence("oracle", requirements[0])
    return Seeded(name, requirements, says, f"stallproof.{module}", old, new, evidence)
