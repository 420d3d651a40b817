"""Files stand or fall with the step that brought them."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import now
from petitions.models import Attachment
from petitions.services import attaching, codes, following
from petitions.signals import petition_stepped
from tests.pictures import PNG

pytestmark = pytest.mark.django_db


def picture(name="现场.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def on_disk():
    folder = Path(settings.MEDIA_ROOT) / "attachments"
    return {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


@pytest.fixture
def failing():
    """The last thing before the step is over fails."""

    def fail(**kwargs):
        raise DatabaseError("the connection was lost")

    petition_stepped.connect(fail, dispatch_uid="test.failing")
    yield
    petition_stepped.disconnect(dispatch_uid="test.failing")


def add(case, *files, **more):
    following.supplement(petition=case, actor=Actor.petitioner(), text="", files=files, **more)


def test_a_registration_that_is_rolled_back_leaves_no_file(make_case, failing):
    before = on_disk()
    with pytest.raises(DatabaseError):
        make_case.registered(files=[picture(), picture("另一张.png")])
    assert on_disk() == before


def test_a_supplement_that_is_rolled_back_leaves_no_file_and_takes_no_earlier_one_along(make_case, request):
    case = make_case.registered(files=[picture()]).petition
    before = on_disk()
    request.getfixturevalue("failing")
    with pytest.raises(DatabaseError):
        add(case, picture())
    assert on_disk() == before
    assert default_storage.exists(case.attachments.get().file.name)


def test_a_second_file_that_cannot_be_kept_takes_the_first_along(make_case, monkeypatch):
    case, before, save = make_case(), on_disk(), Attachment.save
    calls = []

    def save_once(self, *args, **kwargs):
        calls.append(save(self, *args, **kwargs))
        if len(calls) == 2:
            raise DatabaseError("disk full")

    monkeypatch.setattr(Attachment, "save", save_once)
    with pytest.raises(DatabaseError):
        add(case, picture(), picture())
    assert on_disk() == before


def test_the_same_form_twice_keeps_the_first_file_alone(make_case):
    case, token = make_case(), codes.new_token()
    add(case, picture(), token=token)
    kept = on_disk()
    with pytest.raises(Refusal):
        add(case, picture(), token=token)
    assert on_disk() == kept
    assert default_storage.exists(case.attachments.get().file.name)


def test_what_went_well_is_on_disk_before_anybody_sees_a_receipt(make_case):
    registered = make_case.registered(files=[picture()])
    assert default_storage.exists(registered.petition.attachments.get().file.name)
    assert attaching._written.get() is None


def test_what_a_killed_process_left_behind_goes_after_a_day_and_nothing_else(make_case):
    kept = make_case.registered(files=[picture()]).petition.attachments.get()
    fresh = default_storage.save("attachments/ab/fresh", ContentFile(b"x"))
    old = default_storage.save("attachments/ab/old", ContentFile(b"x"))
    two_days_ago = (now() - timedelta(days=2)).timestamp()
    for name in (old, kept.file.name):
        os.utime(default_storage.path(name), (two_days_ago, two_days_ago))
    assert attaching.remove_strays(now()) == 1
    assert default_storage.exists(kept.file.name) and default_storage.exists(fresh)
    assert not default_storage.exists(old)
    default_storage.delete(fresh)


def test_what_is_stored_is_the_picture_drawn_anew_with_its_own_facts(make_case):
    kept = make_case.registered(files=[picture()]).petition.attachments.get()
    content = kept.file.read()
    assert (kept.size, kept.sha256) == (len(content), hashlib.sha256(content).hexdigest())
