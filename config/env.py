"""Typed readers of the environment. Each fails with one clear sentence that names the variable."""

import fcntl
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

NO_SERVER = "No {what} is known here: start `make run` first or set {name}."


def text(name: str, default: str | None = None) -> str:
    """The variable's text; an unset or empty one without a default is refused."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def text_or_file(name: str) -> str:
    """The variable's text, else what stands in the file that ``NAME_FILE`` names; empty when neither is set."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from None
    return ""


def flag(name: str, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int, *, least: int | None = None) -> int:
    """A whole number, at least ``least``."""
    value = os.environ.get(name) or str(default)
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if least is not None and number < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {number}.")
    return number


def integers(name: str, default: str, *, least: int) -> list[int]:
    """Whole numbers parted by commas, each at least ``least``, in rising order."""
    try:
        found = sorted({int(word) for word in words(name, default)})
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be whole numbers parted by commas.") from None
    if found and found[0] < least:
        raise ImproperlyConfigured(f"{name} must be at least {least} each, not {found[0]}.")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A list parted by commas; blanks and empty words are dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def server_url(name: str, var_dir: Path) -> str:
    """The address of a server: the variable, else what a running ``make run`` wrote into ``var/run.env``."""
    value = os.environ.get(name) or running_servers(var_dir).get(name)
    if not value:
        what = "database" if name == "DATABASE_URL" else "broker"
        raise ImproperlyConfigured(NO_SERVER.format(what=what, name=name))
    return value


def running_servers(var_dir: Path) -> dict[str, str]:
    """Addresses that the supervisor of this folder wrote, or nothing when none is running.

    The supervisor holds ``var/run.lock`` while it lives: what a killed one left behind is not believed.
    """
    run_file, lock_file = var_dir / "run.env", var_dir / "run.lock"
    try:
        with lock_file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return {}  # nobody holds the lock: whoever wrote the file is gone
    except BlockingIOError:
        pass
    except OSError:
        return {}
    try:
        lines = run_file.read_text().splitlines()
    except FileNotFoundError:
        return {}  # still starting
    except PermissionError:
        raise ImproperlyConfigured(
            f"{run_file} belongs to another account: run this as the one that started `make run`."
        ) from None
    return dict(line.split("=", 1) for line in lines if "=" in line)


def kept_secret(path: Path, size: int = 50) -> str:
    """A random key of ``size`` bytes, made once and kept in a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(size))
    return path.read_text().strip()


def scanner_url(name: str) -> str:
    """``tcp://host:port`` or ``unix:///path`` of a scanner; empty when the variable is unset or empty."""
    value = os.environ.get(name, "")
    parts = urlsplit(value)
    good = (parts.scheme == "tcp" and parts.hostname) or (parts.scheme == "unix" and len(parts.path) > 1)
    if value and not good:
        raise ImproperlyConfigured(f"{name} must be tcp://host:port or unix:///path, not {value!r}.")
    return value


def database(url: str) -> dict[str, object]:
    """Django's settings for ``postgresql://user:password@host:port/name?host=/socket/folder``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgresql:// (PostgreSQL is the one engine)."
        )
    query = parse_qs(parts.query)
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL must name a database after the last slash.")
    try:
        port = str(parts.port or query.get("port", [""])[0])
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number from 1 to 65535.") from None
    options = {key: values[0] for key, values in query.items() if key.startswith("ssl")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": port,
        "OPTIONS": {"connect_timeout": 5} | options,
    }
