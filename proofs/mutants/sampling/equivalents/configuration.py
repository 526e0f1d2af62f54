"""Edits of `configuration/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent

in_kinds = partial(Equivalent, "reference/stallproof/configuration/kinds.py")
in_knobs = partial(Equivalent, "reference/stallproof/configuration/knobs.py")
in_names = partial(Equivalent, "reference/stallproof/configuration/names.py")

in_values = partial(Equivalent, "reference/stallproof/configuration/values.py")

EQUIVALENTS = (
    in_kinds(
        why="what is below 1 becomes 1 in any case, here or where the clamp is",
        old="int(max(number, Decimal(0))) if number <= CHECKS_LIMIT",
        new="int(max(number, Decimal((0 + 1)))) if number <= CHECKS_LIMIT",
    ),
    in_values(
        why="the digits of a decimal hold no such sign that could be taken away along with zeros",
        old='digits.strip("0.")',
        new='digits.strip("0.!")',
    ),
    in_values(
        why="the digits of an integer, which the next line reads, are the same number",
        old="        return Decimal(value)\n",
        new="        pass\n",
    ),
    in_knobs(
        why="a value that is refused makes no policy, so that nobody asks whether it was clamped",
        old="*(core or (None, False))",
        new="*(core or (None, True))",
    ),
    in_names(
        why="the default loses by its distance alone, and its place is not looked at",
        old='(DISTANCE_MAX + 1, 0, "")',
        new='(DISTANCE_MAX + 1, (0 + 1), "")',
    ),
    in_names(
        why="the distance is the same in both directions",
        old="edit_distance(name, knob, DISTANCE_MAX)",
        new="edit_distance(knob, name, DISTANCE_MAX)",
    ),
)
