#!/usr/bin/env python
"""Command line of the project: ``manage.py COMMAND``; works by itself against whatever ``make run`` started."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))  # the sentence says what to do; where it was raised helps nobody


if __name__ == "__main__":
    main()
