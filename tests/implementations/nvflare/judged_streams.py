"""What is used of the judged package's streams; imported only where streams or all knobs count."""

import judged  # noqa: F401  # It registers the package.
from nvflare.fuel.f3.cellnet.core_cell import CoreCell
from nvflare.fuel.f3.cellnet.defs import MessageHeaderKey, MessageType
from nvflare.fuel.f3.message import Message
from nvflare.fuel.f3.streaming.byte_receiver import RxTask
from nvflare.fuel.f3.streaming.byte_streamer import ByteStreamer, TxTask
from nvflare.fuel.f3.streaming.stream_const import (
    STREAM_ACK_TOPIC,
    STREAM_CHANNEL,
    STREAM_DATA_TOPIC,
    StreamDataType,
    StreamHeaderKey,
)
from nvflare.fuel.f3.streaming.stream_types import Stream, StreamFuture

__all__ = [
    "STREAM_ACK_TOPIC", "STREAM_CHANNEL", "STREAM_DATA_TOPIC", "ByteStreamer", "CoreCell",
    "Message", "MessageHeaderKey", "MessageType", "RxTask", "Stream", "StreamDataType",
    "StreamFuture", "StreamHeaderKey", "TxTask",
]  # fmt: skip
