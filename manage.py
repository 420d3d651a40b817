#!/usr/bin/env python
"""Command line of the project: ``manage.py COMMAND``; works by itself against whatever ``make run`` started."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
