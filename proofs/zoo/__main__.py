"""Write `docs/zoo.md`, or check that it is current: `python -m proofs.zoo [--check]`."""

import sys

from proofs.zoo.page import PAGE, ZOO, page_of


def main(arguments: list[str]) -> int:
    """Write the page, or say with `--check` whether it is current; return the exit status."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m proofs.zoo [--check]", file=sys.stderr)
        return 2
    page = page_of(ZOO)
    if not arguments:
        PAGE.write_text(page, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == page:
        return 0
    print("docs/zoo.md is not current: run `python -m proofs.zoo`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
