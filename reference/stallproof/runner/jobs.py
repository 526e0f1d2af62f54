"""How many scenarios play at once: as many as the noise lets them.

The stall it guards against is the oracle's own: with too few jobs a run waits for sleepers, and
with too many they hold each other up, so that what they saw is inconclusive. The intuition is that
of a sender on a shared line: a quarter more after each quiet look and a quarter fewer after a noisy
one; after the first noise, only one more.

The use: `on_noise` with each look, then play while fewer than `now` do. Nothing that plays is
stopped. The complication: noise counts against the number that made it. So nothing is changed
while more play than may, and nothing is added where fewer play than may.

Spec: `spec/README.md`, "Time".
"""

from dataclasses import dataclass

LEAST = 1
"""So many play always, whatever the noise: a run has to come to an end."""
SHARE_ADDED = 4
"""One for so many is added after a quiet look, while no look was noisy yet."""
SHARE_LEFT = (3, 4)
"""What is left of the jobs after a noisy look, rounded down."""


@dataclass
class Jobs:
    """How many scenarios may play `now`: never more than `most`; `begun` stays as it is.

    `highest`: the most that ever were allowed at once. `is_fixed`: somebody asked for the number,
    and the noise changes nothing. `fewer`: how often the noise took some.
    """

    begun: int
    most: int
    now: int
    highest: int
    is_fixed: bool = False
    fewer: int = 0

    @classmethod
    def fixed(cls, jobs: int) -> "Jobs":
        """Return the number that somebody asked for."""
        return cls(jobs, jobs, jobs, jobs, is_fixed=True)

    @classmethod
    def chosen(cls, begun: int, most: int) -> "Jobs":
        """Return what begins with `begun`, and goes up to `most`."""
        begun = max(LEAST, min(begun, most))
        return cls(begun, max(begun, most), begun, begun)

    def on_noise(self, noise_us: int, grace_us: int, playing: int) -> None:
        """Take or add jobs, since there was so much noise while so many were `playing`.

        Twice the noise may be as much as `grace_us`: more spoils a run. At half of that and less
        there is room for more; between the two all stays as it is.
        """
        if self.is_fixed or not 0 < playing <= self.now:
            return
        if noise_us * 2 > grace_us:
            self._take(playing)
        elif noise_us * 4 <= grace_us and playing == self.now:
            more = 1 if self.fewer else max(1, self.now // SHARE_ADDED)
            self.now = min(self.most, self.now + more)
            self.highest = max(self.highest, self.now)

    def _take(self, playing: int) -> None:
        left, of = SHARE_LEFT
        self.now = max(LEAST, playing * left // of)
        self.fewer += 1

    def in_words(self) -> str:
        """Say which number it was, and why."""
        if self.is_fixed:
            return f"{self.now}, as was asked for"
        return (
            f"begun with {self.begun} for the processors that were free, up to {self.highest} "
            f"while it was quiet (at most {self.most}), the noise took some: {self.fewer}"
        )
