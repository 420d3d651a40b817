"""As in the trial, with the clock of the benchmark. ``VISIBILITY`` seconds until the broker gives a task that nobody has
confirmed to somebody else. ``EMAIL_PORT`` of a mail server on this machine; else mails go nowhere."""

import os

from config.settings.tasks import CELERY_BROKER_TRANSPORT_OPTIONS, CELERY_TASK_ROUTES
from config.settings.trial import *
from config.settings.trial import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.support.lagging"]
CELERY_TASK_ROUTES = CELERY_TASK_ROUTES | {"bench.support.lagging.tasks.*": {"queue": "eta"}}
if "VISIBILITY" in os.environ:
    CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
        "visibility_timeout": int(os.environ["VISIBILITY"])
    }
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if "EMAIL_PORT" in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["EMAIL_PORT"])
