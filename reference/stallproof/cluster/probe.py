"""What a worker is asked before it is given anything to do.

It is sent as it stands here, since a worker may have no stallproof at all. So it imports all that
it needs inside.
"""


def looked_at(name: str | None, cwd: str | None) -> dict[str, str]:
    """Return the `stallproof` and the `law` of this worker, empty where there are none.

    `missing` says what is not there of the harness, which runs the program `name` in the folder
    `cwd`; `None`: no program is needed.
    """
    import os
    import shutil

    found = {"stallproof": "", "law": "", "missing": ""}
    try:
        from stallproof import __version__
        from stallproof.requirements.version import law_version

        found |= {"stallproof": __version__, "law": law_version()}
    except Exception as error:
        found["why"] = str(error)
    if cwd is not None and not os.path.isdir(cwd):
        found["missing"] = f"the folder {cwd!r}"
    elif name is not None:
        program = os.path.join(cwd or "", name) if os.sep in name else name
        if shutil.which(program) is None:
            found["missing"] = f"the harness {name!r}"
    return found
