"""Mutants of the quick evaluation of contracts: what icontract itself would have refused."""

from functools import partial

from proofs.mutants.mutant import Mutant

_CONTRACTS = "test:tests/machines/test_contracts.py::"
_SAME = _CONTRACTS + "test_either_make_gives_the_same_result_or_breach"

in_contracts = partial(Mutant, file="reference/stallproof/machines/contracts.py", breaks=("SD-9",))

MUTANTS = (
    in_contracts(
        id="preconditions_are_not_asked",
        says="a step is carried out whatever it was given",
        caught_by=(
            _SAME,
            _CONTRACTS + "test_a_step_of_a_send_is_judged_as_by_icontract",
            _CONTRACTS + "test_a_check_is_judged_as_by_icontract",
        ),
        old="""f" if not ({_all('before', before, names)}): return checked({passed})",""",
        new="""f" if not ({_all('before', [], names)}): return checked({passed})",""",
    ),
    in_contracts(
        id="postconditions_are_not_asked",
        says="what a step returns is not looked at",
        caught_by=(_SAME, _CONTRACTS + "test_a_step_that_breaks_its_promise_is_found"),
        old="""f" if not ({_all('after', after, names)}): return checked({passed})",""",
        new="""f" if not ({_all('after', [], names)}): return checked({passed})",""",
    ),
    in_contracts(
        id="one_condition_is_enough",
        says="a call passes that keeps any one of several conditions",
        caught_by=(_SAME,),
        old='return " and ".join(calls) or "True"',
        new='return " or ".join(calls) or "True"',
    ),
    in_contracts(
        id="the_last_precondition_is_not_asked",
        says="the outermost of several preconditions is passed over",
        caught_by=(_SAME,),
        old="[one for group in contracts.__preconditions__ for one in group]",
        new="[one for group in contracts.__preconditions__ for one in group[:-1] or group]",
    ),
    in_contracts(
        id="a_breach_is_told_in_other_words",
        says="a breach is an error of the language's own, and not the one that was asked for",
        caught_by=(
            _CONTRACTS + "test_a_step_that_breaks_its_promise_is_found",
            _CONTRACTS + "test_a_decorator_after_the_first_call_counts_too",
        ),
        old='f"def quick({_head(parameters, names)}):",\n',
        new='f"def quick({_head(parameters, names)}):",\n'
        '        " def checked(*args, **kwargs): raise AssertionError",\n',
    ),
    in_contracts(
        id="a_body_comes_before_its_preconditions",
        says="the body is carried out first, with what it must not get",
        caught_by=(_CONTRACTS + "test_a_body_is_not_reached_with_what_it_must_not_get",),
        old='f"def quick({_head(parameters, names)}):",\n',
        new='f"def quick({_head(parameters, names)}):",\n        f" bare({passed})",\n',
    ),
    in_contracts(
        id="conditions_are_asked_twice",
        says="a yes is asked for again by the checker, at the price that it is to save",
        caught_by=(_CONTRACTS + "test_a_yes_takes_each_condition_once",),
        old='"bare": inspect.unwrap(checked)}',
        new='"bare": checked}',
    ),
    in_contracts(
        id="a_later_decorator_is_not_heard",
        says="what was written at the first call stays, whatever condition is added later",
        caught_by=(_CONTRACTS + "test_a_decorator_after_the_first_call_counts_too",),
        old="""\
        written = getattr(quick, _QUICK)
        if written is None:
            written = _written(checked)
            setattr(quick, _QUICK, written)
""",
        new="""\
        written = vars(checked).get(_QUICK)
        if written is None:
            written = _written(checked)
            setattr(checked, _QUICK, written)
""",
    ),
    in_contracts(
        id="a_name_alone_may_be_a_place",
        says="what may be given by name alone is taken by its place",
        caught_by=(_CONTRACTS + "test_a_call_that_does_not_fit_is_a_type_error[args1-kwargs1]",),
        old='            parts.append("*")\n',
        new="            pass\n",
    ),
    in_contracts(
        id="a_default_is_forgotten",
        says="what is left out is nothing, and not its default",
        caught_by=(_SAME,),
        old='names[f"_default_{one.name}"] = one.default',
        new='names[f"_default_{one.name}"] = None',
    ),
    in_contracts(
        id="what_was_before_is_passed_over",
        says="a condition on what was before the step is promised, and never asked",
        caught_by=(_CONTRACTS + "test_a_condition_on_what_was_before_is_refused",),
        old="    for number, one in enumerate(contracts):\n",
        new="    for number, one in enumerate(c for c in contracts if "
        "'OLD' not in c.mandatory_args):\n",
    ),
    in_contracts(
        id="a_method_has_no_contract",
        says="a method is called as it is, since it stands in a class",
        caught_by=(_CONTRACTS + "test_a_method_has_its_contract_too",),
        old="    @functools.wraps(checked)\n",
        new='    if "." in checked.__qualname__.rpartition("<locals>.")[2]:\n'
        "        return inspect.unwrap(checked)\n\n"
        "    @functools.wraps(checked)\n",
    ),
    in_contracts(
        id="the_checker_is_not_found_beneath",
        says="tools that read contracts find none, and prove nothing",
        caught_by=(_CONTRACTS + "test_the_body_and_the_checker_are_found_beneath",),
        old="    @functools.wraps(checked)\n",
        new="    @functools.wraps(inspect.unwrap(checked))\n",
    ),
)
