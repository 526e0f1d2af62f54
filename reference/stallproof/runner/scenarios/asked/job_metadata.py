"""What a job's metadata may be. Spec: `spec/md.md`."""

from typing import Any

AIMS = {"MD-1": "proper objects no-mapping no-list no-name doubled"}
NO_MAPPINGS: tuple[Any, ...] = (None, True, 0, "job_clients", [], ["site-1"])
NO_LISTS: tuple[Any, ...] = (None, False, 3, "site-1", {"site-1": 1})
NO_NAMES: tuple[Any, ...] = (None, True, 5, "", " ", [], {}, {"name": ""}, {"token": "site-2"})
ASKED = tuple(
    {"metadata": metadata}
    for metadata in (
        {"job_clients": ["site-1", "site-2"], "name": "job-1"},
        {"job_clients": ["site-2", "Site-1", "site-1"]},
        {"job_clients": [{"name": "site-2", "token": "t"}, {"name": "site-1", "fqcn": "site-1"}]},
        {"job_clients": ["site-2", {"name": "site-1"}]},
        {"job_clients": ["site-1", "site-2", "site-1"]},
        {"job_clients": ["site-1", {"name": "site-1"}]},
        {"job_clients": []},
        {},
        {"clients": ["site-1"]},
        *NO_MAPPINGS,
        *({"job_clients": one} for one in NO_LISTS),
        *({"job_clients": ["site-1", one]} for one in NO_NAMES),
    )
)
