"""Words on a picture: how wide they are, where there is room for them, and how they are drawn."""

from stallproof.reports.elements import Element, e

CHARACTER = 6.7
"""The width of a character of 12 px, on the average, and rather more than less."""
WORDS_MAX = 90


def width_of(words: str) -> float:
    """Return about how wide `words` are."""
    return len(words[:WORDS_MAX]) * CHARACTER


def label(x: float, y: float, words: str, *, anchor: str | None = None, kind: str = "") -> Element:
    """Return `words` at a place, cut where nothing could show them all."""
    shown = words if len(words) <= WORDS_MAX else words[: WORDS_MAX - 3] + "..."
    return e("text", shown, x=float(x), y=float(y), text_anchor=anchor, class_=kind or None)


class Shelf:
    """Rows of things side by side: each goes into the first row in which it touches nothing."""

    def __init__(self) -> None:
        self._ends: list[list[tuple[float, float]]] = []

    @property
    def rows(self) -> int:
        return len(self._ends)

    def has_room(self, begin: float, end: float) -> bool:
        """Tell whether what reaches from `begin` to `end` touches nothing in any row."""
        return all(_is_free(taken, begin, end) for taken in self._ends)

    def takes(self, begin: float, end: float) -> bool:
        """Tell whether there is such room, and take it if there is."""
        is_free = self.has_room(begin, end)
        if is_free:
            self.row_for(begin, end)
        return is_free

    def row_for(self, begin: float, end: float) -> int:
        """Return the row for what reaches from `begin` to `end`, and take its place there."""
        for row, taken in enumerate(self._ends):
            if _is_free(taken, begin, end):
                taken.append((begin, end))
                return row
        self._ends.append([(begin, end)])
        return len(self._ends) - 1


def _is_free(taken: list[tuple[float, float]], begin: float, end: float) -> bool:
    return all(end <= there or begin >= until for there, until in taken)
