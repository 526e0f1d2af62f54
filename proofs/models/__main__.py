"""Check the concurrency models of `spec/models/` with SPIN, and show that each claim can fail.

Every claim must hold on the model as it is, searched to the end; every variant that is broken on
purpose must violate the claim that it breaks.

Exit status: 0 all is as it must be; 1 a claim is violated, a variant is not caught, or a statement
is never reached; 2 unusable arguments; 3 something broke: a tool is missing, a search was cut
short, a model and its catalogue differ.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

EXAMPLES = """examples:
  python -m proofs models                                check everything
  python -m proofs models --only lock                    one model with its variants
  python -m proofs models --only lock --variant blocking_write
  python -m proofs models --list                         models, claims and variants
  python -m proofs models --json build/models.json       the result for a program; - is stdout
  python -m proofs models --replay send                  runs of a model against the real machines
  python -m proofs models --pictures                     keep the runs of the broken variants
"""


def _fail(status: int, message: str) -> NoReturn:
    print(f"models: {message}", file=sys.stderr)
    raise SystemExit(status)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs models", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--only", metavar="MODEL", help="only this model")
    parser.add_argument("--variant", metavar="NAME", help="only the variants of this name")
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; - is stdout")
    parser.add_argument("--list", action="store_true", help="list what there is and check nothing")
    parser.add_argument(
        "--replay", metavar="MODEL", nargs="?", const="", help="replay runs through the machines"
    )
    parser.add_argument("--pictures", action="store_true", help="keep the runs that the page shows")
    return parser.parse_args(argv)


def _hand_on(arguments: argparse.Namespace) -> int | None:
    """Do what another module does; return its exit status, or `None` if nothing was asked for."""
    if arguments.replay is not None:
        from proofs.models import replay

        return replay.main(arguments.replay or None)
    if arguments.pictures:
        from proofs.models import pictures

        return pictures.main()
    return None


def _check(arguments: argparse.Namespace) -> int:
    from proofs.models import checks, printed, source, spin
    from proofs.models.catalogue import MODELS

    models = [model for model in MODELS if arguments.only in (None, model.name)]
    if not models:
        _fail(2, f"there is no model {arguments.only!r} (see --list)")
    if arguments.list:
        print(printed.listing(models), end="")
        return 0
    todo = checks.jobs(models, variant=arguments.variant)
    if not todo:
        _fail(2, f"there is no variant {arguments.variant!r} (see --list)")
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        _fail(2, f"--json: there is no folder for {arguments.json}")
    if wrong := [each for model in models for each in source.complaints(model)]:
        _fail(3, "models and catalogue differ:\n  " + "\n  ".join(wrong))
    try:
        version = spin.version()
    except spin.SpinFailed as error:
        _fail(3, f"{error}; see proofs/models/install_spin.sh")
    began_s = time.monotonic()
    results = printed.in_order(printed.show_progress(checks.run(todo), len(todo)), todo)
    seconds = time.monotonic() - began_s
    text = printed.as_json(results, version, seconds)
    if arguments.json == "-":
        sys.stdout.write(text)
    elif arguments.json is not None:
        try:
            Path(arguments.json).write_text(text, "utf-8")
        except OSError as error:
            _fail(2, f"--json: {arguments.json}: {error.strerror}")
    printed.print_table(results, seconds, to=sys.stderr if arguments.json == "-" else sys.stdout)
    return printed.exit_status(results)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for and return the exit status."""
    arguments = _arguments(argv)
    try:
        status = _hand_on(arguments)
        return _check(arguments) if status is None else status
    except Exception as error:
        _fail(3, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
