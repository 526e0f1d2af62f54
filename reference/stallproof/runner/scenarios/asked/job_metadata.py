"""What a job's metadata may be. Spec: `spec/md.md`."""

AIMS = {"MD-1": "proper no-mapping no-list no-name"}
ASKED = tuple(
    {"metadata": metadata}
    for metadata in (
        {"job_clients": ["site-1", "site-2"], "name": "job-1"},
        {"job_clients": []},
        *(None, True, 0, "job_clients", [], ["site-1"]),
        *({}, {"clients": ["site-1"]}),
        *({"job_clients": one} for one in (None, False, 3, "site-1", {"site-1": 1})),
        *({"job_clients": ["site-1", one]} for one in (None, True, 5, "", [], {})),
    )
)
