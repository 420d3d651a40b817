from conference.models.clocks import OrderClock
from conference.models.disputes import Dispute, DisputeStep
from conference.models.meetings import Correction, Item, Meeting
from conference.models.orders import Order, OrderReport

__all__ = [
    "Correction",
    "Dispute",
    "DisputeStep",
    "Item",
    "Meeting",
    "Order",
    "OrderClock",
    "OrderReport",
]
