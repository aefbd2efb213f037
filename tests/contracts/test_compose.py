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
    if (
        docker is None
        or subprocess.run(
            [docker, "compose", "version"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("docker compose is not installed here")
    subprocess.run([docker, "compose", "config", "-q"], cwd=ROOT, check=True)


def test_what_a_broker_keeps_outlives_its_container() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for broker in ("kafka-1", "kafka-2", "kafka-3"):
        at = compose["services"][broker]["environment"]["KAFKA_LOG_DIRS"]
        assert compose["services"][broker]["volumes"] == [f"{broker}:{at}"]
        assert broker in compose["volumes"]


def test_compose_is_told_whether_a_service_does_its_work() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert all("/readyz" in services[name]["healthcheck"]["test"][-1] for name in SERVICES)
    assert all(
        services[name]["healthcheck"] == {"disable": True} for name in ("provision", "world")
    )


def test_a_database_that_is_being_made_is_not_taken_for_one_that_is_there() -> None:
    check = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["postgres"][
        "healthcheck"
    ]
    assert "-h 127.0.0.1" in check["test"][-1]
