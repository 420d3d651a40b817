"""Celery's settings. No deadline is stored here: beat only asks, every second, which clocks are due."""

from celery.schedules import crontab

CELERY_TASK_ACKS_LATE = True  # a task whose worker dies is run again; every task is idempotent
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
# Longer than the hard time limit, or a long export would be handed out a second time while it runs.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_ENABLE_UTC = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"

# Clocks have a queue and a worker of their own: ten long exports never delay a reminder. So has sending: a mail server
# that hangs delays mails and nothing else. Files and tables that count for minutes have one, so that no booking waits.
TASK_QUEUE_NAMES = ("clock", "send", "work", "report")
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TASK_ROUTES = {
    "deadlines.tasks.look_at_changes_again": {"queue": "work"},
    "deadlines.tasks.*": {"queue": "clock"},
    # The day's mails of hundreds of people take seconds to gather: no sweep waits for that either.
    "notifications.tasks.*": {"queue": "send"},
    "accounts.tasks.forget_login_tries": {"queue": "work"},
    "accounts.tasks.*": {"queue": "clock"},
    # A list of a hundred thousand cases takes a minute or two: nothing else waits for it.
    "reports.tasks.run_exports": {"queue": "report"},
}
CELERY_TASK_ALWAYS_EAGER = False

# Each entry expires soon, so that a broker without a worker does not fill up with yesterday's sweeps. Not sooner than
# the clocks of two hosts may differ: the worker asks its own whether a task has expired.
SOON = 45
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "sweep the clocks": {"task": "deadlines.tasks.sweep", "schedule": 1.0, "options": {"expires": SOON}},
    "send what is due": {
        "task": "notifications.tasks.send_due",
        "schedule": 2.0,
        "options": {"expires": SOON},
    },
    # One mail a day for whoever chose so, at half past eight; asked again later, should nothing have run then.
    "gather the day's mail": {
        "task": "notifications.tasks.gather_digests",
        "schedule": crontab(minute="30,45", hour="8-20"),
        "options": {"expires": 600},
    },
    "seal the audit log": {
        "task": "accounts.tasks.seal_audit",
        "schedule": 10.0,
        "options": {"expires": SOON},
    },
    "sign the audit log": {
        "task": "accounts.tasks.sign_audit_head",
        "schedule": crontab(minute=5),
        "options": {"expires": 1800},
    },
    # Those whose browsers never came back; the others end at their next request.
    "end idle logins": {
        "task": "accounts.tasks.end_idle_logins",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # Addresses and browsers of wrong tries; the audit log keeps what is to be kept.
    "forget tries to log in": {
        "task": "accounts.tasks.forget_login_tries",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
    # Every hour; one notice a day and year comes of it.
    "report missing calendar years": {
        "task": "deadlines.tasks.report_calendar_gaps",
        "schedule": crontab(minute=20),
        "options": {"expires": 1800},
    },
    # What was started while a year's table or a version of a rule was entered.
    "look at changes again": {
        "task": "deadlines.tasks.look_at_changes_again",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Sealed cases held by name, where their holder has left.
    "give cases to new holders": {
        "task": "petitions.tasks.reappoint_holders",
        "schedule": crontab(minute=40),
        "options": {"expires": 1800},
    },
    # Cases that the rules name for a leader, packages past their day or without a leader; somebody decides on each.
    "propose packages": {
        "task": "leaders.tasks.propose_packages",
        "schedule": crontab(hour=2, minute=20),
        "options": {"expires": 3600},
    },
    # Units that were split, merged or abolished (条例 24): a last day begins at midnight.
    "follow ended units": {
        "task": "petitions.tasks.follow_ended_units",
        "schedule": crontab(minute=50),
        "options": {"expires": 1800},
    },
    # Files of a process that was killed before its commit.
    "remove stray files": {
        "task": "petitions.tasks.remove_stray_files",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    # Closed cases get their archive class; on the first days of a year terms are over.
    "file closed cases": {
        "task": "petitions.tasks.file_closed_cases",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 3600},
    },
    # 督办 by rule (条例 40): days are counted, so that once an hour is often enough.
    "find what to supervise": {
        "task": "supervision.tasks.find_what_to_supervise",
        "schedule": crontab(minute=25),
        "options": {"expires": 1800},
    },
    # Places kept for those whose reception was called off, and reminders the day before.
    "settle visit bookings": {
        "task": "leaders.tasks.settle_bookings",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
    # Who sits in a mediation tomorrow.
    "remind of mediation sessions": {
        "task": "mediation.tasks.remind_of_sessions",
        "schedule": crontab(minute="5,15,25,35,45,55"),
        "options": {"expires": 600},
    },
    # Recordings of mediations whose time is over, or that somebody no longer agrees to.
    "delete old recordings": {
        "task": "mediation.tasks.delete_old_recordings",
        "schedule": crontab(minute=35),
        "options": {"expires": 1800},
    },
    # What one 轮值院长 left to the next, long after.
    "forget room duties": {
        "task": "mediation.tasks.forget_room_duties",
        "schedule": crontab(hour=4, minute=45),
        "options": {"expires": 3600},
    },
    # Disputes that came to a room without a petition, when their term is over.
    "forget disputes": {
        "task": "mediation.tasks.forget_disputes",
        "schedule": crontab(hour=4, minute=50),
        "options": {"expires": 3600},
    },
    # Whoever booked without a case, long after: no archive of a case takes care of them.
    "forget old bookings": {
        "task": "leaders.tasks.forget_old_bookings",
        "schedule": crontab(hour=4, minute=40),
        "options": {"expires": 3600},
    },
    # What came in the day, into the hot matters it tells of; before the morning's brief.
    "group hot matters": {
        "task": "matters.tasks.group_new",
        "schedule": crontab(hour=2, minute=45),
        "options": {"expires": 3600},
    },
    # Once a day; asked again and again, so that a morning without a worker has its brief later.
    "draft the daily brief": {
        "task": "reports.tasks.draft_brief",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # A turn that was missed is told of later, once.
    "tell of own tables": {
        "task": "tables.tasks.tell_of_tables",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Before the day's briefs are drafted; a head is told before the bulletin is.
    "warn units": {
        "task": "reports.tasks.look_at_units",
        "schedule": crontab(hour=6, minute=40),
        "options": {"expires": 3600},
    },
    "delete old exports": {
        "task": "reports.tasks.delete_old_exports",
        "schedule": crontab(minute=55),
        "options": {"expires": 1800},
    },
    "make the exports": {"task": "reports.tasks.run_exports", "schedule": 2.0, "options": {"expires": SOON}},
}
