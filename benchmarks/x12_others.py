"""Other libraries on the same files, each installed into a folder that is thrown away; what cannot be had is left out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

_LINUXFORHEALTH = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from linuxforhealth.x12.io import X12ModelReader, X12SegmentReader
name, path = sys.argv[1:3]
text = open(path).read()
started = time.process_time()
with (X12SegmentReader if name == "segments" else X12ModelReader)(text) as reader:
    things = sum(1 for _ in (reader.segments() if name == "segments" else reader.models()))
seconds = time.process_time() - started
rss = round(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024, 1)
print(json.dumps({"cpu_seconds": seconds, "things": things, "segments": text.count("~"), "rss_mb": rss}))
"""
_NODE = """
const { X12Parser } = require('node-x12'); const fs = require('fs');
const started = process.cpuUsage(); let things = 0;
const stream = fs.createReadStream(process.argv[2]).pipe(new X12Parser());
stream.on('data', () => { things += 1; });
stream.on('end', () => {
  const used = process.cpuUsage(started);
  console.log(JSON.stringify({ cpu_seconds: (used.user + used.system) / 1e6, things, segments: things,
    rss_mb: Math.round(/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1] / 1024) }));
});
"""


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1][:200])
    return done.stdout


def linuxforhealth(folder: Path, files: dict[str, Path]) -> dict[str, Any]:
    """linuxforhealth-x12: its segment reader and its models; it needs an older pydantic than ours."""
    python = folder / "linuxforhealth" / "bin" / "python"
    _run(sys.executable, "-m", "venv", str(folder / "linuxforhealth"))
    _run(str(python), "-m", "pip", "install", "-q", "linuxforhealth-x12", "pydantic<2")
    script = folder / "read_with_linuxforhealth.py"
    script.write_text(_LINUXFORHEALTH)
    found = {}
    for label, kind, name in (
        ("linuxforhealth-x12 segments, 837P", "segments", "837P 1x"),
        ("linuxforhealth-x12 models, 837P", "models", "837P small"),
        ("linuxforhealth-x12 models, 835", "models", "835 small"),
    ):
        try:
            found[label] = json.loads(_run(str(python), str(script), kind, str(files[name])))
        except (RuntimeError, json.JSONDecodeError, subprocess.TimeoutExpired) as why:
            found[label] = {"left_out": str(why)}
    return found


def node_x12(folder: Path, files: dict[str, Path]) -> dict[str, Any]:
    """node-x12's stream of segments."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise RuntimeError("there is no node here")
    home = folder / "node"
    home.mkdir()
    _run("npm", "install", "--no-audit", "--no-fund", "--prefix", str(home), "node-x12")
    script = home / "read.js"
    script.write_text(_NODE)
    return {
        "node-x12 stream, 837P": json.loads(
            _run("node", str(script), str(files["837P 1x"]), cwd=home)
        )
    }


def others(folder: Path, files: dict[str, Path]) -> dict[str, Any]:
    """Figures by label; where something cannot be had, why."""
    found: dict[str, Any] = {}
    for label, measure in (("linuxforhealth-x12", linuxforhealth), ("node-x12", node_x12)):
        try:
            found |= measure(folder, files)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as why:
            found[label] = {"left_out": str(why)}
    return found
