"""A naive statement of the relations of a job, written from `spec/cf.md` alone.

A job is told here in plain numbers, in seconds, with `None` for what is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Side:
    """What a server's or a client's file sets for downloads; `None`: nothing."""

    request: Fraction | None = None
    lifetime: Fraction | None = None
    idle: Fraction | None = None


@dataclass
class Naive:
    """A job: `deployed` are the names of its clients, `workflows` pairs of minimum and number."""

    release: str = "2.7.2"
    server: Side | None = None
    client: Side | None = None
    meta: bool = False
    min_sites: int | None = None
    required: Sequence[str] = ()
    deployed: Sequence[str] | None = None
    told_clients: int | None = None
    workflows: Sequence[tuple[int | None, int | None]] = ()
    strict: bool = False
    previous: bool = True
    sync: Fraction = Fraction(2)
    sync_max: Fraction = Fraction(60)
    start: Fraction = Fraction(20)
    submit: Fraction | None = None
    relays: int | None = None
    retries: int = 3
    outer: Mapping[str, Fraction] = field(default_factory=dict)


def waits(retries: int) -> Fraction:
    """Add up the waits before so many retries in a row, one after the other."""
    total, wait = Fraction(0), Fraction(2)
    for _ in range(retries):
        total += wait
        wait = min(wait * 2, Fraction(60))
    return total


def broken(job: Naive) -> set[str]:
    """Return the names of the relations that do not hold."""
    found = set()
    known = len(set(job.deployed)) if job.meta and job.deployed is not None else job.told_clients
    flows = job.workflows if job.server else ()
    wanted = [minimum for minimum, _ in flows if minimum]
    least = 1 if job.min_sites is None else job.min_sites
    if job.meta:
        if known is not None and least > known:
            found.add("min_sites_in_clients")
        if job.deployed is not None and any(one not in job.deployed for one in job.required):
            found.add("required_sites_in_clients")
        if job.min_sites is not None and any(minimum > least for minimum in wanted):
            found.add("min_clients_in_min_sites")
    for minimum, number in flows:
        if minimum and ((number and minimum > number) or (known is not None and minimum > known)):
            found.add("min_clients_in_clients")
    numbers = [number for _, number in flows if number]
    meant = known if known is not None else (max(numbers) if numbers else None)
    needed = max([*wanted, *([least] if job.meta else [])], default=None)
    if meant is not None and meant >= 25 and needed is not None and needed >= meant:
        found.add("stragglers_allowed")
    if meant is not None and job.relays is not None and needed is not None:
        # The clients take turns at the relays; the first relay has the most.
        behind_first = len(range(0, meant, job.relays))
        if needed > meant - behind_first:
            found.add("relay_can_stall")
    required = job.required if job.meta else ()
    if job.server:
        if not job.strict and (required or (meant is not None and meant >= 25)):
            found.add("strict_replies")
        if not job.previous:
            found.add("previous_report")
    return found | timeouts(job)


def timeouts(job: Naive) -> set[str]:
    """Return those of timeouts that do not hold."""
    found = set()
    if job.client:
        if job.sync + Fraction(1, 2) > job.sync_max:
            found.add("sync_tries_again")
        if job.sync_max <= job.start:
            found.add("sync_outlasts_start")
    sides = [side for side in (job.server, job.client) if side is not None]
    for asker, owner in zip(sides, reversed(sides), strict=True):
        if asker.request is None and owner.lifetime is None:
            continue
        lifetime = owner.lifetime
        if lifetime is None:
            lifetime = Fraction(300) if job.release == "2.7.2" else owner.idle or Fraction(600)
        if (600 if asker.request is None else asker.request) > lifetime:
            found.add("source_outlasts_request")
    if sides:
        request = Fraction(600) if sides[0].request is None else sides[0].request
        longest = (job.retries + 1) * request + waits(job.retries)
        outer = [*job.outer.values(), *([job.submit] if job.submit and job.client else [])]
        if any(each <= longest for each in outer):
            found.add("retries_in_outer")
    return found
