"""The trial on one machine: embedded servers, demo county, debug off."""

from config.settings.base import *  # noqa: F403

SECRET_KEY = "trial-only-not-secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
