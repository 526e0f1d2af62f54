"""What is shown of the standard error of a harness: where it begins, and where it ends."""

from stallproof.runner.sut.output import Output


def words(*data: bytes) -> str:
    output = Output(lambda lines, heard_us: None)
    for one in data:
        output.on_errors(one)
    return output.last_words()


def test_four_lines_are_shown_as_they_are() -> None:
    """Nothing is left out, so that nothing is told apart."""
    assert "its last words were: a / b / c / d" == words(b"a\nb\nc\nd\n")


def test_of_five_lines_the_first_and_the_last_four_are_shown() -> None:
    """What happened stands first in a panic, and last in a traceback."""
    said = words(b"panic: send on closed channel\n\n", b"goroutine 1\nmain.main()\nx\ny\n")
    assert said.startswith("its first words were: panic: send on closed channel / goroutine 1")
    assert said.endswith("its last words were: goroutine 1 / main.main() / x / y")


def test_the_first_line_is_kept_however_much_follows() -> None:
    """A dump of all threads is long."""
    said = words(b"panic: the first line\n", *(b"x" * 99 + b"\n" for _ in range(1000)), b"end\n")
    assert "its first words were: panic: the first line" in said
    assert said.endswith("/ end")
    assert len(said) < 2000


def test_silence_is_said() -> None:
    """There is nothing to show."""
    assert "it wrote nothing to its standard error." == words()
