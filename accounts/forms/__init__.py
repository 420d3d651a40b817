"""Forms of this room. They clean input; the services decide."""

from accounts.forms.fields import date_field
from accounts.forms.people import (
    ChargeForm,
    EndPostForm,
    GrantForm,
    LoginForm,
    OwnPasswordForm,
    PersonForm,
    PersonNewForm,
)
from accounts.forms.units import KindForm, UnitForm

__all__ = [
    "ChargeForm",
    "EndPostForm",
    "GrantForm",
    "KindForm",
    "LoginForm",
    "OwnPasswordForm",
    "PersonForm",
    "PersonNewForm",
    "UnitForm",
    "date_field",
]
