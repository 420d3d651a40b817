"""What may stand in an address where a case's number or a row belongs."""

from functools import cache

from django.db import connection

from core.scatter import gather, scatter


class CaseNumberConverter:
    """Letters, figures and dashes, as many as a number's column holds. Anything else (a NUL above all, which the
    database would not take) is no address of ours: 404 before any view is asked."""

    regex = "[0-9A-Za-z-]{1,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


#: Ids of rows are below; so are the numbers that stand for them.
BELOW = 10**10
LONGEST_NUMBER = 10


class RowConverter:
    """A row's id, in an order nobody can see: how many packages, clocks or notices there are, and what was made
    before what, is not read off an address (domain G). Whether the row may be seen is asked by the view all the same.
    """

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        return row_of(int(value))

    def to_url(self, value: int) -> str:
        return scattered(value)


def scattered(pk: int) -> str:
    """What stands for a row's id wherever somebody reads it: in an address, in a form, in the name of a field."""
    return str(scatter(int(pk), below=BELOW, key=order_of_addresses()))


def row_of(number: int) -> int:
    """The id that ``scattered`` made this number of. Raises ValueError: no id has it."""
    return gather(number, below=BELOW, key=order_of_addresses())


def row_sent(text: str) -> int:
    """The id of the row that a form names by its number; 0, which no row has, for what is no such number."""
    return row_of(int(text)) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


@cache
def order_of_addresses() -> bytes:
    """The key of the order: drawn when the database was made, and kept with it, so that addresses last as long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seqstart FROM pg_sequence WHERE seqrelid = 'address_order'::regclass")
        start: int = cursor.fetchone()[0]
    return start.to_bytes(8, "big")
