"""Alerts ask for metrics that a service prints, of services where compose has them; each tells whoever is on call what to do."""

import re
from pathlib import Path
from typing import Any

import yaml

from cli.main import COMMANDS
from deploy.provision import SERVICES
from shared.telemetry import Board

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
PAGE = (ROOT / "docs" / "operating.md").read_text()


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def test_every_metric_of_an_alert_is_printed_by_a_service() -> None:
    printed = set(
        re.findall(r"^(claimlog_\w+)\{", Board("posting", "0").text().decode(), re.MULTILINE)
    )
    asked = {name for rule in alerts() for name in re.findall(r"claimlog_\w+", rule["expr"])}
    assert asked and asked <= printed


def test_an_alert_asks_for_no_other_metrics() -> None:
    known = r"claimlog_\w+|up|job|max|by|service|and|rate|deriv|[0-9]+m?"
    for rule in alerts():
        words = re.findall(r"[a-z_0-9]+", re.sub(r'"[^"]*"', "", rule["expr"]))
        assert [word for word in words if not re.fullmatch(known, word)] == []


def test_an_alert_names_the_service_and_how_much_it_matters() -> None:
    for rule in alerts():
        assert "$labels.service" in rule["annotations"]["summary"], rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_service_of_the_compose_file_is_scraped_where_it_listens() -> None:
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    (where,) = job["static_configs"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    inside = {name: compose[name]["ports"][0].partition(":")[2] for name in SERVICES}
    assert where["targets"] == [f"{name}:{port}" for name, port in inside.items()]
    assert [compose[name]["ports"] for name in SERVICES] == [[f"{8001 + n}:8000"] for n in range(9)]


def test_every_alert_has_its_section_and_every_section_its_alert() -> None:
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == [rule["alert"] for rule in alerts()]


def test_every_command_on_the_page_exists() -> None:
    named = set(re.findall(r"`claimlog ([\w-]+)", PAGE))
    assert {"status", "up", "audit", "parked", "held"} <= named <= COMMANDS.keys()
