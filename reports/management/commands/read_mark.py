"""``manage.py read_mark FILE``: who took an export that turned up somewhere, and when."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actor import Actor
from accounts.models import Post, User
from accounts.services import audit
from core import marking
from core.sealing import Unreadable
from core.timekeeping import SHANGHAI
from reports.models import ExportJob

WORDS = {marking.EXPORT: "导出", marking.PRINT: "打印的页面", marking.CONSOLE: "服务器命令行导出"}


class Command(BaseCommand):
    help = "读出导出文件里的隐藏标记：谁、什么时候、哪一次导出。纸上的标记用 --code 输入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="XLSX、CSV 或文本文件")
        parser.add_argument("--code", help="纸上或属性里以 HY 开头的标记")

    def handle(self, *args: Any, **options: Any) -> None:
        marks = [mark for code in self._codes(options) if (mark := self._mark(code)) is not None]
        if not marks:
            raise CommandError("没有读出本系统的标记：标记已被去掉，或者当时的数据密钥不在 DATA_KEYS 里。")
        for mark in marks:
            self.stdout.write(self._told(mark))
            audit.record(
                actor=Actor.system(),
                act="report.read_mark",
                detail={"what": mark.what, "of_user": mark.user_id, "job": mark.subject},
            )

    def _codes(self, options: dict[str, Any]) -> list[str]:
        if options["code"]:
            return [options["code"]]
        if options["file"] is None:
            raise CommandError("请写明文件，或用 --code 输入纸上的标记。")
        try:
            return marking.codes_in(options["file"])
        except OSError as error:
            raise CommandError(f"文件 {options['file']} 打不开（{error.strerror}）。") from error

    @staticmethod
    def _mark(code: str) -> marking.Mark | None:
        try:
            return marking.read_code(code)
        except Unreadable:
            return None

    @staticmethod
    def _told(mark: marking.Mark) -> str:
        user = User.objects.filter(pk=mark.user_id).first()
        post = Post.objects.select_related("unit").filter(pk=mark.post_id).first()
        job = (
            ExportJob.objects.select_related("unit").filter(pk=mark.subject).first() if mark.subject else None
        )
        parts = [WORDS.get(mark.what, mark.what), f"{mark.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"]
        if user is not None:
            parts.append(f"{user.get_full_name()}（{user.get_username()}）")
        if post is not None:
            parts.append(f"{post.label} · {post.unit.name}")
        if job is not None:
            parts.append(f"{job.unit.name} {job.month:%Y-%m} 月报" if job.unit and job.month else job.title)
        if mark.subject:
            parts.append(f"导出 {mark.subject}")
        return "；".join(parts)
