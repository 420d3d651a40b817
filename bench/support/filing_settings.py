"""The web server under measure: as in the trial, without a filing limit and without collected static files."""

from config.settings.trial import *
from config.settings.trial import STORAGES

FILING_FREE = 10**9
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
