"""All models, in the order in which they are told: `MODELS`."""

from proofs.models.catalogue import ack, closing, lock, monitor, send, ticket, waiting
from proofs.models.model import Model

MODELS: tuple[Model, ...] = (
    lock.MODEL,
    monitor.MODEL,
    closing.MODEL,
    ack.MODEL,
    waiting.MODEL,
    ticket.MODEL,
    send.MODEL,
)
