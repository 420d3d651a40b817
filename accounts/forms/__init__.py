"""Forms of this room. They clean input; the services decide."""

from accounts.forms.people import (
    ChargeForm,
    CodeForm,
    EndPostForm,
    EnrolForm,
    GrantForm,
    LoginForm,
    OwnPasswordForm,
    PersonForm,
    PersonNewForm,
)
from accounts.forms.units import KindForm, SuccessionForm, UnitForm

__all__ = [
    "ChargeForm",
    "CodeForm",
    "EndPostForm",
    "EnrolForm",
    "GrantForm",
    "KindForm",
    "LoginForm",
    "OwnPasswordForm",
    "PersonForm",
    "PersonNewForm",
    "SuccessionForm",
    "UnitForm",
]
