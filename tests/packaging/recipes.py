"""The jobs of the CI recipes as a shell sees them: variables, and steps of lines to run.

The intuition: what a CI system does with a recipe is mostly to run its lines one after the other.
What it does beside that (checkouts, caches, uploads) is code of others and cannot be run here.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "ci"
_HOSTED = re.compile(r"\$\{\{.*?\}\}")
"""What GitHub puts in before a shell sees it."""


@dataclass(frozen=True)
class Step:
    """Lines for a shell; `always` runs them also after a step that failed."""

    lines: str
    always: bool = False


@dataclass(frozen=True)
class Job:
    """One job of a recipe, with the variables that it sets."""

    variables: Mapping[str, str]
    steps: Sequence[Step]


def github() -> dict[str, Job]:
    """Return the jobs of `github.yml`."""
    page = _read("github.yml")
    return {
        name: Job(
            _texts({**page["env"], **job["env"]}),
            [
                Step(step["run"], always=step.get("if") == "always()")
                for step in job["steps"]
                if "run" in step
            ],
        )
        for name, job in page["jobs"].items()
    }


def actions() -> list[str]:
    """Return every action of others that `github.yml` uses."""
    jobs = _read("github.yml")["jobs"].values()
    return [step["uses"] for job in jobs for step in job["steps"] if "uses" in step]


def gitlab() -> dict[str, Job]:
    """Return the jobs of `gitlab.yml`, each with what it extends."""
    page = _read("gitlab.yml")
    jobs = {}
    for name, own in page.items():
        if name.startswith(".") or "script" not in own:
            continue
        whole = {**page[own["extends"]], **own}
        variables = {**page["variables"], **whole.get("variables", {})}
        # One script, whose lines run in one shell.
        lines = "\n".join([*whole["before_script"], *whole["script"]])
        jobs[name] = Job(_texts(variables), [Step(lines)])
    return jobs


def _read(name: str) -> dict[str, Any]:
    page = yaml.safe_load((FOLDER / name).read_text("utf-8"))
    assert isinstance(page, dict)
    return page


def _texts(variables: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in variables.items()}


def play(job: Job, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run the steps of `job` in `folder`; return the first exit code that is not 0, and all output.

    `environment` wins over the variables of the job: it stands for what the CI system puts in.
    """
    variables = {**os.environ, **job.variables, **environment}
    code, said = 0, ""
    for step in job.steps:
        if code != 0 and not step.always:
            continue
        assert not _HOSTED.search(step.lines), "a shell line that GitHub would have to fill in"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.lines],
            cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=300,
        )  # fmt: skip
        said += f"$ {step.lines}\n{done.stdout}\n"
        code = code or done.returncode
    return code, said
