"""Mutants of what the oracle makes of words: those of another case, of nobody, or said twice.

They break what is judged, not what judges: each names a requirement of which it would tell wrongly.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

_EXCHANGE = "test:tests/runner/sut/test_exchange.py::"
_RECORD = "test:tests/runner/scenarios/test_record.py::"
_ONCE = "test:tests/judge/test_once_a_pass.py::"
_SERIES = (
    "test:tests/generate/test_series.py::"
    "test_each_case_of_a_series_has_the_run_that_its_script_has_alone",
)

in_exchange = partial(Mutant, file="reference/stallproof/runner/sut/exchange.py", breaks=("SD-3",))
in_record = partial(Mutant, file="reference/stallproof/runner/scenarios/record.py")
in_once = partial(Mutant, file="reference/stallproof/judge/rules/once_a_pass.py", breaks=("SC-3",))
in_series = partial(Mutant, file="reference/stallproof/generate/series.py", breaks=("SD-3",))

MUTANTS = (
    in_exchange(
        id="hears_words_again",
        says="what was said of one request counts for all that follow",
        caught_by=(_EXCHANGE + "test_each_word_belongs_to_the_next_reply_whatever_the_pieces",),
        old="        self._events = []\n        self._next += 1",
        new="        self._next += 1",
    ),
    in_exchange(
        id="loses_the_rest_of_a_piece",
        says="what follows the last reply of a play in one piece of output is lost",
        caught_by=(
            _EXCHANGE + "test_what_comes_after_the_last_reply_is_left_for_the_next_exchange",
        ),
        old="                return at + 1",
        new="                return len(lines)",
    ),
    in_exchange(
        id="takes_a_reply_that_was_given",
        says="a reply to a request that was answered before counts for the next one",
        caught_by=(_EXCHANGE + "test_a_reply_to_another_request_than_the_oldest_is_out_of_order",),
        old='message["id"] != self._next',
        new='message["id"] > self._next',
    ),
    in_series(
        id="judges_the_newest_script",
        says="the run of the oldest script under way counts as that of the newest",
        caught_by=_SERIES,
        old="case, script, play = waiting[0]",
        new="case, script, play = waiting[-1]",
    ),
    in_series(
        id="plays_scripts_in_another_order",
        says="of the scripts that are asked for together each has the play of another one",
        caught_by=_SERIES,
        old="in zip(cases, plays, strict=True)",
        new="in zip(cases, plays[::-1], strict=True)",
    ),
    in_series(
        id="loses_a_script_of_a_refill",
        says="the first script of each refill is drawn and not played",
        caught_by=_SERIES,
        old="self._begun(list(islice(every, AHEAD + 1 - len(waiting))))",
        new="self._begun(list(islice(every, AHEAD + 1 - len(waiting)))[1:])",
    ),
    in_record(
        id="leaves_out_what_was_made_up",
        says="a harness that speaks of connections that nobody opened is heard as if it had not",
        breaks=("SC-3",),
        caught_by=(_RECORD + "test_a_word_of_a_connection_that_nobody_opened_breaks_the_harness",),
        old="if conn not in self._known and not (may_be_late and conn in self._earlier):",
        new="if not may_be_late and conn in self._earlier and conn not in self._known:",
    ),
    in_record(
        id="takes_late_words_for_made_up_ones",
        says="a harness that is kept is broken by the late end of what was played before",
        breaks=("SC-3",),
        caught_by=(_RECORD + "test_a_name_of_the_play_before_is_unknown_and_may_only_end",),
        old="if conn not in self._known and not (may_be_late and conn in self._earlier):",
        new="if conn not in self._known:",
    ),
    in_once(
        id="lets_a_pass_look_twice",
        says="the second check of one connection in one pass is let pass",
        caught_by=(_ONCE + "test_a_second_check_in_one_pass_breaks_the_counting",),
        old="if not 0 < asked <= place:",
        new="if not 0 < asked < place:",
    ),
    in_once(
        id="blames_passes_side_by_side",
        says="of two passes side by side the check of the one is taken for a second of the other",
        caught_by=(_ONCE + "test_passes_side_by_side_have_a_check_each",),
        old="if not 0 < asked <= place:",
        new="if not (0 < asked and place):",
    ),
)
