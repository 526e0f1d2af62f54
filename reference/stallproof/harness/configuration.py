"""The reference's answer to `config`: effective values, notes, and the relations between knobs.

Spec: `spec/protocol.md`, `spec/cf.md`. Source: CF-1 to CF-5.
"""

from stallproof.configuration.knobs import KnobRefused, as_json, configure, configure_file
from stallproof.configuration.relations import Terms, relations_of
from stallproof.harness.adapter import Fields, Refused
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.wire.protocol import ConfigRequest


def configuration_of(request: ConfigRequest, *, late_us: int) -> tuple[Policy, Fields]:
    """Return the policy that `request` asks for, and the fields of the answer.

    `late_us`: how late a check of the monitor may be, for the close window of SC-9, form (b).
    Raises `Refused` for the first thing that is not allowed (CF-3), and `ValueError` for a request
    whose grace or margin is negative.
    """
    if request.grace_us < 0 or request.margin_us < 0:
        raise ValueError("grace and margin are not negative")
    try:
        if request.file is None:
            configured = configure(request.knobs, request.environment)
        else:
            configured = configure_file(request.file, request.environment)
    except KnobRefused as error:
        raise Refused(str(error), error.knob, as_json(error.value), error.allowed) from error
    policy = configured.policy
    terms = Terms(
        Ticks(policy.monitor_period_us, late_us),
        request.grace_us,
        request.outer_timeouts_us,
        request.margin_us,
    )
    return policy, {
        "effective": configured.effective,
        "notes": list(configured.notes),
        "monitor_period_us": policy.monitor_period_us,
        "relations": [
            {"relation": relation.name, "holds": relation.holds, "text": relation.text}
            for relation in relations_of(policy, terms)
        ],
    }
