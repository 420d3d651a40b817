"""Signals upward: rooms above listen, inside the transaction. Never for effects outside the database."""

from django.dispatch import Signal

#: Sent after every step with ``petition``, ``event``, ``actor``, ``step`` (None for registration).
petition_stepped = Signal()
