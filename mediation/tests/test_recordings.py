"""Nothing is recorded without notice and everybody's consent; what was recorded is checked, watched over and deleted."""

import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.timekeeping import now
from mediation.enums import ConsentHow, Side
from mediation.models import Recording, RecordingConsent
from mediation.services import minutes, recording_files, recordings
from mediation.services.opening import end_mediation
from mediation.session_enums import AsWhat, Gone, Stopped
from mediation.tasks import delete_old_recordings
from mediation.tests.session_world import (
    MP4,
    announced,
    begun,
    both_there,
    film,
    queries_of,
    recorded,
    refused,
)
from petitions.services import codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(cast):
    return cast.actor("mediator")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def session(mediation_of, session_of, mine):
    row = begun(session_of(mediation_of(agreed=True)))
    both_there(row, mine)
    return row


class TestConsent:
    def test_nothing_runs_until_everybody_there_agrees(self, session, mine):
        recording = recordings.give_notice(session=session, actor=mine)
        assert "2 位" in refused(lambda: recordings.start(recording=recording, actor=mine), "consent")
        first, second = session.attendees.all()
        recordings.agree(recording=recording, actor=mine, attendee=first, how=ConsentHow.WRITTEN)
        assert "1 位" in refused(lambda: recordings.start(recording=recording, actor=mine), "consent")
        refused(
            lambda: recordings.agree(recording=recording, actor=mine, attendee=first, how=ConsentHow.WRITTEN),
            "stale",
        )
        recordings.agree(recording=recording, actor=mine, attendee=second, how=ConsentHow.IN_PERSON)
        assert recordings.start(recording=recording, actor=mine).is_running
        refused(lambda: recordings.start(recording=recording, actor=mine), "stale")

    def test_the_notice_comes_first_and_once(self, session, mine):
        recordings.give_notice(session=session, actor=mine)
        assert "已经告知" in refused(lambda: recordings.give_notice(session=session, actor=mine), "stale")

    def test_where_nobody_is_written_down_nobody_is_recorded(self, session, mine):
        for one in session.attendees.all():
            minutes.leave(attendee=one, actor=mine)
        recording = recordings.give_notice(session=session, actor=mine)
        assert "到场人" in refused(lambda: recordings.start(recording=recording, actor=mine), "consent")

    @pytest.mark.parametrize("typed", [{}, {"how": "written", "attendee": "1"}])
    def test_what_is_sent_to_one_that_stopped_meanwhile_is_refused_on_the_page(
        self, session, mine, cast, client_as, typed
    ):
        recording = recorded(session, mine)
        address = reverse("mediation:recording_consent", args=[recording.pk])
        answer = client_as(cast.mediator).post(address, typed)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()

    def test_taken_back_it_stops_at_once_and_says_so(self, session, mine, cast, client_as):
        recording = announced(session, mine)
        recordings.start(recording=recording, actor=mine)
        consent = recording.consents.first()
        client = client_as(cast.mediator)
        address = reverse("mediation:recording_take_back", args=[recording.pk, consent.pk])
        shown = client.post(address, follow=True).content.decode()
        assert "有人撤回同意" in shown and "不能保存" in shown
        recording.refresh_from_db()
        assert (recording.stopped_why, recording.is_running) == (Stopped.TAKEN_BACK, False)
        refused(lambda: recordings.take_back(consent=consent, actor=mine), "stale")
        assert "不能保存" in refused(
            lambda: recordings.keep(recording=recording, actor=mine, file=film()), "consent"
        )
        # With a new notice and new consents one may begin again.
        assert announced(session, mine).pk != recording.pk

    def test_taken_back_later_it_is_opened_no_more_and_deleted(self, session, mine, cast, media):
        recording = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
        end_mediation(mediation=session.mediation, actor=mine, text="谈不拢。")
        officer = cast.actor("petition_officer")
        consent = RecordingConsent.objects.filter(recording=recording).first()
        recordings.take_back(consent=consent, actor=officer)
        recording.refresh_from_db()
        assert "撤回" in refused(
            lambda: recording_files.opened(recording=recording, actor=cast.actor("inspector")), "stale"
        )
        name = recording.file.name
        assert recording_files.delete_due(now()) == 1
        recording.refresh_from_db()
        assert (recording.gone_why, recording.file.name) == (Gone.TAKEN_BACK, "")
        assert name

    def test_somebody_who_comes_in_stops_it(self, session, mine):
        recording = announced(session, mine)
        recordings.start(recording=recording, actor=mine)
        minutes.attend(session=session, actor=mine, as_what=AsWhat.KIN, name="老伴")
        recording.refresh_from_db()
        assert recording.stopped_why == Stopped.NEWCOMER

    @pytest.mark.parametrize("key", ["handler", "petition_officer", "inspector", "handler2"])
    def test_only_whoever_sits_records(self, session, cast, key):
        refused(lambda: recordings.give_notice(session=session, actor=cast.actor(key)), "forbidden")
        assert not Recording.objects.exists()

    def test_nobody_who_is_complained_of_takes_a_consent_back_for_another(self, session, mine, cast):
        recording = announced(session, mine)
        refused(
            lambda: recordings.take_back(consent=recording.consents.first(), actor=cast.actor("handler2")),
            "forbidden",
        )


