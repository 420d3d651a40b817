"""The words of who is who: kinds of units, roles, outcomes in the audit log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    DISTRICT = "district", _("区县")
    PETITION_OFFICE = "petition_office", _("信访部门")
    DEPARTMENT = "department", _("政府部门")
    PARTY_BODY = "party_body", _("党委部门")
    DISCIPLINE = "discipline", _("纪检监察机关")
    COURT_PROCURATORATE = "court_procuratorate", _("法院、检察院")
    TOWN = "town", _("乡镇（街道）")
    VILLAGE = "village", _("村（社区）")
    STATION = "station", _("站点")
    MEDIATION = "mediation", _("调解组织")
    INSTITUTION = "institution", _("企事业单位")


class Role(models.TextChoices):
    """A role held through a post; the last two are never held through one."""

    CLERK = "clerk", _("窗口登记员")
    PETITION_OFFICER = "petition_officer", _("信访专员")
    HANDLER = "handler", _("承办人")
    UNIT_HEAD = "unit_head", _("单位负责人")
    LEADER = "leader", _("领导")
    MEDIATOR = "mediator", _("调解员")
    INSPECTOR = "inspector", _("督查专员")
    STATISTICIAN = "statistician", _("统计员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDITOR = "auditor", _("审计员")
    PETITIONER = "petitioner", _("信访人")
    SYSTEM = "system", _("系统")


#: Roles that nobody holds through a post.
POSTLESS_ROLES = (Role.PETITIONER, Role.SYSTEM)
#: 三员分立 (GB/T 22239-2019 8.1.4): no two of these may be one person's at the same time.
SEPARATED_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


class AuditOutcome(models.TextChoices):
    DONE = "done", _("完成")
    REFUSED = "refused", _("拒绝")
    FAILED = "failed", _("失败")


class LoginEnd(models.TextChoices):
    """Why a login is over."""

    LOGOUT = "logout", _("退出登录")
    IDLE = "idle", _("长时间没有操作")
    TOO_LONG = "too_long", _("登录时间已满")
    OWNER = "owner", _("本人从别处结束")
    PASSWORD = "password", _("密码已更改")
    DEACTIVATED = "deactivated", _("账号已停用")
    SECOND_FACTOR = "second_factor", _("动态口令已变更")
    GONE = "gone", _("登录已失效")
