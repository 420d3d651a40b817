"""``manage.py rotate_keys``: seal personal data anew under the newest key. Interrupt it at any time, run it again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from tqdm import tqdm

from core.sealing import Unreadable
from core.sealing.keys import keyring
from core.sealing.rotating import BATCH, rotate, sealed_models, waiting


class Command(BaseCommand):
    help = "用最新的数据密钥重新加密个人信息；可随时中断，再次运行即继续。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="只看还有多少行没有换到最新的密钥")

    def handle(self, *args: Any, **options: Any) -> None:
        current = keyring().current.version
        left = {model: waiting(model) for model in sealed_models()}
        if options["check"]:
            for model, rows in left.items():
                self.stdout.write(f"{model._meta.label}：{rows} 行待换到第 {current} 版密钥。")
            return
        total = sum(self._rotate(model, rows) for model, rows in left.items())
        # A program not restarted since the new key came goes on writing under the old one, behind the pass.
        if behind := sum(waiting(model) for model in left):
            raise CommandError(
                f"换了 {total} 行，同时又有 {behind} 行按旧密钥写入：还有程序没有重启。请重启后再运行一次。"
            )
        self.stdout.write(f"已换到第 {current} 版密钥：{total} 行。旧密钥在没有要读的旧备份后才可移除。")

    @staticmethod
    def _rotate(model: type[Model], rows: int) -> int:
        done = 0
        try:
            with tqdm(total=rows, desc=model._meta.label, unit="行", disable=None) as bar:
                for batch in rotate(model, batch=BATCH):
                    bar.update(batch)
                    done += batch
        except Unreadable as reason:
            raise CommandError(f"有一段文字解不开（{reason}）。已换好的保留，补上密钥后再运行。") from None
        return done
