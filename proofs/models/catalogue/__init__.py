"""All models, in the order in which they are told: `MODELS`."""

from proofs.models.catalogue import (
    ack,
    callbacks,
    closing,
    leaving,
    lock,
    monitor,
    reader,
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
)
