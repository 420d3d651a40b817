"""What may stand in an address where a case's number belongs."""

from django.urls import register_converter


class CaseNumberConverter:
    """Letters, figures and dashes, as many as a number's column holds. Anything else (a NUL above all, which the
    database would not take) is no address of ours: 404 before any view is asked."""

    regex = "[0-9A-Za-z-]{1,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseNumberConverter, "number")
