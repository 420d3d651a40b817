"""Count every clock again from its ledger, and name those that are not due when it says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deadlines import ledger
from deadlines.registry import clock_classes
from deadlines.services import checking


class Command(BaseCommand):
    help = "Count the due date of every clock again from its ledger; end with an error where one differs."

    def handle(self, *args: Any, **options: Any) -> str:
        found = [f"{table}：没有记台账的触发器。" for table in ledger.missing(clock_classes())]
        clocks = 0
        for clock_class in clock_classes():
            clocks += clock_class._base_manager.count()
            for sentence in checking.faults(clock_class):
                found.append(sentence)
                self.stderr.write(sentence)
        if found:
            raise CommandError(f"{clocks}个时钟中有{len(found)}处与台账不符。")
        return f"{clocks}个时钟都与台账相符。"
