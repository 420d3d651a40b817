"""Child processes: started in sessions of their own, watched, and stopped with patience."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    """A server cannot be started or used; the sentence says why and what to do."""


@dataclass
class Server:
    """A running server, ours to stop."""

    name: str
    process: psutil.Process
    url: str
    stop_signal: signal.Signals
    deaf_at_start: bool = False  # loses a signal that comes while it starts, so it is asked again
    asked: bool = False

    def alive(self) -> bool:
        return is_alive(self.process)

    def ask_to_stop(self) -> None:
        """Send the signal, once, and do not wait: a second one would mean "at once" to some."""
        if not self.asked:
            self.asked = True
            with contextlib.suppress(psutil.NoSuchProcess):
                self.process.send_signal(self.stop_signal)

    def stop(self, patience: float = 20) -> None:
        """Ask, wait, and only then force; then clear away what a forced end left of its session."""
        self.ask_to_stop()
        if self.deaf_at_start and not self._gone_within(2):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.process.send_signal(self.stop_signal)
        if not self._gone_within(patience):
            with contextlib.suppress(psutil.NoSuchProcess):
                self.process.kill()
            self._gone_within(5)
        if isinstance(self.process, psutil.Popen):  # ours from the start, so the session is ours too
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _gone_within(self, seconds: float) -> bool:
        """Whether it ended in that time. A zombie nobody reaps has ended too: it holds no file and no port."""
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() >= end:
                return False
            time.sleep(0.02)
        if isinstance(self.process, psutil.Popen):
            self.process.wait()
        return True


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def dies_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """For a child's start: the kernel sends it ``sign`` when its parent is gone, by SIGKILL even (Linux)."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if library is not None:
            library.prctl(PR_SET_PDEATHSIG, int(sign))

    return ask


def spawn(command: Sequence[str], *, log: Path, sign: signal.Signals, **extra: object) -> psutil.Popen:
    """Start a child in a session of its own (Ctrl-C reaches only us), its output appended to ``log``.

    ``sign`` is what it gets when we are gone.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return psutil.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(sign),
            **extra,
        )


def tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
