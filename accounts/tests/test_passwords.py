import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client

from accounts.models import User
from config.settings import base
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def test_new_passwords_are_kept_under_argon2_and_older_ones_move_there_at_the_next_login(cast, settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    User.objects.filter(pk=cast.handler.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    answer = Client().post("/staff/login/", {"username": "handler", "password": PASSWORD})
    assert answer.status_code == 302
    cast.handler.refresh_from_db()
    assert identify_hasher(cast.handler.password).algorithm == "argon2"
    assert cast.handler.check_password(PASSWORD)
