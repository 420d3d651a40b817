"""Signals upward: rooms above listen, inside the transaction. Never for effects outside the database."""

from django.dispatch import Signal

#: Sent with ``stand_in`` (the post) and ``actor`` when somebody is to stand in for somebody.
leave_entered = Signal()
#: Sent with ``unit`` and ``at`` when all cases of a unit that ended have gone over to its successors (条例 24).
unit_followed = Signal()
