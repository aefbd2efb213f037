#!/bin/sh
# Names the Python to make the environment from. Distributions build theirs with profile-guided optimization; one that
# was compiled without (pyenv's default) needs a third more time for the same work, so the system's own goes before it.
good() { "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
optimized() { "$1" -c 'import sys, sysconfig; sys.exit("--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""))' >/dev/null 2>&1; }
system=/usr/bin/python3
if optimized python3 || ! good "$system"; then echo python3; else echo "$system"; fi
