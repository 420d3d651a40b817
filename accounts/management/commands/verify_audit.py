from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services import audit_chain

#: A line of a log, or of a file of heads: number of the link, of its entry, hash, moment, signature.
HEAD = re.compile(r"(\d+) \d+ ([0-9a-f]{64}) \S+ \d+:[0-9a-f]{64}")


class Command(BaseCommand):
    help = "Walk the audit chain from its start and name the first entry that does not hold."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--heads", type=Path, help="另存的链头：任何含有“audit head:”行的日志或文件")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit_chain.verify(kept_heads=_kept(options["heads"]) if options["heads"] else ())
        if verdict.fault:
            fault = verdict.fault
            place = f"链上第 {verdict.checked + 1} 环，" if fault.seal_id else ""
            raise CommandError(f"审计链有误：{place}审计记录 #{fault.audit_id}：{fault.reason}。")
        if verdict.unproven:
            self.stderr.write(
                f"注意：{verdict.unproven} 个链头由已移除的密钥签名，只核对了位置，未能核对签名。"
                "把旧密钥放回 DATA_KEYS 再核对，或用 --heads 对照另存的链头。"
            )
        self.stdout.write(f"审计链完好：已核对 {verdict.checked} 条，链首摘要 {verdict.head}")


def _kept(path: Path) -> list[tuple[int, str]]:
    try:
        found = HEAD.findall(path.read_text(errors="replace"))
    except OSError as error:
        raise CommandError(f"{path} 读不出来（{error.strerror}）。") from None
    if not found:
        raise CommandError(f"{path} 里没有链头。每行应含环号、记录号、摘要、时间和签名。")
    return [(int(number), digest) for number, digest in found]
