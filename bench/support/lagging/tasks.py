"""The other way: one task for each deadline, held by the worker until its time."""

from datetime import datetime

from celery import shared_task

from bench.support.lagging.models import Told
from core.timekeeping import now


@shared_task(ignore_result=True)
def tell(number: int, due_at: str) -> None:
    Told.objects.create(number=number, due_at=datetime.fromisoformat(due_at), at=now())
