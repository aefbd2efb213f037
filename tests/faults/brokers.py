"""Three brokers of one cluster, each broker and controller in one process, as docker-compose.yml has them."""

import base64
import signal
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from deploy.embedded import kafka
from deploy.embedded.kafka import EmbeddedKafka, fetch_jars, need_java
from deploy.home import Home, NotStarted, kept_ports, tail, until
from deploy.pids import end, kill
from deploy.processes import ROOT
from deploy.stack import Told, _quiet
from shared.settings import Settings
from tests.faults.processes import LabStack

NODES = (1, 2, 3)
HEAP = ("-Xms128m", "-Xmx320m")
LAG_MS = 4_000
"""A follower that does not answer for so long is no longer in sync."""

MORE = """\
default.replication.factor=3
min.insync.replicas=2
replica.lag.time.max.ms={lag}
controller.quorum.election.timeout.ms=1000
controller.quorum.fetch.timeout.ms=2000
unclean.leader.election.enable=false
"""


class ThreeBrokers(EmbeddedKafka):
    """Started, stopped and killed one by one or together; `bootstrap` names all of them, running or not."""

    def __init__(self, home: Home) -> None:
        super().__init__(home)
        self.nodes = {n: Home.at(home.root / f"broker-{n}", home.cache) for n in NODES}

    @property
    def bootstrap(self) -> str:
        """All of them, with commas; "" when none was started."""
        ports = [self._ports(n)[0] for n in NODES if self._kept(n).exists()]
        return ",".join(f"127.0.0.1:{port}" for port in ports) if self.running() else ""

    def running(self) -> list[int]:
        """The nodes whose processes are alive."""
        return [n for n in NODES if self.home.read_run(f"{self.name}-{n}")]

    def start(self) -> str:
        """All that do not run; until every one of them answers."""
        for n in NODES:
            self._kept(n).parent.mkdir(parents=True, exist_ok=True)
            if not self._kept(n).exists():
                kept_ports(self._kept(n), 2)
        self.start_nodes(NODES)
        return self.bootstrap

    def start_nodes(self, nodes: Sequence[int], seconds: float = 120.0) -> None:
        """These, on their data and ports; until they answer."""
        java, libs = need_java(), fetch_jars(self.home.cache)
        class_path = ":".join(str(jar) for jar in sorted(libs.glob("*.jar")))
        wanted = [n for n in nodes if n not in self.running()]
        for n in wanted:
            self._write(n)
        fresh = [n for n in wanted if not (self._folder(n) / "data" / "meta.properties").exists()]
        self._format_nodes(java, class_path, fresh)
        for n in wanted:
            self._run(n, java, class_path)
        for n in wanted:
            address = f"127.0.0.1:{self._ports(n)[0]}"
            if not until(lambda at=address: self._answers(at), seconds, 0.3):
                raise NotStarted(f"broker {n} does not answer:\n" + tail(self._log(n)))

    def end_node(self, node: int, sign: int = signal.SIGKILL) -> None:
        """End one."""
        facts = self.home.read_run(f"{self.name}-{node}")
        if facts:
            kill(facts) if sign == signal.SIGKILL else end(facts, 20)
        self.home.forget(f"{self.name}-{node}")

    def stop(self) -> None:
        """All of them. The first may not leave in good order once there is no majority: so none is waited for long."""
        for n in self.running():
            self.end_node(n)

    def kill(self) -> None:
        """All of them."""
        self.stop()

    def leaders(self, topic: str) -> dict[int, int | None]:
        """The node that leads each partition; None when there is none, and nothing when nobody can tell now."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
        found = admin.describe_topics(TopicCollection([topic]), request_timeout=10)[topic]
        try:
            described: Any = found.result(15)
        except KafkaException:
            return {}
        return {p.id: p.leader.id if p.leader else None for p in described.partitions}

    # -- inside ------------------------------------------------------------------------------------------

    def _folder(self, node: int) -> Path:
        return self.nodes[node].root / "kafka-data"

    def _kept(self, node: int) -> Path:
        return self._folder(node) / "ports"

    def _ports(self, node: int) -> tuple[int, int]:
        port, controller = map(int, self._kept(node).read_text().split())
        return port, controller

    def _log(self, node: int) -> Path:
        return self.home.log(f"{self.name}-{node}")

    def _write(self, node: int) -> None:
        port, controller = self._ports(node)
        folder = self._folder(node)
        text = kafka._PROPERTIES.format(
            port=port, controller=controller, data=folder / "data"
        ) + MORE.format(lag=LAG_MS)
        others = ",".join(f"127.0.0.1:{self._ports(n)[1]}" for n in NODES)
        for old, new in (
            ("node.id=1\n", f"node.id={node}\n"),
            (f"bootstrap.servers=127.0.0.1:{controller}\n", f"bootstrap.servers={others}\n"),
            ("offsets.topic.replication.factor=1\n", "offsets.topic.replication.factor=3\n"),
        ):
            assert text.count(old) == 1, f"the embedded broker's settings have no {old!r}"
            text = text.replace(old, new)
        (folder / "server.properties").write_text(text)
        (folder / "log4j2.properties").write_text(kafka._LOGGING)

    def _words(self, node: int, java: str, class_path: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self._folder(node) / 'log4j2.properties'}"
        return [
            java,
            *HEAP,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            logging,
            "-cp",
            class_path,
        ]

    def _format_nodes(self, java: str, class_path: str, fresh: Sequence[int]) -> None:
        cluster, *ids = (
            base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=") for _ in range(4)
        )
        voters = ",".join(
            f"{n}@127.0.0.1:{self._ports(n)[1]}:{one}" for n, one in zip(NODES, ids, strict=True)
        )
        for n in fresh:
            words = [*self._words(n, java, class_path), "kafka.tools.StorageTool", "format"]
            words += [f"--cluster-id={cluster}", f"--initial-controllers={voters}"]
            words += ["-c", str(self._folder(n) / "server.properties")]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=90)
            if done.returncode != 0:
                raise NotStarted(f"broker {n} could not be formatted:\n" + done.stderr[-1500:])

    def _run(self, node: int, java: str, class_path: str) -> None:
        properties = str(self._folder(node) / "server.properties")
        with self._log(node).open("ab") as log:
            process = subprocess.Popen(
                [*self._words(node, java, class_path), "kafka.Kafka", properties],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        port, controller = self._ports(node)
        name = f"{self.name}-{node}"
        self.home.write_run(name, process.pid, mark=properties, port=port, controller=controller)


class ClusterStack(LabStack):
    """Services against three brokers: every record on two of them before it is acknowledged."""

    def __init__(self, chosen: Settings) -> None:
        super().__init__(chosen)
        self.brokers = ThreeBrokers(self.home)
        self.kafka = self.brokers

    def stop(self, told: Told = _quiet) -> list[str]:
        """Services first, while there is a cluster."""
        for name in self.services.running():
            self.services.stop(name)
        self.brokers.stop()
        return super().stop(told)


def make_cluster(home: Path, **more: Any) -> ClusterStack:
    """A stack on three brokers, in a home of its own."""
    chosen = Settings(
        home=home, cache=ROOT / ".claimlog", kafka="", pg_dsn="", replication=3, **more
    )
    return ClusterStack(chosen)
