from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words, signals  # noqa: F401 (connects the receivers)
        from accounts.enums import Role
        from core import nav

        nav.register("审计记录", "accounts:audit_log", [Role.AUDITOR], "journal-text", order=80)
        audit_words.name_acts(
            {
                "login": "登录",
                "logout": "退出登录",
                "password.change": "更改密码",
                "post.grant": "授予岗位",
                "post.end": "结束岗位",
                "post.switch": "切换岗位",
                "audit.look": "查看审计记录",
            }
        )
