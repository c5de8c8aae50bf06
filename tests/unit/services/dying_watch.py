"""A server whose monitor sees an interview, to be killed: ``dying_watch.py DATA_DIR``. Prints the session's number."""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from fakes.clock import ManualClock  # noqa: E402
from holding import TYPING, Holder  # noqa: E402

from core.bootstrap import build  # noqa: E402
from core.domain.events import DevicesChecked  # noqa: E402
from core.domain.health import MonitorSource  # noqa: E402
from core.domain.interview import ConsentKind  # noqa: E402
from core.services.registration import Accommodations  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.storage.seen_spans import SeenSpanRepo  # noqa: E402


def main(data_dir: str) -> None:
    house = build(Settings(_env_file=None, data_dir=Path(data_dir), voice="browser", job_workers=0))
    holder = Holder.registered(house, ManualClock())
    house.registration.record_consent(holder.session_id, TYPING | {ConsentKind.VIDEO: True}, Accommodations())
    house.interviews.apply(holder.session_id, DevicesChecked())
    holder.begin()
    monitor, told = house.monitor(holder.session_id), False
    while True:
        monitor.alive()
        monitor.seen()
        house.health.beat(holder.session_id, MonitorSource.PAGE)
        time.sleep(0.1)
        with house.database.reading() as tx:
            rows = SeenSpanRepo(tx).list(holder.session_id)
        if not told and len(rows) == 3 and all(row.span.seconds for row in rows):
            told = True
            print(holder.session_id, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
