"""The reference's harness, which answers only after a long time, once it has said who it is."""

import sys
import time

PATIENT_WITH = (b'"hello"', b'"config"')


def main() -> None:
    """Hand on what comes in, the first lines at once and everything else after half a minute."""
    import subprocess

    harness = subprocess.Popen(
        (sys.executable, "-m", "stallproof.harness"), stdin=subprocess.PIPE, bufsize=0
    )
    assert harness.stdin is not None
    known = 0
    for line in sys.stdin.buffer:
        known += any(word in line for word in PATIENT_WITH)
        if known > 1 and not any(word in line for word in PATIENT_WITH):
            time.sleep(30)
        harness.stdin.write(line)
    harness.stdin.close()
    harness.wait()


if __name__ == "__main__":
    main()