class TestKeeping:
    def test_the_file_is_kept_under_a_name_that_says_nothing_with_its_hash(self, session, mine):
        recording = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
        recording.refresh_from_db()
        assert recording.sha256 == hashlib.sha256(MP4).hexdigest() and recording.size == len(MP4)
        assert recording.file.name.startswith("recordings/") and "会议" not in recording.file.name
        left = recording.keep_until - recording.kept_at
        assert left == timedelta(days=site.MEDIATION_RECORDING_DAYS) and left.days == 730
        assert "已经保存" in refused(
            lambda: recordings.keep(recording=recording, actor=mine, file=film()), "stale"
        )

    @pytest.mark.parametrize(
        "content, words",
        [(b"MZ\x90\x00" * 40, "不是录音或视频"), (b"<html><script>" * 9, "不是录音"), (b"", "是空的")],
    )
    def test_what_is_no_recording_is_not_taken_whatever_it_calls_itself(self, session, mine, content, words):
        recording = recorded(session, mine)
        assert words in refused(
            lambda: recordings.keep(recording=recording, actor=mine, file=film(content)), "invalid"
        )
        recording.refresh_from_db()
        assert recording.kept_at is None and not default_storage.exists("recordings")

    def test_too_large_a_one_is_told_what_to_do(self, session, mine, settings):
        settings.MEDIATION_RECORDING_BYTES = 100
        recording = recorded(session, mine)
        said = refused(lambda: recordings.keep(recording=recording, actor=mine, file=film()), "too_large")
        assert "分段" in said and "校验值" in said

    def test_three_gigabytes_are_refused_before_anything_is_read(self, session, mine, cast, client_as):
        recording = recorded(session, mine)
        client = client_as(cast.mediator)
        address = reverse("mediation:recording_keep", args=[recording.pk])

        class Untouched:
            def read(self, *size):
                raise AssertionError("read")

            readline = read

        answer = client.generic(
            "POST",
            address,
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(3 * 1024**3),
            **{"wsgi.input": Untouched()},
        )
        assert answer.status_code == 413
        assert "3072 MB" in answer.content.decode() and "分段" in answer.content.decode()

    def test_a_large_body_of_whoever_is_no_mediator_is_not_parsed(
        self, session, mine, cast, client_as, client
    ):
        recording = recorded(session, mine)
        address = reverse("mediation:recording_keep", args=[recording.pk])
        for asking in (client, client_as(cast.handler)):
            answer = asking.generic(
                "POST", address, b"", content_type="text/plain", CONTENT_LENGTH=str(60_000_000)
            )
            assert answer.status_code == 413

    def test_elsewhere_by_words_and_its_hash(self, session, mine):
        recording = recorded(session, mine)
        refused(
            lambda: recordings.keep_elsewhere(
                recording=recording, actor=mine, elsewhere="县会议系统 12 号", sha256="abc"
            ),
            "invalid",
        )
        kept = recordings.keep_elsewhere(
            recording=recording, actor=mine, elsewhere="县会议系统 12 号", sha256=" " + "AB" * 32
        )
        assert kept.sha256 == "ab" * 32 and not kept.file
        assert "本区的系统" in refused(lambda: recording_files.opened(recording=kept, actor=mine), "invalid")

    def test_on_the_page_one_of_both_and_not_both(self, session, mine, cast, client_as):
        recording = recorded(session, mine)
        client, address = client_as(cast.mediator), reverse("mediation:recording_keep", args=[recording.pk])
        assert "请上传文件" in client.post(address, {}).content.decode()
        both = client.post(address, {"file": film(), "elsewhere": "县会议系统"})
        assert both.status_code == 422 and "县会议系统" in both.content.decode()
        assert client.post(address, {"file": film()}).status_code == 302
        recording.refresh_from_db()
        assert recording.file

    def test_what_never_ran_or_still_runs_is_not_kept(self, session, mine):
        recording = announced(session, mine)
        refused(lambda: recordings.keep(recording=recording, actor=mine, file=film()), "stale")
        recordings.start(recording=recording, actor=mine)
        assert "还在录" in refused(
            lambda: recordings.keep(recording=recording, actor=mine, file=film()), "stale"
        )


