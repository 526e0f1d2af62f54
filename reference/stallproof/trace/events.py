"""Every event that a trace can hold, as one union told apart by the key `event`."""

from stallproof.trace.asked import (
    Answered,
    Asked,
    ConfigurationAnswered,
    ConfigurationAsked,
    DescriptorSeen,
    HarnessFailed,
    ProcessorUsed,
    ScenarioBegun,
    ScenarioEnded,
    Taken,
    TraceBegun,
    Unsupported,
)
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
    PeerEnded,
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
    LabAccepted,
    LabClear,
    LabDid,
    LabEnd,
    LabFrame,
    LabFrames,
    LabHangup,
    LabListening,
    LabMode,
    LabProbed,
    LabRead,
    LabSecured,
    LabUnread,
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
    | PeerEnded
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
    | LabSecured
    | LabClear
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
    | ProcessorUsed
    | ConfigurationAsked
    | ConfigurationAnswered
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
    "ConfigurationAnswered",
    "ConfigurationAsked",
    "DescriptorSeen",
    "HarnessFailed",
    "HeartbeatDropped",
    "HeartbeatQueued",
    "HeartbeatSent",
    "LabAccepted",
    "LabClear",
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
    "LabSecured",
    "LabUnread",
    "LockTaken",
    "Noted",
    "NoticeSent",
    "Opened",
    "OracleEvent",
    "PassBegun",
    "PassEnded",
    "PeerEnded",
    "ProcessorUsed",
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
