"""What no requirement speaks of, said so that a reader understands it.

A word that has to be said and was not, one too many, one about a send that nobody asked for: the
law blames nobody for them, and what comes after them in a case cannot be judged.

Spec: `spec/virtual.md`, "What has to be said".
"""

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.frames import FOREVER
from stallproof.judge.model.keys import (
    ACK_RECEIVED,
    CHECKED,
    CHUNK_BEGUN,
    CLOSING,
    DECIDED,
    HEARTBEAT,
    LOCK_TAKEN,
    NOTICE_SENT,
    RECEIVED,
    SEND_ENDED,
    STREAM_ENDED,
    WARNED,
    WRITTEN,
    Key,
)
from stallproof.judge.model.scene import Scene

_WORDS = {
    LOCK_TAKEN: "send {1} on {0} took the lock",
    WRITTEN: "send {1} on {0} wrote {3} bytes",
    SEND_ENDED: "send {1} on {0} ended with '{2}'",
    CLOSING: "{0} began to close",
    RECEIVED: "{0} received a frame",
    CHECKED: "a check of {0} found {1} us and counted {2}",
    WARNED: "a warning of {0} came with {1}/{2}",
    HEARTBEAT: "a heartbeat of {0} was queued",
    CHUNK_BEGUN: "a chunk of stream {1} on {0} began, up to {2}",
    ACK_RECEIVED: "an ACK of stream {1} on {0} came in",
    STREAM_ENDED: "stream {1} on {0} ended with '{2}'",
    NOTICE_SENT: "the receiver of stream {1} on {0} was told",
    DECIDED: "{0} decided on {1}",
}


def unexplained(scene: Scene) -> str:
    """Say what is wrong with an instant at which no requirement is broken."""
    if not scene.extra:
        what = _in_words(scene.missing[0])
        return f"Nothing was said {scene.when} of what happened then: {what}. That has to be said."
    key = scene.extra[0]
    connection = scene.after.connections.get(key[2])
    if key[1] == SEND_ENDED and connection is not None and connection.let_go_us < FOREVER:
        free = f"its transport, which lingers, lets it go only at {ms(connection.let_go_us)}"
        return f"It was said {scene.when} that {_in_words(key)}, and {free}."
    return f"It was said {scene.when} that {_in_words(key)}: nothing called for it."


def of_a_stranger(scene: Scene, key: Key) -> str:
    """Say the same of a word about what nobody asked for."""
    return f"It was said {scene.when} that {_in_words(key)}: nobody asked for what that names."


def of_the_past(key: Key, now_us: int) -> str:
    """Say the same of a word about a moment that had passed."""
    passed = f"that moment had passed at {ms(now_us)}, when it was said"
    return f"It was said of {ms(key[0])} that {_in_words(key)}: {passed}."


def _in_words(key: Key) -> str:
    return _WORDS[key[1]].format(*key[2:])
