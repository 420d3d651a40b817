"""Prints docs/law.md: ``python -m tests.law > docs/law.md``."""

from tests.law.printing import page

print(page(), end="")
