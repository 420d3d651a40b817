"""The web server under measure: as in production, but over plain HTTP on this machine and without a filing limit."""

from config.settings.trial import *

FILING_LIMIT = 10**9
