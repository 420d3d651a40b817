"""The trial on one machine: embedded servers, demo county, DEBUG off."""

from config import env
from config.settings.base import *
from config.settings.base import DATA_KEYS, VAR_DIR

DEBUG = False
SECRET_KEY = env.kept_secret(VAR_DIR / "secret_key")
DATA_KEYS = DATA_KEYS or f"1:{env.kept_secret(VAR_DIR / 'data_key', size=32)}"
IS_TRIAL = True
TRIAL_PASSWORD = env.text("TRIAL_PASSWORD", "qingjiang-2026")  # of every demo account, shown at the login
FINAL_REVIEW_BODY = env.text(
    "FINAL_REVIEW_BODY", "江州市人民政府"
)  # above the county; as fictional as the county
# Answers to this machine's own names; whoever opens the trial to others (HOST=0.0.0.0) says so.
_host = env.text("HOST", "127.0.0.1")
_default_hosts = "localhost,127.0.0.1,[::1]" if _host in {"127.0.0.1", "localhost", "::1"} else "*"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _default_hosts)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
