from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import selectors


class Command(BaseCommand):
    help = "Print the trial's demo accounts, one per kind of user."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = selectors.demo_accounts()
        if not accounts:
            self.stdout.write("没有演示账号。")
            return
        for user in accounts:
            self.stdout.write(f"{user.username}\t{user.name}\t{user.demo_note}")
        password = getattr(settings, "TRIAL_PASSWORD", "")
        if password and getattr(settings, "IS_TRIAL", False):
            self.stdout.write(f"密码均为 {password}")
