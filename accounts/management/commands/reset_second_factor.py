"""For the case that the only security administrator has lost the telephone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actor import Actor
from accounts.models import User
from accounts.services import second_factor
from core.errors import Refusal


class Command(BaseCommand):
    help = "重置一个人的动态口令，并结束此人的全部登录。唯一的安全管理员丢了手机时用；平时由安全管理员在页面上办理。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"没有用户名为 {options['username']} 的账号。")
        try:
            second_factor.reset(user=user, by=Actor.system("服务器命令"))
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user.get_full_name()}的动态口令已重置。")
