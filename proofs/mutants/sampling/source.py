"""The text of a module, and where in it the nodes of its syntax tree stand."""

import ast
import re

Node = ast.expr | ast.stmt | ast.keyword


class Source:
    """A text and its tree; the tree counts lines and bytes, an edit counts characters."""

    def __init__(self, text: str) -> None:
        """Read `text`; raises `SyntaxError` when it is no Python."""
        self.text = text
        self.tree = ast.parse(text)
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: Node) -> int:
        """Return where `node` begins."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: Node) -> int:
        """Return where `node` ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.end_lineno, node.end_col_offset)

    def of(self, node: Node) -> str:
        """Return the text of `node`, without parentheses around it."""
        return self.text[self.start(node) : self.end(node)]

    def between(self, left: Node, right: Node) -> str:
        """Return what stands between two nodes."""
        return self.text[self.end(left) : self.start(right)]

    def sign_between(self, sign: str, left: Node, right: Node) -> tuple[int, int]:
        """Return where the operator `sign` begins and ends between its operands."""
        pattern = r"\s+".join(map(re.escape, sign.split()))
        if sign[0].isalpha():
            pattern = rf"\b{pattern}\b"
        # A comment may hold the same sign; its characters are blotted out, and not counted.
        gap = re.sub(r"#.*", lambda comment: " " * len(comment[0]), self.between(left, right))
        found = re.search(pattern, gap)
        assert found, f"no {sign} in {gap!r}"
        return self.end(left) + found.start(), self.end(left) + found.end()

    def _at(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())
