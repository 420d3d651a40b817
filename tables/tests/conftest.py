from reports.tests.conftest import autumn

__all__ = ["autumn"]
