"""What a job's metadata may be. Spec: `spec/md.md`."""

from typing import Any

AIMS = {"MD-1": "proper no-mapping no-list no-name"}
NO_MAPPINGS: tuple[Any, ...] = (None, True, 0, "job_clients", [], ["site-1"])
NO_LISTS: tuple[Any, ...] = (None, False, 3, "site-1", {"site-1": 1})
NO_NAMES: tuple[Any, ...] = (None, True, 5, "", [], {})
ASKED = tuple(
    {"metadata": metadata}
    for metadata in (
        {"job_clients": ["site-1", "site-2"], "name": "job-1"},
        {"job_clients": []},
        {},
        {"clients": ["site-1"]},
        *NO_MAPPINGS,
        *({"job_clients": one} for one in NO_LISTS),
        *({"job_clients": ["site-1", one]} for one in NO_NAMES),
    )
)
