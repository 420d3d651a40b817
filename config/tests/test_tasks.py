"""The beat schedule and the rules by which tasks are handed out."""

import inspect

import pytest
from celery.schedules import crontab
from django.conf import settings

from config.celery import app

#: Seconds that the clocks of two hosts may differ (docs/operations.md): a task must not expire on the way.
CLOCKS_DIFFER = 30
ENTRIES = settings.CELERY_BEAT_SCHEDULE


@pytest.mark.parametrize("name", ENTRIES)
def test_every_beat_entry_names_a_task_that_exists_and_takes_its_arguments(name):
    entry = ENTRIES[name]
    app.loader.import_default_modules()
    task = app.tasks[entry["task"]]
    inspect.signature(task.run).bind(*entry.get("args", ()), **entry.get("kwargs", {}))


@pytest.mark.parametrize("name", ENTRIES)
def test_every_beat_entry_expires_before_it_could_pile_up_and_not_by_a_clock_that_is_fast(name):
    entry = ENTRIES[name]
    seconds = 3600 if isinstance(entry["schedule"], crontab) else entry["schedule"]
    assert CLOCKS_DIFFER < entry["options"]["expires"] <= max(3 * seconds, 60)


def test_clocks_share_their_queue_with_no_long_task_and_with_nothing_that_waits_for_a_server():
    tasks = [entry["task"] for entry in ENTRIES.values()]
    assert {task: app.amqp.router.route({}, task)["queue"].name for task in tasks} == {
        "deadlines.tasks.sweep": "clock",
        "deadlines.tasks.report_calendar_gaps": "clock",
        "deadlines.tasks.look_at_changes_again": "work",
        "notifications.tasks.gather_digests": "send",
        "notifications.tasks.send_due": "send",
        "accounts.tasks.seal_audit": "clock",
        "accounts.tasks.sign_audit_head": "clock",
        "accounts.tasks.end_idle_logins": "clock",
        "accounts.tasks.forget_login_tries": "work",
        "petitions.tasks.reappoint_holders": "work",
        "petitions.tasks.follow_ended_units": "work",
        "petitions.tasks.remove_stray_files": "work",
        "petitions.tasks.file_closed_cases": "work",
        "leaders.tasks.settle_bookings": "work",
        "leaders.tasks.forget_old_bookings": "work",
        "leaders.tasks.propose_packages": "work",
        "mediation.tasks.forget_disputes": "work",
        "mediation.tasks.delete_old_recordings": "work",
        "mediation.tasks.forget_room_duties": "work",
        "mediation.tasks.remind_of_sessions": "work",
        "matters.tasks.group_new": "work",
        "supervision.tasks.find_what_to_supervise": "work",
        "reports.tasks.draft_brief": "work",
        "reports.tasks.run_exports": "report",
        "reports.tasks.delete_old_exports": "work",
        "reports.tasks.look_at_units": "work",
        "tables.tasks.tell_of_tables": "work",
    }


def test_a_task_is_handed_out_again_only_after_its_hard_limit():
    visible_again = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visible_again


def test_a_task_whose_worker_dies_is_run_again():
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert (app.conf.worker_prefetch_multiplier, app.conf.accept_content) == (1, ["json"])
