"""Every event that a trace can hold, as one union told apart by the key `event`."""

from stallproof.wire.implementation import (
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
from stallproof.wire.peer import (
    PeerAccepted,
    PeerDid,
    PeerFrame,
    PeerFrames,
    PeerListening,
    PeerMode,
    PeerProbed,
    PeerRead,
    PeerSawClear,
    PeerSawEnd,
    PeerSawHangup,
    PeerSecured,
    PeerUnread,
)
from stallproof.wire.runner import (
    Answered,
    ConfigurationAnswered,
    ConfigurationAsked,
    DescriptorSeen,
    HarnessFailed,
    ProcessorUsed,
    Requested,
    ScenarioBegun,
    ScenarioEnded,
    Taken,
    TraceBegun,
    Unsupported,
)

AnyImplementationEvent = (
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

AnyPeerEvent = (
    PeerListening
    | PeerAccepted
    | PeerMode
    | PeerRead
    | PeerFrame
    | PeerFrames
    | PeerUnread
    | PeerSecured
    | PeerSawClear
    | PeerSawHangup
    | PeerSawEnd
    | PeerDid
    | PeerProbed
)
"""What the lab may say."""

AnyRunnerEvent = (
    TraceBegun
    | ScenarioBegun
    | ScenarioEnded
    | Requested
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

AnyEvent = AnyImplementationEvent | AnyPeerEvent | AnyRunnerEvent
"""What a trace may hold."""

__all__ = [
    "AckReceived",
    "Answered",
    "AnyEvent",
    "AnyImplementationEvent",
    "AnyPeerEvent",
    "AnyRunnerEvent",
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
    "LockTaken",
    "Noted",
    "NoticeSent",
    "Opened",
    "PassBegun",
    "PassEnded",
    "PeerAccepted",
    "PeerDid",
    "PeerEnded",
    "PeerFrame",
    "PeerFrames",
    "PeerListening",
    "PeerMode",
    "PeerProbed",
    "PeerRead",
    "PeerSawClear",
    "PeerSawEnd",
    "PeerSawHangup",
    "PeerSecured",
    "PeerUnread",
    "ProcessorUsed",
    "Received",
    "Requested",
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
