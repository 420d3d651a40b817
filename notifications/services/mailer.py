"""The mail server: one connection for a round, opened anew after an error."""

from __future__ import annotations

import contextlib
import smtplib
from types import TracebackType
from typing import Any

from django.core.mail import EmailMessage, get_connection

#: Said by a server that closes the connection (RFC 5321 3.8), as many do after some number of messages.
CLOSING = 421


class Mailer:
    """``with Mailer() as mailer``; nothing is opened before the first message."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, mail: EmailMessage) -> None:
        """Raises what the backend raises. A server that had enough of a connection used before is asked once more."""
        used = self._connection is not None
        try:
            self._send(mail)
        except smtplib.SMTPException as error:
            if not (used and _is_closed(error)):
                raise
            self._send(mail)

    def _send(self, mail: EmailMessage) -> None:
        if self._connection is None:
            self._connection = get_connection()
        mail.connection = self._connection
        try:
            self._connection.open()
            mail.send()
        except Exception:
            self._close()
            raise

    def _close(self) -> None:
        """A server that does not answer is not waited for to say good-bye: its socket's time limit holds."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()


def of_server(error: Exception) -> bool:
    """Whether it speaks of the server, and so of every message, rather than of this one."""
    if isinstance(error, smtplib.SMTPException):
        kinds = (
            smtplib.SMTPServerDisconnected,
            smtplib.SMTPConnectError,
            smtplib.SMTPHeloError,
            smtplib.SMTPAuthenticationError,
        )
        return isinstance(error, kinds) or _is_closed(error)
    return isinstance(error, OSError)


def is_for_good(error: Exception) -> bool:
    """A server's 5xx about this message or its box, or a message that cannot be written, fails however often it is
    tried (RFC 5321 4.2.1); a wrong password of our own is mended by somebody, and waits."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def _is_closed(error: smtplib.SMTPException) -> bool:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == CLOSING
    return isinstance(error, smtplib.SMTPServerDisconnected)
