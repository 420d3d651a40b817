"""Settings shared by the trial, the tests and production."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from config import env
from config.settings.tasks import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "core",
    "accounts",
    "notifications",
    "deadlines",
    "documents",
    "petitions",
    "leaders",
    "mediation",
    "reviews",
    "papers",
    "supervision",
    "conference",
    "outcomes",
    "hearings",
    "matters",
    "reports",
    "tables",
    "demo",
]
MIDDLEWARE = [
    "config.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Headers stand outside whatever may refuse a request early.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "config.middleware.PrivatePagesMiddleware",
    "config.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LoginMiddleware",
    "accounts.middleware.ActorMiddleware",
    "config.middleware.LargeBodyMiddleware",
    "accounts.middleware.RefusalMiddleware",
    "accounts.middleware.FirstThingsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RequestGuard",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Language and time
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DISTRICT_NAME = env.text("DISTRICT_NAME", "清江县")
# A GeoJSON file with the outlines of towns and villages, for the map of the month; none, no map.
DIVISIONS_GEOJSON = env.text("DIVISIONS_GEOJSON", "")
# Clock rules that count minutes or hours run this many times faster; only a trial may set it.
TRIAL_SPEED = env.integer("TRIAL_SPEED", 1, least=1)

# Data
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": env.database(env.server_url("DATABASE_URL", VAR_DIR))
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
# A standby that the reports read, as soon as it has caught up (core.heavy); without one they read the first server.
if _replica := env.text("DATABASE_REPLICA_URL", " ").strip():
    DATABASES["replica"] = env.database(_replica) | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS = ["core.heavy.ReplicaRouter"]
REPORT_SECONDS = env.integer(
    "REPORT_SECONDS", 30, least=1
)  # of one statement, while somebody waits for a page
REPORT_JOB_SECONDS = env.integer("REPORT_JOB_SECONDS", 600, least=1)  # in the background
REDIS_URL = env.server_url("REDIS_URL", VAR_DIR)
CELERY_BROKER_URL = REDIS_URL
CACHES = {
    "default": {
        "BACKEND": "core.cache.SpareRedisCache",
        "LOCATION": env.text("CACHE_URL", REDIS_URL),
        "KEY_PREFIX": "huiying",
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
    }
}

# Who is who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.GuardedBackend", "django.contrib.auth.backends.ModelBackend"]
# The first one makes new hashes; those of the others are made anew when their owner logs in.
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2", "PBKDF2SHA1")
]
PASSWORD_MIN_LENGTH = env.integer("PASSWORD_MIN_LENGTH", 10, least=8)
PASSWORD_KINDS = env.integer("PASSWORD_KINDS", 3, least=1)  # of small and capital letters, digits, others
PASSWORD_HISTORY = env.integer("PASSWORD_HISTORY", 5, least=0)  # so many of the last are not taken again
PASSWORD_MAX_DAYS = 0  # 0: a password never grows old; production sets it
_rules = "accounts.password_rules"
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {
        "NAME": f"{_rules}.NameRule",
        "OPTIONS": {"user_attributes": ("username", "name", "phone", "email")},
    },
    {"NAME": f"{_rules}.LengthRule", "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH}},
    {"NAME": f"{_rules}.CommonRule"},
    {"NAME": f"{_rules}.KindsRule", "OPTIONS": {"kinds": PASSWORD_KINDS}},
    {"NAME": f"{_rules}.HistoryRule", "OPTIONS": {"keep": PASSWORD_HISTORY}},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "reports:home"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# Roles that must have a second factor; "sealed": whoever has a post in a discipline body, or holds a sealed case by
# name. Production names them.
TWO_FACTOR_ROLES: list[str] = []
# Shown once, of what this login has just registered: read before a second factor is taken up.
RECEIPT_VIEWS = frozenset({"petitions:register_receipt"})
# A login ends this long after its person's last act, and this long after it began.
SESSION_IDLE_MINUTES = env.integer("SESSION_IDLE_MINUTES", 30, least=1)
SESSION_ABSOLUTE_HOURS = env.integer("SESSION_ABSOLUTE_HOURS", 12, least=1)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_HOURS * 60 * 60
# Addresses that pages ask by themselves, again and again: they keep no login alive.
BACKGROUND_VIEWS = frozenset({"reports:job"})
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads the cookie

# One name from one address is locked out for a while; colleagues behind the same address are not. The slower limits
# of one name from many addresses, and of one address with many names, are explained in accounts/backends.py.
LOGIN_NAME_BUDGET = env.integer("LOGIN_NAME_BUDGET", 30, least=5)
LOGIN_NAME_HOURS = 24
LOGIN_ADDRESS_BUDGET = env.integer("LOGIN_ADDRESS_BUDGET", 60, least=10)
LOGIN_FAMILIAR_DAYS = 30
LOGIN_TRIES_DAYS = 7  # so long the tables of django-axes keep them; longer than any of these limits
BROWSER_COOKIE_NAME = "browser"  # accounts/known_browsers.py
AXES_USERNAME_CALLABLE = "accounts.known_browsers.name_counted"
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password", "ip_address"]
AXES_CLIENT_IP_CALLABLE = (
    "accounts.backends.axes_address"  # ClientAddressMiddleware has put the right one there
)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0)

# Keys of the personal data at rest (core/sealing): version:secret, parted by blanks or line ends.
DATA_KEYS = env.text_or_file("DATA_KEYS")

# Files: static ones are public, uploaded ones are served by views alone.
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.vendor.VendorFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.StaticStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Whole request, form fields without files, number of fields and of files.
MAX_BODY_BYTES = 50_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# What a page may load: our own files and nothing else, no inline script or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
NOTICE_BELL_TEMPLATE = "notifications/_bell.html"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# E-mail
SITE_URL = env.text("SITE_URL", "")  # https://host, put before the links of e-mails
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "noreply@localhost")
EMAIL_TIMEOUT = 10
# Messages a minute that leave by each way; 0: as many as there are.
OUTBOX_PER_MINUTE = {
    "email": env.integer("EMAIL_PER_MINUTE", 0, least=0),
    "sms": env.integer("SMS_PER_MINUTE", 60, least=0),
    "wecom": env.integer("WECOM_PER_MINUTE", 20, least=0),
    "dingtalk": env.integer("DINGTALK_PER_MINUTE", 20, least=0),
    "feishu": env.integer("FEISHU_PER_MINUTE", 60, least=0),
}
# Ways besides e-mail (notifications/services/ways.py): addresses of apprise, each a secret; hosts of gateways.
MESSAGE_URLS = {
    name: env.text_or_file(f"{name.upper()}_URL") for name in ("sms", "wecom", "dingtalk", "feishu")
}
MESSAGE_HOSTS = env.words("MESSAGE_HOSTS")
# What was to be told so many hours ago and could not be is sent to each person as one message.
OUTBOX_OLD_HOURS = env.integer("OUTBOX_OLD_HOURS", 24, least=1)

# Logs go to standard output in plain words: ids and paths, never names, numbers or texts of people.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"first_line": {"()": "config.scrubbing.FirstLineOfDatabaseErrors"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["first_line"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "axes": {"level": "ERROR"},  # its warnings carry names of accounts
        "apprise": {"level": "CRITICAL"},  # what it says names hosts, and addresses are secrets
        "urllib3": {"level": "CRITICAL"},
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}
DISTRICT_CODE = env.text("DISTRICT_CODE", "339999")
# Whether units may choose 简易办理 on acceptance (《信访事项简易办理办法（试行）》); running cases go on as they are.
SIMPLIFIED_PROCEDURE = env.flag("SIMPLIFIED_PROCEDURE", True)
# 1: the petition office says what a case is before it sends it on, or in the same step. 0: where it has not, the unit
# that accepts the case does (条例 31: 有权处理的机关、单位区分情况).
CLASSIFY_BEFORE_FORWARDING = env.flag("CLASSIFY_BEFORE_FORWARDING", True)
# Full names of units beside courts and procuratorates to which 涉法涉诉 matters go: 政法委, police, justice bureau.
LEGAL_UNITS = frozenset(env.words("LEGAL_UNITS"))
VISIT_OFFER_HOURS = env.integer(
    "VISIT_OFFER_HOURS", 48, least=1
)  # a place is kept so long after a day is called off
VISIT_BOOKING_DAYS = env.integer(
    "VISIT_BOOKING_DAYS", 180, least=1
)  # who booked without a case is kept so long
PACKAGE_WATCH_DAYS = env.integer("PACKAGE_WATCH_DAYS", 180, least=1)  # a struck-off matter is watched so long
PACKAGE_AGAIN_DAYS = env.integer("PACKAGE_AGAIN_DAYS", 30, least=1)  # target of a package that was reopened
RECEPTION_PHRASES = env.words(
    "RECEPTION_PHRASES"
)  # usual sentences of a reception's record, divided by commas
INSTRUCTION_DAYS = env.integer("INSTRUCTION_DAYS", 7, least=1)  # default time for an instruction, in days

EXPORT_KEPT_DAYS = env.integer("EXPORT_KEPT_DAYS", 7, least=1)  # a made file waits so long for its taker
# A list that names people holds so many cases at the most: more than anybody telephones, less than a register.
EXPORT_PEOPLE_MOST = env.integer("EXPORT_PEOPLE_MOST", 2000, least=1)

# Time to carry out what an answer supported (条例 32), in days, until the head of the unit sets the date.
EXECUTION_DAYS = env.integer("EXECUTION_DAYS", 30, least=1)
# Days after the service of a 复查 or 复核 within which the petitioner may rate the body that decided it (条例 21 names
# none). The answer itself is rated within the petitioner's window, which is a row of the rules of deadlines.
EVALUATION_DAYS = {
    "review": env.integer("EVALUATION_DAYS_REVIEW", 30, least=1),
    "final": env.integer("EVALUATION_DAYS_FINAL", 30, least=1),
}
# Days after the last day of an answer that is given anew (责令重新办理) until which it is reported to its sender.
# Running clocks that a change moves in its own request; of more a task takes care, in batches.
MOVE_AT_ONCE = env.integer("MOVE_AT_ONCE", 5000, least=1)
REPORT_DAYS_AFTER_ANSWER = env.integer("REPORT_DAYS_AFTER_ANSWER", 5, least=1)
# From so many people in one visit on it is a 集体访 (条例 20 names only the five who may represent them).
MASS_VISIT_HEADS = env.integer("MASS_VISIT_HEADS", 5, least=2)
# Days after a first case was closed within which the same matter coming back says that it was not settled (初次化解率;
# no rule names them). Months whose days still run are marked 暂定.
FIRST_RESOLVED_DAYS = env.integer("FIRST_RESOLVED_DAYS", 60, least=1)
# Formulas published elsewhere (参评满意率 takes silence for content, 按期答复率 is of what was answered), beside ours.
REPORT_VARIANTS = env.flag("REPORT_VARIANTS", False)
# Days before the case's own day by which a co-unit contributes where nobody sets another one.
CO_DAYS_BEFORE = env.integer("CO_DAYS_BEFORE", 10, least=1)
#: Days between telling the petitioner of a hearing and its day. The 条例 is silent; by analogy with 行政许可法 48 and
#: 行政处罚法 64, seven.
HEARING_NOTICE_DAYS = env.integer("HEARING_NOTICE_DAYS", 7, least=1)
#: Days between announcing a talk among many (恳谈) and its day; no law says how many.
TALK_NOTICE_DAYS = env.integer("TALK_NOTICE_DAYS", 3, least=0)

# What residents are told on the first page about coming in person; empty ones are left out.
# 复查复核 (条例 35, 36; the map of bodies is local): whether a government's petition office prepares and serves for it,
# and the name of the body above the district that decides on 复核 where it is no unit of this system.
REVIEW_BY_PETITION_OFFICE = env.flag("REVIEW_BY_PETITION_OFFICE", True)
FINAL_REVIEW_BODY = env.text("FINAL_REVIEW_BODY", "")
#: Days a unit has to answer a 督办 where nobody sets a date.
SUPERVISION_DAYS = env.integer("SUPERVISION_DAYS", 7, least=1)
#: How many days before a case's date it stands on the list of those to be called about.
CALL_BEFORE_DAYS = env.integer("CALL_BEFORE_DAYS", 3, least=1)
#: The turns of a day's duty: name, from, to (Asia/Shanghai); one that ends at or before its start ends the next day.
DUTY_TURNS = [("白班", "08:30", "17:30"), ("夜班", "17:30", "08:30")]
#: Nodes of a 挂牌督办, each with its share of the time in percent; planned back from the last day.
SUPERVISION_MILESTONES = [("查清情况", 25), ("拿出方案", 50), ("落实整改", 85), ("验收办结", 100)]
RECEPTION_HOURS = env.text("RECEPTION_HOURS", "工作日 8:30–12:00，14:00–17:30")
RECEPTION_PLACE = env.text("RECEPTION_PLACE", "")
RECEPTION_PHONE = env.text("RECEPTION_PHONE", "")
# Below MAX_BODY_BYTES, so that the form says what is too much before the whole request is refused.
UPLOAD_MAX_TOTAL_BYTES = 45 * 1024 * 1024
# Filings and queries in an hour from one address that meet nothing; above it, core/challenge.py.
FILING_FREE = env.integer("FILING_FREE", 20, least=10)
QUERY_FREE = env.integer("QUERY_FREE", 60, least=30)
BOOKING_FREE = env.integer("BOOKING_FREE", 20, least=10)
# Every uploaded file is shown to this ClamAV first: tcp://host:port or unix:///path. Empty: none is.
CLAMAV_URL = env.scanner_url("CLAMAV_URL")
# From this hour in China the brief of a working day is drafted.
BRIEF_HOUR = env.integer("BRIEF_HOUR", 7, least=0)
# On which days of the week (1 is Monday) the bulletin is drafted, and by what units are warned before they stand in it:
# open cases past their date; a share in percent of the dates of 30 days, of so many at least; days of notice before.
BULLETIN_WEEKDAYS = env.integers("BULLETIN_WEEKDAYS", "2,5", least=1)
WARN_OVERDUE = env.integer("WARN_OVERDUE", 3, least=1)
WARN_LATE_PERCENT = env.integer("WARN_LATE_PERCENT", 20, least=1)
WARN_LEAST = env.integer("WARN_LEAST", 5, least=1)
WARN_NOTICE_DAYS = env.integer("WARN_NOTICE_DAYS", 2, least=0)
# How many days back texts are compared to find hot matters.
MATTER_WINDOW_DAYS = env.integer("MATTER_WINDOW_DAYS", 90, least=7)
# Hours in China between which a mediation begins and ends; outside them a booking asks whether it is meant.
MEDIATION_EARLIEST_HOUR = env.integer("MEDIATION_EARLIEST_HOUR", 7, least=0)
MEDIATION_LATEST_HOUR = env.integer("MEDIATION_LATEST_HOUR", 21, least=1)
# How many days after it was settled the people and the words of a dispute without a petition are emptied.
DISPUTE_KEPT_DAYS = env.integer("DISPUTE_KEPT_DAYS", 1826, least=30)
# Days after an agreement took effect on which the people of it are asked how it goes (回访), separated by commas.
MEDIATION_VISIT_DAYS = env.integers("MEDIATION_VISIT_DAYS", "7,30,90", least=1)
# The largest recording of a mediation that is kept here, and how long; then its file is deleted.
MEDIATION_RECORDING_BYTES = env.integer("MEDIATION_RECORDING_MB", 500, least=1) * 1024 * 1024
MEDIATION_RECORDING_DAYS = env.integer("MEDIATION_RECORDING_DAYS", 730, least=1)
# The one address that takes more than MAX_BODY_BYTES, from a mediator who is logged in (config/middleware.py).
LARGE_BODY_VIEW = "mediation:recording_keep"
# Hosts of the district's own meeting service; without one no online session can be linked. The link is shown from so
# many minutes before the session.
MEDIATION_MEETING_HOSTS = env.words("MEDIATION_MEETING_HOSTS")
MEDIATION_LINK_MINUTES = env.integer("MEDIATION_LINK_MINUTES", 30, least=1)
# One person's looks at masked fields and sealed cases before the security administrators are told; none is refused.
LOOKS_PER_HOUR = env.integer("LOOKS_PER_HOUR", 20, least=1)
LOOKS_PER_DAY = env.integer("LOOKS_PER_DAY", 60, least=1)
# How long closed cases keep their people: permanent, thirty or ten (years). The archive authority approves the table.
ARCHIVE_INSTRUCTED = env.text("ARCHIVE_INSTRUCTED", "permanent")  # a leader's instruction, and a result
ARCHIVE_WITH_RESULT = env.text("ARCHIVE_WITH_RESULT", "thirty")
ARCHIVE_WITHOUT_RESULT = env.text("ARCHIVE_WITHOUT_RESULT", "ten")
# A folder with the district's licensed typefaces (仿宋_GB2312, 小标宋, 楷体_GB2312, 黑体); docs/documents.md.
PAPER_FONT_DIR = env.text("PAPER_FONT_DIR", "")
# Those installed on the server are used too.
PAPER_SYSTEM_FONTS = env.flag("PAPER_SYSTEM_FONTS", default=True)
FILTERS_EMPTY_CHOICE_LABEL = "全部"
