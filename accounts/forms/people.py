from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.forms.fields import UnitField, UnitsField
from accounts.models import Post
from core.forms import BaseForm, HouseWordsMixin, day_field
from core.timekeeping import local_day, now

USERNAME = RegexValidator(r"^[\w.@+-]+\Z", _("用户名只能由汉字、字母、数字和 . @ + - _ 组成。"))
PHONE = RegexValidator(r"^[0-9+() *#\-转]+\Z", _("电话只能由数字和 + - ( ) 组成，分机可写“转”。"))


class PersonForm(BaseForm):
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False, validators=[PHONE])
    email = forms.EmailField(
        label=_("电子邮箱"), max_length=254, required=False, help_text=_("到期提醒会发到这里。")
    )


class PersonNewForm(PersonForm):
    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        validators=[USERNAME],
        help_text=_("登录用，以后不能更改。例如姓名拼音或工号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("username", "name", "phone", "email")


class GrantForm(BaseForm):
    unit = UnitField(label=_("机构"))
    role = forms.ChoiceField(label=_("角色"))
    title = forms.CharField(
        label=_("职务"), max_length=60, required=False, help_text=_("例如：副县长、局长；不填则显示角色。")
    )
    valid_from = day_field(_("任职日期"))
    valid_until = day_field(_("离任日期"), required=False, help_text=_("自这一天起不再担任；长期任职不填。"))
    charge_units = UnitsField(
        label=_("分管机构"), required=False, help_text=_("仅领导填写；其下级机构自动包括在内。")
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = set(roles)
        choices = [("", _("请选择")), *[(role.value, role.label) for role in Role if role in offered]]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = local_day(now())
        self.fields["unit"].offer(self["unit"].value())  # type: ignore[attr-defined]
        if Role.LEADER in offered:
            # The security administrator gives ordinary posts only where units read widely (rules.giver_of).
            self.fields["role"].help_text = _("普通岗位仅限纪检监察机关、信访部门和区县本级。")
            self.fields["charge_units"].offer(self["charge_units"].value() or [])  # type: ignore[attr-defined]
        else:
            del self.fields["charge_units"]


class EndPostForm(BaseForm):
    on = day_field(_("离任日期"), help_text=_("自这一天起不再担任。"))

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A post is held for one day at least.
        self.fields["on"].initial = max(local_day(now()), post.valid_from + timedelta(days=1))


class ChargeForm(BaseForm):
    units = UnitsField(
        label=_("分管机构"), required=False, help_text=_("下级机构自动包括在内；清空一格即取消。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].offer(self["units"].value() or [])  # type: ignore[attr-defined]


class LoginForm(HouseWordsMixin, AuthenticationForm):
    """One sentence for a name that nobody has, a wrong password, a closed account and a lock."""

    def get_invalid_login_error(self) -> ValidationError:
        words = _(
            "用户名或密码不对。同一地址对同一用户名连续输错 %(times)d 次的，会在该地址暂停登录 %(minutes)d 分钟，"
            "其间密码正确也不能登录。忘记密码或账号已停用的，请找系统管理员。"
        )
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        return ValidationError(
            words % {"times": settings.AXES_FAILURE_LIMIT, "minutes": minutes}, "invalid_login"
        )


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {
        "autocomplete": "one-time-code",
        "autocapitalize": "none",
        "inputmode": "text",
        "spellcheck": "false",
    }
    return forms.CharField(
        label=label, max_length=20, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


class CodeForm(BaseForm):
    """A code of the telephone, or a recovery code."""

    code = code_field(_("验证码"), _("手机验证器上的 6 位数字；手机不在身边的，填一个恢复码。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class EnrolForm(BaseForm):
    password = forms.CharField(
        label=_("现在的密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = code_field(_("验证码"), _("手机验证器上的 6 位数字，每 30 秒换一次。"))


class OwnPasswordForm(HouseWordsMixin, PasswordChangeForm):
    """One's own password; one that an administrator has set must really be replaced."""

    error_messages = {
        "password_incorrect": _("您现在的密码不对，请重新输入。"),
        "password_mismatch": _("您两次输入的新密码不一致，请重新输入。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].help_text = _("请您把新密码再输入一遍。")

    def validate_password_for_user(self, user: Any, password_field_name: str = "") -> None:
        """What is wrong with the new password stands at the new password, not at its repetition."""
        super().validate_password_for_user(user, "new_password1")

    def clean(self) -> dict[str, Any]:
        new = self.cleaned_data.get("new_password1")
        if new and new == self.cleaned_data.get("old_password"):
            self.add_error("new_password1", _("新密码与原密码相同，请换一个。"))
        data: dict[str, Any] = super().clean() or {}
        return data