class TestLooking:
    @pytest.fixture
    def kept(self, session, mine):
        return recordings.keep(recording=recorded(session, mine), actor=mine, file=film())

    @pytest.mark.parametrize(
        "key, status",
        [("mediator", 200), ("inspector", 200), ("handler", 403), ("petition_officer", 403)],
    )
    def test_whoever_sat_and_the_inspector_open_it_and_each_look_is_on_record(
        self, kept, cast, client_as, key, status
    ):
        client = client_as(getattr(cast, key))
        assert client.get(reverse("mediation:recording", args=[kept.pk])).status_code == status
        answer = client.get(reverse("mediation:recording_file", args=[kept.pk]))
        assert answer.status_code == status
        looks = AuditEntry.objects.filter(act="mediation.recording_look")
        assert looks.count() == (2 if status == 200 else 0)
        if status == 200:
            assert b"".join(answer) == MP4
            assert "attachment" in answer["Content-Disposition"]

    def test_a_changed_file_is_not_opened_and_that_is_on_record(self, kept, mine, media):
        Path(media, kept.file.name).write_bytes(MP4 + b"more")
        assert "校验值" in refused(lambda: recording_files.opened(recording=kept, actor=mine), "stale")
        assert AuditEntry.objects.filter(act="mediation.recording_changed", outcome="refused").exists()

    def test_a_file_that_went_missing_is_told(self, kept, mine, media):
        Path(media, kept.file.name).unlink()
        assert "找不到" in refused(lambda: recording_files.opened(recording=kept, actor=mine), "stale")


class TestDeleting:
    def test_when_the_time_is_over_it_goes_once_and_the_row_says_so(
        self, session, mine, cast, client_as, media, django_capture_on_commit_callbacks
    ):
        kept = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
        path = Path(media, kept.file.name)
        assert recording_files.delete_due(kept.keep_until - timedelta(seconds=1)) == 0 and path.exists()
        with django_capture_on_commit_callbacks(execute=True):
            assert recording_files.delete_due(kept.keep_until) == 1
        assert recording_files.delete_due(kept.keep_until) == 0 and not path.exists()
        kept.refresh_from_db()
        assert (kept.gone_why, kept.sha256) == (Gone.TERM, hashlib.sha256(MP4).hexdigest())
        assert AuditEntry.objects.filter(act="mediation.recording_gone").count() == 1
        page = client_as(cast.mediator).get(reverse("mediation:session", args=[session.pk]))
        assert "保存期满" in page.content.decode()
        refused(lambda: recordings.look(recording=kept, actor=mine), "stale")

    def test_the_task_takes_strays_too(self, session, mine, media):
        kept = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
        stray = default_storage.save("recordings/2026/stray.mp4", film())
        assert recording_files.remove_strays(now() + timedelta(days=2)) == 1
        assert not default_storage.exists(stray) and default_storage.exists(kept.file.name)
        delete_old_recordings()

    def test_with_the_people_of_the_case(self, session, mine):
        kept = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
        assert recording_files.forget(session.mediation.petition) == 1
        kept.refresh_from_db()
        assert kept.gone_why == Gone.ARCHIVE


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sweeps_at_once_delete_each_once(session, mine):
    kept = recordings.keep(recording=recorded(session, mine), actor=mine, file=film())
    gone, barrier = [], threading.Barrier(2)

    def sweep():
        barrier.wait()
        gone.append(recording_files.delete_due(kept.keep_until))
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(gone) == [0, 1]
    assert AuditEntry.objects.filter(act="mediation.recording_gone").count() == 1


def test_the_page_needs_the_same_queries_for_one_recording_and_for_three(session, mine, cast, client_as):
    client, address = client_as(cast.mediator), reverse("mediation:session", args=[session.pk])
    recorded(session, mine)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    recorded(session, mine)
    recorded(session, mine)
    assert queries_of(lambda: client.get(address)) == few


def test_the_other_side_agrees_for_itself(session, mine):
    recording = recordings.give_notice(session=session, actor=mine)
    stranger = session.attendees.get(party__side=Side.OTHER)
    minutes.leave(attendee=stranger, actor=mine)
    assert "不在到场人里" in refused(
        lambda: recordings.agree(recording=recording, actor=mine, attendee=stranger, how=ConsentHow.WRITTEN),
        "stale",
    )


class TestOwnPage:
    @pytest.fixture
    def resident(self, client, fresh_case, mediation_of, session_of, mine):
        token = codes.new_token()
        case = fresh_case(token=token)
        row = begun(session_of(mediation_of(case, agreed=True)))
        both_there(row, mine)
        client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
        return client, row

    def test_the_petitioner_takes_it_back_without_anybody_between(self, resident, mine):
        client, session = resident
        assert "不再同意录音录像" not in client.get(reverse("petitions:mine")).content.decode()
        recording = announced(session, mine)
        recordings.start(recording=recording, actor=mine)
        assert "不再同意录音录像" in client.get(reverse("petitions:mine")).content.decode()
        client.post(reverse("mediation:mine_not_recorded"))
        recording.refresh_from_db()
        assert recording.stopped_why == Stopped.TAKEN_BACK
        withdrawn = recording.consents.exclude(withdrawn_at=None)
        assert [one.attendee.party.is_petitioner for one in withdrawn] == [True]
        assert client.post(reverse("mediation:mine_not_recorded")).status_code == 404

    def test_and_speaks_for_nobody_else(self, resident, mine):
        _client, session = resident
        recording = announced(session, mine)
        other = recording.consents.get(attendee__party__side=Side.OTHER)
        refused(lambda: recordings.take_back(consent=other, actor=Actor.petitioner()), "forbidden")

    def test_without_number_and_code_nobody_does(self, client, session, mine):
        announced(session, mine)
        assert client.post(reverse("mediation:mine_not_recorded")).url == reverse("petitions:query")
