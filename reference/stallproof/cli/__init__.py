"""The command line: judge an implementation or a trace, explain a configuration, read the law.

Exit codes of every command: 0 every applicable requirement passed (or what was asked for was
shown); 1 one failed, something got worse, or a relation between knobs is broken; 2 unusable
arguments or input, or a configuration that is refused; 3 anything else: incomplete, the harness
broke, nothing exercised, interrupted.
"""

import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError

from stallproof import __version__
from stallproof.cli import completion
from stallproof.cli.codes import INCOMPLETE, UNUSABLE, complain, typed
from stallproof.cli.titles import title_of
from stallproof.cluster.errors import ClusterError
from stallproof.reports.output import UnusableError, emit, silence
from stallproof.requirements.registry_error import RegistryError
from stallproof.runner.sut.ending import Ended, forget, heed, heed_no_more, may_end
from stallproof.wire.trace_error import TraceError

COMMANDS = {
    "conform": "conform",
    "check": "checking",
    "schema": "schema",
    "law": "law",
    "spec": "spec",
    "config": "configuration",
    "simulate": "simulating",
    "compare": "comparing",
    "expect": "expecting",
    "vectors": "vectors",
    "doctor": "examining",
}
"""The commands and their modules in this folder; each is imported when it is asked for."""

COMPLETE = "__complete"
"""What a completion script asks: the candidates for the words that follow."""

app = App(
    name="stallproof",
    version=__version__,
    help="Judge guardrails against stalled sends: on sockets, in virtual time, or from a trace.",
    help_epilogue="Exit codes: 0 pass, 1 fail, 2 unusable arguments or input, 3 anything else.",
    help_format="plaintext",
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)
for _name, _module in COMMANDS.items():
    app.command(f"stallproof.cli.{_module}:app", name=_name)


@app.command(name="completion", help_epilogue=completion.HELP_EPILOGUE)
def complete(shell: completion.Shell, /) -> int:
    """Print the script that completes command lines of stallproof; the examples install it."""
    emit(sys.stdout, completion.plain_commas(app.generate_completion(shell=shell)))
    return 0


def _tell_titles() -> None:
    """Have the help of all show the first line of each; who does not tell it is imported."""
    for name, module in COMMANDS.items():
        title = title_of(module)
        if title is None:
            app[name]
            continue
        del app[name]
        app.command(f"{__name__}.{module}:app", name=name, help=title)


def run(tokens: Sequence[str] | None = None) -> int:
    """Carry out the command line `tokens` (`None`: the process's own); return its exit code."""
    given = list(sys.argv[1:] if tokens is None else tokens)
    try:
        with may_end(), typed(given):
            if not given or given[0] in app.help_flags:
                _tell_titles()
            code = app(given)
    except (CycloptsError, UnusableError, TraceError) as error:
        return complain(f"{error}", UNUSABLE)
    except ClusterError as error:
        return complain(f"--dask: {error}; nothing was judged", INCOMPLETE)
    except RegistryError as error:
        return complain(f"the installed law cannot be read: {error}", INCOMPLETE)
    except KeyboardInterrupt:
        return complain("interrupted; nothing was judged", INCOMPLETE)
    except Ended as why:
        return complain(f"interrupted {why}; nothing was judged", INCOMPLETE)
    except Exception as error:
        if isinstance(error, BrokenPipeError) and given[:1] == [COMPLETE]:
            # The shell wants no more candidates.
            silence(sys.stdout)
            return 0
        traceback.print_exc()
        return complain("this is a fault of stallproof, not of what it judged", INCOMPLETE)
    finally:
        forget()
    # Help was asked for, or nothing at all: that must not look like a pass.
    return code if isinstance(code, int) else (0 if given else UNUSABLE)


def main() -> NoReturn:
    """Run as the program `stallproof`: signals end it in order, and nothing is left behind."""
    heed()
    code = run()
    heed_no_more()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # A terminal that was closed takes nothing more.
            silence(stream)
    sys.exit(code)
