"""Every event that a trace can hold, as one union told apart by the key `event`."""

from stallproof.trace.said import (
    AckReceived,
    Checked,
    ChunkBegun,
    ChunkReady,
    Closed,
    Closing,
    HeartbeatDropped,
    HeartbeatQueued,
    HeartbeatSent,
    LockTaken,
    Noted,
    NoticeSent,
    Opened,
    PassBegun,
    PassEnded,
    Received,
    SendEnded,
    SendStarted,
    StreamEnded,
    StreamMade,
    WaitBegun,
    WaitEnded,
    WallJumped,
    Warned,
    Written,
)
from stallproof.trace.seen import (
    Answered,
    Asked,
    DescriptorSeen,
    HarnessFailed,
    LabAccepted,
    LabDid,
    LabEnd,
    LabFrame,
    LabFrames,
    LabHangup,
    LabListening,
    LabMode,
    LabProbed,
    LabRead,
    LabUnread,
    ScenarioBegun,
    ScenarioEnded,
    Taken,
    TraceBegun,
    Unsupported,
)

SaidEvent = (
    Opened
    | SendStarted
    | LockTaken
    | Written
    | SendEnded
    | Closing
    | Closed
    | Received
    | PassBegun
    | PassEnded
    | Checked
    | Warned
    | HeartbeatQueued
    | HeartbeatSent
    | HeartbeatDropped
    | StreamMade
    | ChunkReady
    | ChunkBegun
    | WaitBegun
    | WaitEnded
    | AckReceived
    | StreamEnded
    | NoticeSent
    | WallJumped
    | Noted
)
"""What a harness may say."""

LabEvent = (
    LabListening
    | LabAccepted
    | LabMode
    | LabRead
    | LabFrame
    | LabFrames
    | LabUnread
    | LabHangup
    | LabEnd
    | LabDid
    | LabProbed
)
"""What the lab may say."""

OracleEvent = (
    TraceBegun
    | ScenarioBegun
    | ScenarioEnded
    | Asked
    | Answered
    | HarnessFailed
    | Unsupported
    | Taken
    | DescriptorSeen
)
"""What the oracle says itself."""

AnyEvent = SaidEvent | LabEvent | OracleEvent
"""What a trace may hold."""

__all__ = [
    "AckReceived",
    "Answered",
    "AnyEvent",
    "Asked",
    "Checked",
    "ChunkBegun",
    "ChunkReady",
    "Closed",
    "Closing",
    "DescriptorSeen",
    "HarnessFailed",
    "HeartbeatDropped",
    "HeartbeatQueued",
    "HeartbeatSent",
    "LabAccepted",
    "LabDid",
    "LabEnd",
    "LabEvent",
    "LabFrame",
    "LabFrames",
    "LabHangup",
    "LabListening",
    "LabMode",
    "LabProbed",
    "LabRead",
    "LabUnread",
    "LockTaken",
    "Noted",
    "NoticeSent",
    "Opened",
    "OracleEvent",
    "PassBegun",
    "PassEnded",
    "Received",
    "SaidEvent",
    "ScenarioBegun",
    "ScenarioEnded",
    "SendEnded",
    "SendStarted",
    "StreamEnded",
    "StreamMade",
    "Taken",
    "TraceBegun",
    "Unsupported",
    "WaitBegun",
    "WaitEnded",
    "WallJumped",
    "Warned",
    "Written",
]
