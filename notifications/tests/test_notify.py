import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from core.timekeeping import now
from notifications.models import Notice, OutboxMessage
from notifications.services import NoticeRow, notify, notify_many


@pytest.mark.django_db
def test_each_recipient_is_told_once_in_one_query(cast, django_assert_num_queries):
    people = [cast.handler, cast.leader, cast.handler.pk]
    with django_assert_num_queries(1):
        assert (
            notify(recipients=people, text="期限将到", link="/c/1/", dedupe_key="clock:1", level="soon") == 2
        )
    assert notify(recipients=people, text="期限将到", link="/c/1/", dedupe_key="clock:1") == 0
    rows = Notice.objects.order_by("recipient_id").values_list("recipient_id", "dedupe_key", "level")
    assert list(rows) == [
        (user.pk, f"clock:1:{user.pk}", "soon")
        for user in sorted((cast.handler, cast.leader), key=lambda u: u.pk)
    ]


@pytest.mark.django_db
def test_only_a_new_notice_to_somebody_with_an_address_gets_an_email(cast):
    User.objects.filter(pk=cast.leader.pk).update(email="")
    notify(recipients=[cast.handler], text="t", link="/", dedupe_key="k")
    notify(recipients=[cast.handler, cast.leader, cast.clerk], text="t", link="/", dedupe_key="k")
    told = OutboxMessage.objects.order_by("pk").values_list("notice__recipient", flat=True)
    assert list(told) == [cast.handler.pk, cast.clerk.pk]


@pytest.mark.django_db
def test_many_different_notices_go_in_one_query(cast, django_assert_num_queries):
    rows = [NoticeRow(cast.handler.pk, f"第 {n} 件", f"/c/{n}/", f"c:{n}") for n in range(50)]
    at = now()
    with django_assert_num_queries(1):
        assert notify_many(rows + rows, at=at) == 50
    assert set(Notice.objects.values_list("created_at", flat=True)) == {at}
    assert notify_many([]) == 0


@pytest.mark.django_db
def test_somebody_who_may_not_log_in_or_does_not_exist_is_not_told(cast):
    User.objects.filter(pk=cast.handler.pk).update(is_active=False)
    assert notify(recipients=[cast.handler, 10**12], text="t", link="/", dedupe_key="k") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_a_notice_never_links_to_another_site(cast, link):
    with pytest.raises(ValueError):
        notify(recipients=[cast.handler], text="t", link=link, dedupe_key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(recipient=cast.handler, text="t", link=link, dedupe_key="k", created_at=now())


@pytest.mark.django_db
def test_a_nul_and_a_long_text_do_no_harm(cast):
    notify(recipients=[cast.handler], text="a\x00b" + "长" * 400, link="/", dedupe_key="k")
    assert Notice.objects.get().text == ("ab" + "长" * 400)[:300]


@pytest.mark.django_db
def test_a_notice_goes_down_with_the_act_it_belongs_to(cast):
    def act():
        with transaction.atomic():
            notify(recipients=[cast.handler], text="t", link="/", dedupe_key="k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert (Notice.objects.count(), OutboxMessage.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_tell_each_person_once(cast):
    people = [cast.handler, cast.leader, cast.clerk, cast.inspector]
    gate = threading.Barrier(2)
    fresh: list[int] = []

    def write(order):
        try:
            gate.wait(5)
            told = [notify(recipients=order, text="t", link="/", dedupe_key=f"k{n}") for n in range(20)]
            fresh.extend(told)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(order,)) for order in (people, people[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(fresh) == 40
    assert sum(fresh) == Notice.objects.count() == OutboxMessage.objects.count() == 80
