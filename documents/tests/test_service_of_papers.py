"""送达: every way with its proof; the day of service; what was not served."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Refusal
from documents.enums import PaperState, ServiceMethod, ServiceOutcome
from documents.models import Delivery, Paper
from documents.services import NewDelivery, archive, record_served
from documents.tests.worlds import AT

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)
NOW = AT + timedelta(days=5)


def serve(cast, paper, method=ServiceMethod.DIRECT, *, when=LATER, who="handler", **more):
    new = NewDelivery(method=method, recipient="张䶮", tried_at=when, **more)
    return record_served(actor=cast.actor(who), paper=paper, new=new, at=NOW)


@pytest.mark.parametrize(
    "method,without,needs",
    [
        (ServiceMethod.DIRECT, None, {}),
        (ServiceMethod.FAMILY, None, {}),
        (ServiceMethod.LEFT, "两名见证人", {"witnesses": ("甲", "乙")}),
        (ServiceMethod.LEFT, "照片、录像", {"evidence": "attachment:7"}),
        (ServiceMethod.ENTRUSTED, "受委托的单位", {"proof": "委托东溪镇送达，回证附后"}),
        (ServiceMethod.POST, "回执或者邮件编号", {"proof": "EMS 1234567890"}),
        (ServiceMethod.ELECTRONIC, "须经受送达人同意", {"consented": True}),
        (ServiceMethod.PUBLIC, "公告的地点", {"proof": "下落不明，公告于县政府网站"}),
    ],
)
def test_each_way_of_service_has_its_proof(method, without, needs, make_paper, cast):
    """民诉法 87–95, by analogy."""
    paper = make_paper("issued")
    if without:
        with pytest.raises(Refusal, match=without):
            serve(cast, paper, method)
        assert not Delivery.objects.exists()
    serve(cast, paper, method, **needs)
    paper = Paper.objects.get(pk=paper.pk)
    assert paper.state == PaperState.SERVED
    wait = timedelta(days=30) if method == ServiceMethod.PUBLIC else timedelta()
    assert paper.served_at == LATER + wait


def test_one_witness_is_not_two(make_paper, cast):
    with pytest.raises(Refusal, match="两名见证人"):
        serve(cast, make_paper("issued"), ServiceMethod.LEFT, witnesses=("甲", " "))


@pytest.mark.parametrize("outcome", [ServiceOutcome.REFUSED, ServiceOutcome.MOVED, ServiceOutcome.UNKNOWN])
def test_a_try_that_failed_is_kept_and_serves_nothing(outcome, make_paper, cast):
    paper = make_paper("issued")
    assert serve(cast, paper, outcome=outcome).served_at is None
    assert Paper.objects.get(pk=paper.pk).state == PaperState.ISSUED
    with pytest.raises(Refusal, match="须先送达"):
        archive(actor=cast.actor("handler"), paper=paper, at=NOW)
    serve(cast, paper, ServiceMethod.LEFT, witnesses=("甲", "乙"))
    assert paper.deliveries.count() == 2
    assert archive(actor=cast.actor("handler"), paper=paper, at=NOW).state == PaperState.ARCHIVED
    with pytest.raises(Refusal, match="已归档"):
        serve(cast, paper)


def test_the_first_service_that_counts_is_the_day_and_others_stand_beside_it(make_paper, cast):
    """A joint petition: each representative has a record of service."""
    paper = make_paper("issued")
    serve(cast, paper)
    serve(cast, paper, when=LATER + timedelta(days=1))
    assert Paper.objects.get(pk=paper.pk).served_at == LATER and paper.deliveries.count() == 2


def test_days_that_cannot_be_are_refused(make_paper, cast):
    with pytest.raises(Refusal, match="印发后才能送达"):
        serve(cast, make_paper("approved"))
    paper = make_paper("issued")
    with pytest.raises(Refusal, match="不能早于文书印发"):
        serve(cast, paper, when=AT - timedelta(seconds=1))
    with pytest.raises(Refusal, match="不能晚于现在"):
        serve(cast, paper, when=NOW + timedelta(seconds=1))
    new = NewDelivery(method=ServiceMethod.DIRECT, recipient=" ", tried_at=LATER)
    with pytest.raises(Refusal, match="写明受送达人"):
        record_served(actor=cast.actor("handler"), paper=paper, new=new, at=NOW)
    with pytest.raises(Refusal) as refused:
        serve(cast, paper, who="outsider")
    assert refused.value.code == "forbidden" and not Delivery.objects.exists()


def test_a_record_of_service_never_changes(make_paper, cast):
    paper = make_paper("issued")
    serve(cast, paper)
    for sql in (
        "UPDATE documents_delivery SET served_at = now()",
        "UPDATE documents_delivery SET recipient = ''",
        "DELETE FROM documents_delivery",
        "UPDATE documents_paper SET served_at = now()",
        "UPDATE documents_paper SET state = 'issued', served_at = NULL",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
