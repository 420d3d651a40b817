"""Production. Refuses to start with anything a trial may have and a county's own server may not."""

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *
from config.settings.base import DATA_KEYS, TRIAL_SPEED

DEBUG = False
IS_TRIAL = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

if env.flag("DEBUG"):
    raise ImproperlyConfigured(
        "DEBUG must be off in production: it shows settings and personal data to anyone."
    )
if (
    len(SECRET_KEY) < 50
    or len(set(SECRET_KEY)) < 10
    or SECRET_KEY.startswith(("test-", "trial-", "django-insecure-"))
):
    raise ImproperlyConfigured(
        "SECRET_KEY must be 50 or more random characters of your own, not a default: make one with "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))'."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the addresses of this site, parted by commas, and not be *."
    )
if TRIAL_SPEED != 1:
    raise ImproperlyConfigured("TRIAL_SPEED must be 1 in production: legal deadlines run in real time.")

if not DATA_KEYS:
    raise ImproperlyConfigured(
        "Set DATA_KEYS or DATA_KEYS_FILE: the keys of the personal data. Make one with "
        "python -c 'import secrets; print(\"1:\" + secrets.token_urlsafe(32))' and keep a copy in a safe."
    )

# The one switch for a network without TLS; everything that depends on TLS follows it.
HTTPS = env.flag("HTTPS", default=True)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # Names that a browser takes only over TLS, for this very host: no neighbour can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    BROWSER_COOKIE_NAME = "__Host-browser"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = False
# W021 asks for the preload list of browsers: the owner of the whole domain decides that, and it cannot be taken back.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if env.integer("TRUSTED_PROXIES", 0, least=0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PASSWORD_MAX_DAYS = env.integer("PASSWORD_MAX_DAYS", 90, least=0)
TWO_FACTOR_ROLES = env.words(
    "TWO_FACTOR_ROLES",
    "system_admin,security_admin,auditor,leader,petition_officer,inspector,statistician,sealed",
)

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
