"""One Kafka node (KRaft, broker and controller in one process) from pinned jars.

One replica: killing the process loses nothing acknowledged, losing the machine can.
"""

import base64
import os
import pwd
import re
import shutil
import subprocess
import uuid
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.home import Home, NotStarted, kept_ports, listens, port_is_free, tail, until
from deploy.pids import end, halted, kill

VERSION = "4.3.0"
FETCHED = "kafka"
"""The folder of what Maven fetched: it holds nothing of ours and can be fetched again."""
JARS_AT_LEAST = 40
START_SECONDS = 180.0
FETCH_SECONDS = 280
JAVA_AT_LEAST = 17
HEAP = ("-Xms256m", "-Xmx512m")
JAVA = (
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"),
    *("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseTransparentHugePages"),
)
"""The second compiler took more of the processor than it gave back in every run of minutes that was measured. Huge pages,
which Linux alone knows, save a sixth of Kafka's time."""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
message.max.bytes=8388608
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
"""

_LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


def need(program: str, how: str) -> str:
    """The program's path, or an error that names the line that installs it."""
    found = shutil.which(program)
    if found is None:
        raise NotStarted(f"{program} is not installed. {how}")
    return found


def need_java() -> str:
    """Java, new enough."""
    how = (
        "Install it with: apt-get install -y openjdk-17-jre-headless "
        "(or: dnf install java-17-openjdk-headless, brew install openjdk@17)"
    )
    java = need("java", how)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < JAVA_AT_LEAST:
        raise NotStarted(f"Java {JAVA_AT_LEAST} or newer is needed. {how}")
    return java


def have_jars(cache: Path) -> bool:
    """Whether Maven is not needed any more."""
    libs = cache / FETCHED / VERSION / "libs"
    return len(list(libs.glob("*.jar"))) >= JARS_AT_LEAST


def fetch_jars(cache: Path) -> Path:
    """Kafka's jars, fetched once by Maven; a half-fetched folder is never taken for a whole one."""
    libs = cache / FETCHED / VERSION / "libs"
    if have_jars(cache):
        return libs
    maven = need(
        "mvn",
        "Install it with: apt-get install -y maven (or: dnf install maven, brew install maven)",
    )
    draft = libs.with_name(f"libs.{uuid.uuid4().hex}")
    draft.parent.mkdir(parents=True, exist_ok=True)
    said = _copy_dependencies(maven, draft)
    shutil.rmtree(draft.with_name("maven"), ignore_errors=True)
    if len(list(draft.glob("*.jar"))) < JARS_AT_LEAST or said:
        shutil.rmtree(draft, ignore_errors=True)
        raise NotStarted("Maven could not fetch Kafka's jars:\n" + said[-1500:])
    if not have_jars(cache):
        shutil.rmtree(libs, ignore_errors=True)
    try:
        draft.rename(libs)
    except OSError:  # Another start was quicker.
        shutil.rmtree(draft, ignore_errors=True)
    return libs


def _copy_dependencies(maven: str, folder: Path) -> str:
    """What Maven complains of; empty when it is done."""
    command = [
        *(maven, "-q", "-B", "-f", str(Path(__file__).with_name("pom.xml"))),
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={folder}",
    ]
    if not _has_home():
        command.append(f"-Dmaven.repo.local={folder.with_name('maven')}")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it was not done after {FETCH_SECONDS} seconds"
    return "" if done.returncode == 0 else done.stdout or done.stderr or "it gave no reason"


def _has_home() -> bool:
    """Whether Maven can keep its repository where Java looks for it: by the account, not by HOME."""
    try:
        return os.access(pwd.getpwuid(os.geteuid()).pw_dir, os.W_OK)
    except KeyError:
        return False


class EmbeddedKafka:
    """The broker of one home; `start` is harmless when it runs, and comes back on the same data and port."""

    name = "kafka"

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.root / "kafka-data"

    @property
    def bootstrap(self) -> str:
        """host:port, once it was started."""
        facts = self.home.read_run(self.name)
        return f"127.0.0.1:{facts['port']}" if facts else ""

    def start(self) -> str:
        """Start and wait until it answers a metadata request; the bootstrap server."""
        if self.bootstrap:
            self._refuse_halted()
            return self._until_it_answers(self.bootstrap)
        java, libs = need_java(), fetch_jars(self.home.cache)
        self.folder.mkdir(parents=True, exist_ok=True)
        port, controller = kept_ports(self.folder / "ports", 2)
        self._configure(port, controller)
        class_path = ":".join(str(jar) for jar in sorted(libs.glob("*.jar")))
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(java, class_path)
        self._spawn(java, class_path, port, controller)
        bootstrap = self._until_it_answers(f"127.0.0.1:{port}")
        listens(port, controller)
        return bootstrap

    def _spawn(self, java: str, class_path: str, port: int, controller: int) -> None:
        command = [
            java,
            *HEAP,
            *JAVA,
            self._log4j,
            "-cp",
            class_path,
            "kafka.Kafka",
            self._properties,
        ]
        with self.home.log(self.name).open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.home.write_run(
            self.name, process.pid, mark=self._properties, port=port, controller=controller
        )

    def _refuse_halted(self) -> None:
        facts = self.home.read_run(self.name)
        if facts and (said := halted(facts["pid"])):
            raise NotStarted(f"Kafka {said}")

    def _until_it_answers(self, bootstrap: str) -> str:
        if not until(lambda: not self.bootstrap or self._answers(bootstrap), START_SECONDS):
            raise NotStarted("Kafka does not answer:\n" + tail(self.home.log(self.name)))
        if not self.bootstrap:
            raise NotStarted("Kafka ended at once:\n" + tail(self.home.log(self.name)))
        return bootstrap

    def stop(self) -> None:
        """SIGTERM and wait."""
        facts = self.home.read_run(self.name)
        if facts:
            end(facts, 20)
        self.home.forget(self.name)

    def kill(self) -> None:
        """SIGKILL, as a test does."""
        facts = self.home.read_run(self.name)
        if facts:
            kill(facts)

    @property
    def _properties(self) -> str:
        return str(self.folder / "server.properties")

    @property
    def _log4j(self) -> str:
        return f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"

    def _configure(self, port: int, controller: int) -> None:
        data = self.folder / "data"
        text = _PROPERTIES.format(port=port, controller=controller, data=data)
        Path(self._properties).write_text(text)
        (self.folder / "log4j2.properties").write_text(_LOGGING)

    def _format(self, java: str, class_path: str) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = subprocess.run(
            [
                *(java, self._log4j, "-cp", class_path, "kafka.tools.StorageTool"),
                "format",
                f"--cluster-id={cluster}",  # One in 64 begins with a dash, and would be taken for an option.
                *("-c", self._properties, "--standalone"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise NotStarted("Kafka's folder could not be formatted:\n" + done.stderr[-1500:])

    def _answers(self, bootstrap: str) -> bool:
        if port_is_free(int(bootstrap.rpartition(":")[2])):
            return (
                False  # Asked first, because the client logs an error for every refused connection.
            )
        try:
            admin = KafkaAdminClient(
                bootstrap_servers=bootstrap,
                request_timeout_ms=2_000,
                bootstrap_timeout_ms=1_000,
            )
        except (KafkaError, OSError, ValueError):
            return False
        try:
            admin.list_topics()
            return True
        except (KafkaError, OSError):
            return False
        finally:
            admin.close()
