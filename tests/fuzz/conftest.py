"""The fuzz walks through the town of the matrix."""

from tests.permissions.conftest import town

__all__ = ["town"]
