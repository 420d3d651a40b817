"""Start the clocks of co-units' parts that were open before parts had any (docs/deadlines.md)."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from core.timekeeping import now
from petitions.services.part_clocks import catch_up


class Command(BaseCommand):
    help = "Give co-units' parts without clocks theirs, from the day they were sent; once after an update."

    def handle(self, *args: Any, **options: Any) -> None:
        done = catch_up(now())
        self.stdout.write(_("已为 %(n)d 个协办单位补记期限。") % {"n": len(done)})
