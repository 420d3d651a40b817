"""As in the trial, with quick passwords, mail to a local server, and no limit to filings from one address."""

from config import env
from config.settings.trial import *
from config.settings.trial import STORAGES

FILING_FREE = QUERY_FREE = 10**9
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", env.integer("EMAIL_PORT", 25), 5
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
