"""PostgreSQL refuses to run as root: the user it runs as there, and places which that user can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from deploy.home import NotStarted

USERS = ("postgres", "nobody", "daemon")
OUTSIDE = Path("/var/lib/claimlog")
"""Root's own, readable by all: for what lies where the server's user cannot get to, such as /root."""


def is_root() -> bool:
    """Whether privileges have to be dropped."""
    return os.geteuid() == 0


def user_for(data: Path) -> pwd.struct_passwd | None:
    """Who runs the server: ourselves (None), the owner of data that is there, or an unprivileged user."""
    if not is_root():
        return None
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NotStarted(
        "PostgreSQL does not run as root. Make a user for it with: "
        "useradd --system --no-create-home postgres"
    )


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments for subprocess that drop every privilege of root, its groups too."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def reaches(user: pwd.struct_passwd | None, path: Path, how: str = "-x") -> bool:
    """Whether that user may enter or run (`-x`) or read (`-r`) it."""
    if user is None:
        return True
    return subprocess.call(["test", how, str(path)], cwd="/", **as_user(user)) == 0


def outside() -> Path:
    """`OUTSIDE`, made; refused when somebody else could have put programs there."""
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)
    if OUTSIDE.stat().st_uid != os.geteuid():
        raise NotStarted(f"{OUTSIDE} belongs to another user: remove it")
    return OUTSIDE


def leave_outside() -> None:
    """Remove `OUTSIDE` when nothing is in it any more."""
    try:
        OUTSIDE.rmdir()
    except OSError:
        pass


def folder_outside(root: Path) -> Path:
    """The folder of one home there."""
    return outside() / f"postgres-{sha256(str(root).encode()).hexdigest()[:16]}"


def reachable_programs(user: pwd.struct_passwd | None, bin_folder: Path, version: str) -> Path:
    """The programs where that user can run them: copied once when it cannot get there."""
    if user is None or _runs(user, bin_folder):
        return bin_folder
    copied = outside() / f"programs-{version}"
    within = bin_folder.relative_to(bin_folder.parents[2])
    if not copied.exists():
        draft = Path(tempfile.mkdtemp(dir=outside()))
        _copy(bin_folder.parents[1], within.parts[1], draft)
        try:
            draft.rename(copied)
        except OSError:  # Another start was quicker.
            shutil.rmtree(draft, ignore_errors=True)
    return copied / within


@lru_cache
def _runs(user: pwd.struct_passwd, bin_folder: Path) -> bool:
    catalog = next(bin_folder.parent.rglob("postgres.bki"), bin_folder)
    try:
        subprocess.run(
            [str(bin_folder / "postgres"), "--version"],
            capture_output=True,
            check=True,
            cwd="/",
            **as_user(user),
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return reaches(user, catalog, "-r")


def _copy(package: Path, inner: str, target: Path) -> None:
    """The programs and, beside their package as the wheel has them, their shared libraries."""
    shutil.copytree(package / inner, target / package.name / inner, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(path.stat().st_mode | (0o755 if runs else 0o444))
