"""What the law of a machine says of one input."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one lawful `decision`, and what it shows.

    `tested`: the requirements that the input puts to the test, each with its situation on the real
    clock. `fields`: which requirement a wrong field breaks; one too many breaks the first.
    """

    decision: Mapping[str, Any]
    tested: Mapping[str, str]
    fields: Mapping[str, str]

    def broken_by(self, said: Mapping[str, Any]) -> str | None:
        """Return the requirement that the first wrong field of `said` breaks, `None` if none is."""
        for name in (*self.decision, *said):
            # 1 and true are equal in Python, and are not the same JSON.
            if json.dumps(said.get(name)) != json.dumps(self.decision.get(name)):
                return self.fields.get(name, next(iter(self.fields.values())))
        return None

    def why(self, machine: str, given: Mapping[str, Any], said: Mapping[str, Any]) -> str:
        """Say what was decided, and what ought to have been."""
        return f"{machine} decided {said} on {given}; the law wants {self.decision}."
