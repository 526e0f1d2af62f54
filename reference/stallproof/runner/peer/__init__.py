"""The peer: a process of its own that plays the peer of every connection and sees for itself.

`python -m stallproof.runner.peer` is driven by JSON lines on standard input and writes what it saw,
as events of `stallproof.wire`, and its replies on standard output; `client.PeerClient` is its other
end. It runs apart from the judge so that neither's work can disturb the other's clock.
"""
