"""As in the trial, with the clock of the benchmark. ``VISIBILITY`` seconds until the broker gives a task that nobody has
confirmed to somebody else."""

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
