"""A harness that breaks is contained, named, and stays broken."""

import pytest

from stallproof.runner.sut.client import HarnessBroken
from tests.runner.harness_bench import PATIENCE_S, ask_on_and_on, client_of, use


@pytest.mark.parametrize(
    ("way", "what", "words"),
    [
        ("unknown-feature", "protocol", "teleport"),
        ("no-frames", "protocol", "frames"),
        ("long-fields", "protocol", "length of its frames does not lie within the prefix"),
        ("own-clock-unread", "protocol", "clock.now_us"),
        ("knows-all", "protocol", "answered 'ok' to an operation that nobody knows"),
        ("refuses-all", "protocol", "answered 'refused' to an operation that nobody knows"),
    ],
)
def test_a_hello_that_makes_no_sense_breaks_the_harness(way: str, what: str, words: str) -> None:
    """Nothing is judged with a harness whose first answers cannot be right."""
    client = client_of(way)
    with pytest.raises(HarnessBroken, match=words) as broken:
        client.start()
    client.close()
    assert broken.value.what == what


@pytest.mark.parametrize(
    ("way", "what", "words"),
    [
        ("html", "garbage", "not a JSON object: '<!DOCTYPE html><html><body><p>It works!"),
        ("list", "garbage", "not a JSON object"),
        ("deep", "garbage", "not JSON"),
        ("utf8", "garbage", "not JSON in UTF-8"),
        ("cut", "garbage", "not JSON"),
        ("blank", "garbage", "not a JSON object"),
        ("long-line", "garbage", "longer than 1048576 bytes"),
        ("endless-line", "garbage", "longer than 1048576 bytes"),
        ("flood", "flood", "more than 200000 events"),
        ("babble", "flood", "more than 64 MiB"),
        ("exit", "died", "exited with status 3; its last words were: cannot load the library"),
        ("crash", "died", "killed by the signal SIGSEGV"),
        ("orphan", "died", "exited with status 5"),
        ("no-output", "protocol", "closed its standard output and went on running"),
        ("silent", "hung", "did not answer 'received' within 0.8 s"),
        ("stranger", "protocol", "never made"),
        ("twice", "protocol", "answered twice"),
        ("neither", "protocol", "neither a reply nor an event"),
        ("odd-error", "protocol", "an error that nobody knows"),
        ("no-ok", "protocol", "not valid"),
        ("lab-event", "protocol", "as seen by 'lab'"),
        ("lab-tag", "garbage", "lab_hangup"),
        ("unknown-event", "garbage", "rejoiced"),
        ("unknown-field", "garbage", "mood"),
        ("future", "protocol", "after the oracle heard of it"),
        ("past", "protocol", "before the harness was started"),
    ],
)
def test_a_harness_that_breaks_is_contained_and_stays_broken(
    way: str, what: str, words: str
) -> None:
    """Each way has its name and its sentence, and every later call says the same."""
    client = client_of(way)
    client.start()
    # Only the hung harness uses up this time; the others are found out by what they do.
    timeout_s = 0.8 if way == "silent" else PATIENCE_S
    with pytest.raises(HarnessBroken) as broken:
        use(client, timeout_s)
    assert broken.value.what == what
    assert words in broken.value.detail
    assert len(broken.value.detail) < 1000
    with pytest.raises(HarnessBroken) as again:
        client.post("received")
    assert again.value is broken.value
    client.close()


def test_a_harness_that_closes_its_input_is_found_out_by_the_next_request() -> None:
    """Writing to a closed input neither blocks nor kills the oracle."""
    client = client_of("no-input")
    client.start()
    with pytest.raises(HarnessBroken, match="closed its standard input") as broken:
        ask_on_and_on(client, 1)
    assert broken.value.what == "protocol"
    client.close()


def test_a_harness_that_does_not_read_cannot_block_the_oracle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full pipe to the harness is noticed after a limited time."""
    monkeypatch.setattr("stallproof.runner.sut.client._WRITE_S", 0.3)
    client = client_of("deaf")
    client.start()
    with pytest.raises(HarnessBroken, match="did not read its standard input") as broken:
        ask_on_and_on(client, 10_000)
    assert broken.value.what == "hung"
    client.close()
