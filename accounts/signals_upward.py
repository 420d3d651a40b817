"""Signals upward: rooms above listen, inside the transaction. Never for effects outside the database."""

from django.dispatch import Signal

#: Sent with ``stand_in`` (the post) and ``actor`` when somebody is to stand in for somebody.
leave_entered = Signal()
