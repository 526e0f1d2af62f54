"""All models, in the order in which they are told: `MODELS`."""

from proofs.models.catalogue import (
    ack,
    callbacks,
    closing,
    deferred_stop,
    leaving,
    lock,
    monitor,
    produce_once,
    reader,
    self_message,
    send,
    ticket,
    waiting,
)
from proofs.models.model import Model

MODELS: tuple[Model, ...] = (
    lock.MODEL,
    monitor.MODEL,
    closing.MODEL,
    ack.MODEL,
    waiting.MODEL,
    reader.MODEL,
    ticket.MODEL,
    leaving.MODEL,
    send.MODEL,
    callbacks.MODEL,
    produce_once.MODEL,
    deferred_stop.MODEL,
    self_message.MODEL,
)
