"""The entry point of a container: provision once, then one service (or the simulator) a container.

The administrator's DSN and the shared folder are given; each service gets its own role's DSN from them.
"""

import asyncio
import os
import sys

from deploy import provision
from deploy.home import Home
from deploy.processes import environment
from deploy.provision import SERVICES
from deploy.stack import passed_on
from shared.settings import Settings, settings


def main(what: str) -> None:
    """Run `provision`, `world` or a service; ends with the process it becomes."""
    chosen = settings()
    home = Home.at(chosen.home)
    if what == "provision":
        provision.keys(home)
        provision.topics(chosen.kafka, chosen.topic, chosen.partitions, chosen.replication)
        asyncio.run(provision.database(home, chosen.pg_dsn))
    elif what == "world":
        asyncio.run(_world(chosen, home))
    elif what in SERVICES:
        _become(what, chosen, home)
    else:
        sys.exit(f"there is no service {what}; there are {', '.join(SERVICES)}")


def _become(service: str, chosen: Settings, home: Home) -> None:
    told = environment(
        home,
        service,
        os.uname().nodename,
        chosen.http_port,
        chosen.kafka,
        chosen.pg_dsn,
        http_host=chosen.http_host,
        **passed_on(chosen),
    )
    os.execvpe(sys.executable, [sys.executable, "-m", f"services.{service}"], told)


async def _world(chosen: Settings, home: Home) -> None:
    from shared.collecting import collect_rarely
    from simulator.doors import Doors
    from simulator.world import Plan, World, standing

    collect_rarely()
    urls = {service: f"http://{service}:{chosen.http_port}" for service in SERVICES}
    doors = Doors(urls, "simulator")
    last = await standing(doors)
    if last is None:
        await World(Plan(), doors, home.root / "files" / "outbound").run()
    else:
        print(f"a world ran here already, up to {last}: nothing is sent or paid again", flush=True)
    await doors.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
