from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "机构与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words, checks, signals  # noqa: F401 (connects checks and receivers)
        from accounts.audit_doors import DOORS
        from accounts.enums import AuditOutcome, LoginEnd, Role, UnitKind
        from accounts.rules import KEEPERS
        from core import nav

        nav.register("机构", "accounts:units", KEEPERS, "building", order=70)
        nav.register("人员", "accounts:people", KEEPERS, "people", order=72)
        nav.register("请假代班", "accounts:leave", [Role.UNIT_HEAD], "people", order=74, seldom=True)
        from accounts.in_office import ON_DUTY

        nav.register("值班", "accounts:duty", ON_DUTY, "clock", order=73, seldom=True)
        nav.register("审计记录", "accounts:audit_log", [Role.AUDITOR], "journal-text", order=80)
        kinds = dict(UnitKind.choices)
        audit_words.name_details(
            {
                "held": "暂停期间",
                "login": "登录编号",
                "count": "数量",
                "why": "原因",
                "door": "页面",
                "refused": "拒绝原因",
                "successors": "承继机构",
                "basis": "依据",
                "substitute": "代班人",
            },
            role=dict(Role.choices),
            kind=kinds,
            was=kinds,
            why=dict(LoginEnd.choices),
            method={"GET": "查看", "HEAD": "查看", "POST": "提交"},
            outcome=dict(AuditOutcome.choices),
        )
        audit_words.name_doors("accounts", DOORS)
        audit_words.name_doors("core", {"large_type": "大字显示"})
        audit_words.name_acts(
            {
                "login": "登录",
                "login.timeout": "超时退出",
                "login.lockout": "多次失败，暂停登录",
                "login.end": "结束另一处登录",
                "login.end_others": "结束其他登录",
                "login.second_factor": "登录时核对动态口令",
                "login.recovery_code": "用恢复码登录",
                "logout": "退出登录",
                "second_factor.enrol": "启用动态口令",
                "second_factor.codes": "更换恢复码",
                "second_factor.remove": "停用动态口令",
                "second_factor.reset": "重置他人动态口令",
                "second_factor.lockout": "验证码多次输错，暂停核对",
                "password.change": "更改密码",
                "post.grant": "授予岗位",
                "post.end": "结束岗位",
                "post.charge": "更改分管机构",
                "post.switch": "切换岗位",
                "leave.begin": "登记请假代班",
                "duty.plan": "安排值班",
                "duty.hand_over": "交班",
                "duty.take_over": "接班",
                "leave.end": "结束代班",
                "unit.add": "登记机构",
                "unit.change": "更改机构",
                "unit.discipline": "改为或不再是纪检监察机关",
                "unit.move": "移动机构",
                "unit.succession": "登记承继机构",
                "person.add": "登记人员",
                "person.change": "更改人员资料",
                "person.deactivate": "停用账号",
                "person.activate": "恢复账号",
                "password.reset": "重置密码",
                "keeper.forbidden": "越权办理机构、人员或岗位",
                "audit.look": "查看审计记录",
                "request.forbidden": "无权打开或办理，已拒绝",
                "request.not_found": "查找不存在或无权查看的内容",
            }
        )
