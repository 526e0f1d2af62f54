"""Carry out tasks in a process apart: plant their mutant, take the contracts off, ask, read.

What is planted stays. So a process asks one kind of question about one code, and never another.

Importing the prover turns every icontract check off in the process that does it. So only the
processes of the pool import this module: in the tests' own, contracts would silently mean nothing.
"""

import gc
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import icontract
from crosshair.codeconfig import collect_options
from crosshair.core_and_libs import analyze_function, run_checkables
from crosshair.options import AnalysisKind, AnalysisOptionSet

import proofs.obligations  # noqa: F401  # Registers every statement.
from proofs.assumptions import guards
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plant import wrong_functions
from proofs.prover import omitted
from proofs.prover.question import Answer, Kind, Subject, Task, read_verdict
from proofs.prover.statement import REGISTERED, Claim, Obligation
from stallproof import machines
from stallproof.machines import connection, settings
from stallproof.machines.policy import Policy

MACHINES: tuple[ModuleType, ...] = tuple(
    importlib.import_module(f"{machines.__name__}.{one.name}")
    for one in pkgutil.iter_modules(machines.__path__)
)
"""Every machine, whose contracts are taken off before a statement is proved."""

GUARDED: tuple[tuple[ModuleType, str], ...] = (
    (connection, "on_lock_taken"),
    (connection, "on_step"),
    (connection, "on_failed"),
    (settings, "policy_of"),
)
"""The functions whose refusals are subjects of proof."""

# Both limits are always set: with the default ones the prover calls provable laws unreachable.
CONDITION_TIMEOUT_S = 120.0
PATH_TIMEOUT_S = 20.0
ITERATIONS_MAX = 20_000


def holds(result: Claim) -> bool:
    return result is None or bool(result)


def is_vacuous(result: Claim) -> bool:
    return result is None


def take_contracts_off() -> None:
    """Replace every function of the machines by the one beneath its contracts."""
    for module in MACHINES:
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                setattr(module, name, inspect.unwrap(value))


def plant(name: str) -> None:
    """Replace the functions that the mutant changes by the wrong ones."""
    mutant = MUTANTS[name]
    exec(wrong_functions(mutant), vars(importlib.import_module(mutant.module)))


def condition(obligation: Obligation, kind: Kind) -> Callable[..., Any]:
    """Return the statement with the contracts that make it a proof or a witness."""
    wanted = is_vacuous if kind == "witness" else holds
    required = icontract.require(obligation.given)
    return required(icontract.ensure(wanted)(obligation.statement))


_prepared: list[Subject] = []


def prepare(subject: Subject) -> None:
    """Make this process one about `subject`, once; `RuntimeError` if it is about another."""
    if not _prepared:
        _prepared.append(subject)
        kind, mutant = subject
        if mutant is not None:
            plant(mutant)
        for module, name in GUARDED:
            guards.remember(module, name)
        take_contracts_off()
        if kind != "proof":
            omitted.omit_words()
    if _prepared != [subject]:
        raise RuntimeError(f"this process asks about {_prepared[0]}, and never about {subject}")


def carry_out(task: Task) -> Answer:
    """Ask the prover about `task`; what this process asks later has to be about the same."""
    prepare(task.subject)
    options = AnalysisOptionSet(
        analysis_kind=[AnalysisKind.icontract],
        per_condition_timeout=CONDITION_TIMEOUT_S,
        per_path_timeout=PATH_TIMEOUT_S,
        max_iterations=ITERATIONS_MAX,
        report_all=True,
    )
    checkables = analyze_function(condition(REGISTERED[task.obligation], task.kind), options)
    messages = run_checkables(checkables)
    return read_verdict(task.kind, [(message.state.name, message.message) for message in messages])


def _anything(policy: Policy, arises: bool) -> Claim:
    return policy.checks_max == policy.checks_max if arises else None


def warm_up() -> None:
    """Ask the prover something easy, so that the processes forked later find it ready.

    It reads every class of the process and the text of every module of statements once, which
    costs more than many a proof. The machines and their contracts stay as they are. What is there
    by then is kept from the garbage collector, which would make each process copy it all.
    """
    omitted.omit_work()
    easy = Obligation("warm_up", (), lambda policy, arises: True, _anything)
    easy.given.__name__ = "given_warm_up"
    run_checkables(
        analyze_function(
            condition(easy, "witness"),
            AnalysisOptionSet(
                analysis_kind=[AnalysisKind.icontract],
                per_condition_timeout=5.0,
                per_path_timeout=5.0,
            ),
        )
    )
    for name in {each.statement.__module__ for each in REGISTERED.values()}:
        collect_options(importlib.import_module(name))
    gc.freeze()
