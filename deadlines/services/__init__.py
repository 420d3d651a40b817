"""The doors of the deadline engine."""

from deadlines.services.clocks import build, extend, recount, start, stop, stop_all

__all__ = ["build", "extend", "recount", "start", "stop", "stop_all"]
