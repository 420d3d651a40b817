"""Settings of the test run: real PostgreSQL and Valkey, quick passwords, no waiting for a worker."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from config.settings.base import *
from config.settings.base import CACHES, DATABASES, REDIS_URL, STORAGES

SECRET_KEY = "test-only"  # noqa: S105 - of the tests alone
DATA_KEYS = "1:dGVzdC1vbmx5LWRhdGEta2V5LW9mLTMyLWJ5dGVzISE"
DEBUG = False
IS_TRIAL = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"huiying-test-media-{os.getpid()}"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
DATABASES["default"] |= {"CONN_MAX_AGE": 0}
TRIAL_SPEED = 1
# Most tests begin with a case of which nobody has said what it is; those about it switch this on.
CLASSIFY_BEFORE_FORWARDING = False
AXES_ENABLED = False  # Client.login() has no request to lock; the lockout's own tests switch it on
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Every test process has keys of its own, and a base of its own too: cache.clear() empties all of one.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
CACHES["default"]["KEY_PREFIX"] = f"test-{DATABASES['default']['NAME']}-{WORKER}"
if WORKER:
    CACHES["default"]["LOCATION"] = urlsplit(REDIS_URL)._replace(path=f"/{1 + int(WORKER[2:]) % 15}").geturl()
CELERY_BROKER_URL = REDIS_URL
# The meeting service of tests (mediation/services/links.py).
MEDIATION_MEETING_HOSTS = ["meet.example.cn"]
