"""PostgreSQL refuses to run as root: the user it runs as there, and places which that user can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
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


def folder_outside(root: Path) -> Path:
    """The folder of one home there."""
    return outside() / f"postgres-{sha256(str(root).encode()).hexdigest()[:16]}"


def reachable_programs(user: pwd.struct_passwd | None, bin_folder: Path, version: str) -> Path:
    """The programs where that user can read them: copied once when it cannot get there."""
    catalog = next(bin_folder.parent.rglob("postgres.bki"), bin_folder)
    if reaches(user, bin_folder / "postgres") and reaches(user, catalog, "-r"):
        return bin_folder
    copied = outside() / f"programs-{version}"
    if not copied.exists():
        draft = Path(tempfile.mkdtemp(dir=outside()))
        shutil.copytree(bin_folder.parent, draft, symlinks=True, dirs_exist_ok=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        for program in (draft / "bin").iterdir():
            program.chmod(0o755)
        try:
            draft.rename(copied)
        except OSError:  # Another start was quicker.
            shutil.rmtree(draft, ignore_errors=True)
    return copied / "bin"
