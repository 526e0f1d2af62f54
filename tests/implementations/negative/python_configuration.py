"""Wrong readings of a configuration: defaults, clamps, refusals, sources, relations."""

from tests.implementations.negative.python_wrong import wrong

CONFIGURATION = (
    wrong(
        "another_default",
        "The heartbeat interval is half a minute where nobody sets it.",
        "machines/policy.py",
        "    heartbeat_interval_us: int = 60 * MICROSECONDS\n",
        "    heartbeat_interval_us: int = 30 * MICROSECONDS\n",
        "CF-1",
        "CF-4",
    ),
    wrong(
        "checks_are_not_clamped",
        "A number of checks below one becomes two.",
        "machines/settings.py",
        "        checks_max=clamped_checks(checks_max),\n",
        "        checks_max=checks_max or 2,\n",
        "CF-2",
    ),
    wrong(
        "booleans_are_numbers",
        "A boolean in the file counts as a number.",
        "configuration/values.py",
        "    if isinstance(value, bool) or not isinstance(value, int | float):\n",
        "    if not isinstance(value, int | float):\n",
        "CF-3",
    ),
    wrong(
        "text_is_a_number",
        "A number in the file may be written as text.",
        "configuration/kinds.py",
        "number = decimal_of(value) if is_text else None",
        "number = decimal_of(value)",
        "CF-3",
    ),
    wrong(
        "slips_are_passed_over",
        "A misspelt key gets a note, and the default stays in force.",
        "configuration/knobs.py",
        "        *_misspelt(name for name, _ in entries if name not in OWN_KEYS),\n",
        "",
        "CF-3",
    ),
    wrong(
        "clamps_in_silence",
        "A value below its clamp is taken to it without a note.",
        "configuration/knobs.py",
        "(*_passed_over(entries), *_clamped(readings)),",
        "tuple(_passed_over(entries)),",
        "CF-3",
    ),
    wrong(
        "the_environment_wins",
        "A variable of the environment beats the file.",
        "configuration/knobs.py",
        "        file.get(name), environment.get(PREFIX + name.upper()), _DEFAULT, "
        "override=by_hand.get(name)\n",
        "        None if PREFIX + name.upper() in environment else file.get(name),\n"
        "        environment.get(PREFIX + name.upper()), _DEFAULT, override=by_hand.get(name),\n",
        "CF-2",
        "CF-3",
        "CF-4",
    ),
    wrong(
        "the_environment_is_not_read",
        "Variables of the environment are never looked at.",
        "configuration/knobs.py",
        "file.get(name), environment.get(PREFIX + name.upper()),",
        "file.get(name), None,",
        "CF-2",
        "CF-3",
        "CF-4",
    ),
    wrong(
        "relations_always_hold",
        "Every relation between knobs is reported as holding.",
        "harness/configuration.py",
        '"holds": relation.holds,',
        '"holds": True,',
        "CF-5",
    ),
)
