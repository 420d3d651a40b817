"""What the body keeps with its decision."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import Refusal
from petitions.models import Attachment
from reviews.enums import Outcome
from reviews.models import Review
from tests.pictures import PNG

pytestmark = pytest.mark.django_db
WORDS = {"outcome": "upheld", "text": "原处理意见事实清楚。", "basis": "条例第三十五条"}


def picture(name="现场.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def stored() -> set[str]:
    try:
        folders = default_storage.listdir("attachments")[0]
    except FileNotFoundError:
        return set()
    return {name for folder in folders for name in default_storage.listdir(f"attachments/{folder}")[1]}


@pytest.mark.article(35)
def test_the_body_keeps_files_with_its_decision_and_readers_open_them(served, ask, cast, client_as):
    case = served()
    ask(case)
    leader = client_as(cast.leader2)
    page = leader.get(reverse("reviews:case", args=[case.number])).content.decode()
    assert 'enctype="multipart/form-data"' in page and 'name="attachments"' in page
    answer = leader.post(
        reverse("reviews:decide", args=[case.number]),
        {**WORDS, "attachments": [picture(), picture("笔录.png")]},
    )
    assert answer.status_code == 302
    review = Review.objects.get()
    assert [file.name for file in review.files.order_by("id")] == ["现场.png", "笔录.png"]
    assert {file.added_by for file in review.files.all()} == {cast.leader2}
    shown = client_as(cast.petition_officer).get(review.get_absolute_url()).content.decode()
    address = reverse("petitions:attachment", args=[case.number, review.files.first().token])
    assert address in shown and client_as(cast.petition_officer).get(address).status_code == 200
    assert client_as(cast.outsider).get(address).status_code == 404


def test_a_file_that_is_not_taken_changes_nothing_and_keeps_what_was_typed(served, ask, cast, client_as):
    case = served()
    ask(case)
    bad = SimpleUploadedFile("程序.exe", b"MZ" + b"0" * 40)
    answer = client_as(cast.leader2).post(
        reverse("reviews:decide", args=[case.number]), {**WORDS, "attachments": [bad]}
    )
    assert answer.status_code == 422 and "原处理意见事实清楚。" in answer.content.decode()
    assert Review.objects.get().state == "asked" and not Attachment.objects.exists()


def test_files_of_a_decision_that_is_refused_do_not_stay(served, ask, decide):
    review = ask(served())
    decide(review, files=[picture()])
    kept = stored()
    with pytest.raises(Refusal) as refused:
        decide(review, files=[picture("再一张.png")], outcome=Outcome.UPHELD)
    assert refused.value.code == "stale"
    assert stored() == kept and Attachment.objects.count() == 1
