"""Logging in through the page, from some address and browser, with a second factor or without."""

import base64

from django.test import Client
from django_otp.oath import TOTP

from accounts.models import AuditEntry, SecondFactor
from core.timekeeping import now
from tests.cast import PASSWORD

LOGIN = "/staff/login/"
ASK = f"{LOGIN}code/"
OWN = "/staff/me/second-factor/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def log_in(username="handler", password=PASSWORD, client=None, address="10.1.1.1", **more):
    client = client or Client(headers={"User-Agent": CHROME}, REMOTE_ADDR=address)
    return client, client.post(LOGIN, {"username": username, "password": password, **more})


def text(response):
    return response.content.decode()


def code_of(user, at=None):
    """What the person's telephone shows."""
    totp = TOTP(base64.b32decode(SecondFactor.objects.get(user=user).secret))
    totp.time = (at or now()).timestamp()
    return f"{totp.token():06d}"


def take_up(client, user):
    """Through the page; the recovery codes."""
    client.get(OWN)
    shown = client.post(OWN, {"password": PASSWORD, "code": code_of(user)})
    assert shown.status_code == 200, text(shown)
    return shown.context["codes"]


def acts():
    """What the log holds of logins and second factors, the oldest first: (act, outcome)."""
    wanted = ("second_factor", "login.")
    entries = AuditEntry.objects.order_by("pk").values_list("act", "outcome")
    return [entry for entry in entries if entry[0].startswith(wanted)]
