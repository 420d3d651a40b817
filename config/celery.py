"""The Celery application. Its settings, beat schedule among them, are ``config/settings/tasks.py``."""

import os
import time
from typing import Any

from celery import Celery
from celery.signals import after_task_publish, beat_init, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.trial")

app = Celery("huiying")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.INSTALLED_APPS)

HEARTBEAT_SECONDS = 5


@worker_ready.connect
def keep_worker_heartbeat(sender: Any, **_: Any) -> None:
    """Every worker notes, for each queue it reads, that it lives; its main process does so, busy or not."""
    from config import health

    def beat() -> None:
        health.note_alive(*(f"queue:{name}" for name in sender.app.amqp.queues.consume_from))

    beat()
    sender.timer.call_repeatedly(HEARTBEAT_SECONDS, beat)


@beat_init.connect
def keep_beat_heartbeat(**_: Any) -> None:
    """Beat notes that it lives when it has put a task on the queue, not merely while its process exists."""
    from config import health

    last = 0.0

    def published(**_: Any) -> None:
        nonlocal last
        if time.monotonic() - last >= HEARTBEAT_SECONDS:
            last = time.monotonic()
            health.note_alive("beat")

    after_task_publish.connect(published, weak=False)
