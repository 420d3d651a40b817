"""The first administrators, before there is anybody to give a post on the screens."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actor import Actor
from accounts.enums import SEPARATED_ROLES, Role
from accounts.forms.people import PersonNewForm
from accounts.models import Unit, User
from accounts.services.people import add_person
from accounts.services.posts import grant_post
from core.errors import Refusal


class Command(BaseCommand):
    help = "登记一名管理员并授予岗位，显示初始密码。首次启用时各办一次：系统管理员、安全管理员、审计员。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=[role.value for role in SEPARATED_ROLES])
        parser.add_argument("--name", required=True, help="姓名")
        parser.add_argument("--unit", required=True, help="机构的统计代码")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).exclude(code="").first()
        if unit is None:
            raise CommandError(f"没有统计代码为 {options['unit']} 的机构，请先用 load_divisions 导入区划。")
        form = PersonNewForm({"username": options["username"], "name": options["name"]})
        if not form.is_valid():
            raise CommandError(" ".join(str(words) for errors in form.errors.values() for words in errors))
        role, actor = Role(options["role"]), Actor.system("服务器命令")
        try:
            with transaction.atomic():
                user, password = self._person(actor, form.cleaned_data)
                post = grant_post(user=user, unit=unit, role=role, by=actor)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user.get_full_name()}：{post.label}")
        if password:
            self.stdout.write(f"用户名 {user.username}，初始密码 {password}（只显示这一次，登录后须更改）")

    def _person(self, actor: Actor, data: dict[str, str]) -> tuple[User, str]:
        """Somebody known keeps the own password; nobody is renamed."""
        known = User.objects.filter(username=data["username"]).first()
        return (known, "") if known else add_person(by=actor, **data)
