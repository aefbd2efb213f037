"""The compose file names every service, and Docker accepts it where Docker is."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.provision import SERVICES

ROOT = Path(__file__).parents[2]


def test_compose_starts_every_service_and_three_brokers() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(SERVICES) <= services.keys()
    assert {"kafka-1", "kafka-2", "kafka-3", "postgres", "provision"} <= services.keys()
    assert all(services[name]["command"] == [name] for name in SERVICES)


def test_docker_accepts_the_compose_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run(
        [docker, "compose", "version"], check=False, capture_output=True
    ).returncode:
        pytest.skip("docker compose is not installed here")
    subprocess.run([docker, "compose", "config", "-q"], cwd=ROOT, check=True)
