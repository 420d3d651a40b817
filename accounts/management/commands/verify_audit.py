from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import audit


class Command(BaseCommand):
    help = "Walk the audit chain from its start and name the first entry that does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit.verify()
        if verdict.fault:
            fault = verdict.fault
            place = f"链上第 {verdict.checked + 1} 环，" if fault.seal_id else ""
            raise CommandError(f"审计链有误：{place}审计记录 #{fault.audit_id}：{fault.reason}。")
        self.stdout.write(f"审计链完好：已核对 {verdict.checked} 条，链首摘要 {verdict.head}")
