"""All settings of a process; the only reader of the environment. Every variable starts with `CLAIMLOG_`."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process, from `CLAIMLOG_…` variables."""

    model_config = SettingsConfigDict(env_prefix="CLAIMLOG_", extra="ignore")

    home: Path = Path(".claimlog")
    """Where the embedded stack keeps everything: data, logs, run files, keys."""
    cache: Path | None = None
    """Where Kafka's jars are kept; `home` when not set."""
    service: str = ""
    instance: str = "0"
    kafka: str = ""
    """Bootstrap servers; empty means that the embedded broker is started."""
    topic: str = "claim-log"
    partitions: int = Field(default=12, ge=1, le=1_000)
    replication: int = Field(default=1, ge=1, le=5)
    pg_dsn: str = ""
    """For a service its own role; for the command line the administrator. Empty means embedded."""
    keyring_dsn: str = ""
    kek_file: Path = Path(".claimlog/keys/kek")
    objects: Path = Path(".claimlog/objects")
    outbound: Path = Path(".claimlog/files/outbound")
    inbound: Path = Path(".claimlog/files/inbound")
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65_535)
    log_level: str = "INFO"
    failpoint: str = ""
    max_records: int = Field(default=2_000, ge=1, le=20_000)
    fetch_min_bytes: int = Field(default=1_000_000, ge=1)
    fetch_max_wait_ms: int = Field(default=50, ge=1, le=5_000)
    lag_bound: int = Field(default=200_000, ge=1)
    """Above so many records behind, `/readyz` says no."""
    traceback: bool = False
    """A command that failed by a defect shows where, instead of a sentence."""
    tenant: str = "demo"
    otlp: str = ""
    """The collector that spans go to, such as http://localhost:4318/v1/traces; empty means none."""
    trace_share: float = Field(default=0.0, ge=0.0, le=1.0)
    """Of all chains that begin at a door or with a day, so many are traced."""


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
