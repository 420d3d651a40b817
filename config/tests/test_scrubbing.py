"""A database error in the log is its first line: what PostgreSQL adds holds the row."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from petitions.models import Petition

BODY = (
    "柳湾河边的夜市\n\nThe above exception was the direct cause of the following exception:\n\n每天营业到凌晨"
)


@pytest.fixture
def written():
    """What the settings' own handler writes, and a logger that writes through it."""
    config = settings.LOGGING
    made = logging.config.DictConfigurator(config)
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    handler.setFormatter(made.configure_formatter(dict(config["formatters"]["plain"])))
    for name in config["handlers"]["console"]["filters"]:
        handler.addFilter(made.configure_filter(dict(config["filters"][name])))
    log = logging.Logger("somewhere")
    log.addHandler(handler)
    return log, shown


@pytest.fixture
def refused(make_case):
    """The error of a row that the database does not take."""
    case = make_case()
    with pytest.raises(IntegrityError) as found, transaction.atomic():
        Petition.objects.filter(pk=case.pk).update(body=BODY, head_count=-1)
    assert "Failing row" in str(found.value) and "柳湾" in str(found.value)
    return found.value


@pytest.mark.django_db
def test_a_row_that_failed_is_not_written_to_the_log(written, refused):
    log, shown = written
    try:
        raise RuntimeError("a step broke") from refused
    except RuntimeError:
        log.exception("not saved")
    log.error("told: %s", refused)
    log.error("told: %r", refused)
    log.error("task failed", exc_info=refused)
    text = shown.getvalue()
    for word in ("柳湾", "夜市", "每天营业", "Failing row", "DETAIL"):
        assert word not in text
    for word in ("not saved", "a step broke", "violates check constraint", "Traceback", "task failed"):
        assert word in text


def test_everything_else_is_written_as_it_is(written):
    log, shown = written
    try:
        raise ValueError("first\nsecond: 2")
    except ValueError:
        log.exception("%s of %d", "three", 4)
    assert "three of 4" in shown.getvalue() and "ValueError: first\nsecond: 2" in shown.getvalue()
