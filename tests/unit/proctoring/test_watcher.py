import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import av
import cv2
import numpy as np
import pytest

from core.domain.clock import AnchoredClock
from core.domain.signals import FrameSignal, Signal, SignalStatus
from core.domain.watch import Flag, FlagKind, Snapshot
from core.media.video import LatestFrame
from core.proctoring.analyst import Analyst
from core.proctoring.faces import FaceDetector
from core.proctoring.options import WatchOptions
from core.proctoring.person import Person
from core.proctoring.watcher import Watcher, WatchParams

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
BLANK = np.zeros((240, 320, 3), np.uint8)


class HandClock:
    """Time that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        return self.seconds


class Notebook:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.opened: list[Flag] = []
        self.closed: list[Flag] = []
        self.flag_pictures: list[Snapshot | None] = []
        self.pictures: list[Snapshot] = []
        self.seen_at: list[float] = []
        self.alive_times = 0
        self.clock: HandClock | None = None

    def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
        self.opened.append(flag)
        self.flag_pictures.append(snapshot)

    def flag_closed(self, flag: Flag) -> None:
        self.closed.append(flag)

    def snapshot(self, snapshot: Snapshot) -> None:
        self.pictures.append(snapshot)

    def alive(self) -> None:
        self.alive_times += 1

    def seen(self) -> None:
        self.seen_at.append(self.clock.seconds - 1000.0 if self.clock else 0.0)


class PixelDetector:
    """The first pixel is the number of faces; 255 makes it fail, 200 is darkness."""

    def statuses(self) -> tuple[SignalStatus, ...]:
        return ()

    def analyse(self, image: np.ndarray, at: float, person: Person) -> FrameSignal:
        count = int(image[0, 0, 0])
        if count == 255:
            raise RuntimeError("candidate@example.org")
        return FrameSignal(at, 0 if count == 200 else count, (), 100.0, count == 200)


def since_start(at: datetime) -> float:
    return (at - START).total_seconds()


def scene(faces: int) -> np.ndarray:
    image = BLANK.copy()
    image[0, 0] = faces
    return image


def put(box: LatestFrame, image: np.ndarray) -> None:
    box.push(av.VideoFrame.from_ndarray(image, format="bgr24"))


class Bench:
    """A watcher driven by hand, 5 frames a second in."""

    def __init__(self, make_detector=PixelDetector, **params) -> None:
        self.clock = HandClock()
        self.watcher = Watcher(make_detector, WatchParams(**params), self.clock)
        self.boxes: dict[str, LatestFrame] = {}

    def add(self, name: str, sink: Notebook) -> None:
        self.boxes[name] = LatestFrame(self.clock)
        sink.clock = self.clock
        self.watcher.add(name, self.boxes[name], sink)

    def play(self, seconds: float, fps: float = 5.0, **images: np.ndarray) -> None:
        for _ in range(round(seconds * fps)):
            for name, image in images.items():
                put(self.boxes[name], image)
            self.watcher.work_once()
            self.clock.seconds += 1 / fps

    def wait(self, seconds: float) -> None:
        self.play(seconds)


def test_scripted_scene_with_the_real_detector_gives_one_flag_of_each_kind(model, one_face, no_face, two_faces):
    bench, notes = Bench(lambda: Analyst(FaceDetector(model))), Notebook()
    bench.add("a", notes)
    for seconds, image in ((6, one_face), (4, no_face), (4, two_faces), (4, one_face)):
        for moment in range(2 * seconds):  # a still picture would be a frozen camera
            bench.play(0.5, 2.0, a=cv2.add(image, np.full_like(image, 3 * (moment % 2))))
    bench.watcher.remove("a")
    assert [f.kind for f in notes.closed] == [FlagKind.NO_FACE, FlagKind.MULTIPLE_FACES]
    for flag, (begin, end) in zip(notes.closed, ((6, 10), (10, 14)), strict=True):
        assert since_start(flag.started_at) == pytest.approx(begin, abs=1)
        assert since_start(flag.ended_at) == pytest.approx(end, abs=1)
        assert flag.strength >= 0.75
    assert [(f.kind, f.started_at) for f in notes.opened] == [(f.kind, f.started_at) for f in notes.closed]
    assert [f.reason for f in notes.closed] == ["No face was visible for 4 s.", "2 faces were visible for 4 s."]
    assert [s.faces for s in notes.flag_pictures] == [0, 2]


def test_an_open_flag_has_no_end_and_says_how_long_so_far():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.play(4, a=scene(3))
    assert notes.opened[0].ended_at is None
    assert notes.opened[0].reason == "3 faces were visible for at least 2 s."
    assert bench.watcher.view("a").active == (FlagKind.MULTIPLE_FACES,)


def test_removal_closes_open_flags_and_the_view_forgets():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.play(5, a=scene(0))
    bench.watcher.remove("a")
    bench.watcher.remove("a")
    assert [f.kind for f in notes.closed] == [FlagKind.NO_FACE]
    assert since_start(notes.closed[0].ended_at) == pytest.approx(5, abs=1)
    assert not bench.watcher.view("a").seeing


def test_adding_again_closes_the_earlier_watch():
    bench, first, second = Bench(), Notebook(), Notebook()
    bench.add("a", first)
    bench.play(5, a=scene(0))
    bench.add("a", second)
    bench.play(2, a=scene(1))
    assert len(first.closed) == 1
    assert second.opened == []


def test_pictures_come_at_the_set_pace_and_the_set_size():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    big = np.full((960, 1280, 3), 1, np.uint8)
    bench.play(21, a=big)
    assert [since_start(s.at) for s in notes.pictures] == pytest.approx([0, 5, 10, 15, 20], abs=0.6)
    decoded = cv2.imdecode(np.frombuffer(notes.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (240, 320, 3)
    assert {(s.reason, s.faces) for s in notes.pictures} == {("routine", 1)}


def test_small_pictures_are_not_enlarged():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.play(1, a=np.full((120, 160, 3), 1, np.uint8))
    assert cv2.imdecode(np.frombuffer(notes.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (120, 160, 3)


def test_a_flags_picture_is_not_kept_twice():
    bench, notes = Bench(snapshot_every_s=2.0), Notebook()
    bench.add("a", notes)
    bench.play(8, a=scene(0))
    times = [s.at for s in [*notes.pictures, *notes.flag_pictures]]
    assert len(times) == len(set(times))
    assert notes.flag_pictures[0].reason == "no_face"


def test_pictures_can_be_turned_off_but_for_flags():
    bench, notes = Bench(snapshot_every_s=0.0), Notebook()
    bench.add("a", notes)
    bench.play(8, a=scene(0))
    assert notes.pictures == []
    assert notes.flag_pictures[0] is not None


def test_while_the_camera_is_silent_nothing_was_seen_though_the_worker_lives():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.play(5, a=scene(0))
    bench.wait(6)
    assert not bench.watcher.view("a").seeing
    assert bench.watcher.view("a").faces is None
    assert since_start(notes.closed[0].ended_at) == pytest.approx(5, abs=0.6), "closed at the last frame seen"
    bench.play(1, a=scene(1))
    assert not [at for at in notes.seen_at if 5.2 < at < 10.8]
    assert notes.alive_times > len(notes.seen_at) + 5
    assert bench.watcher.view("a").seeing


def test_a_camera_that_never_came_was_never_seen():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.wait(7)
    bench.watcher.remove("a")
    assert notes.seen_at == []


def test_stale_frames_are_dropped():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    put(bench.boxes["a"], scene(1))
    bench.clock.seconds += 1.2
    bench.watcher.work_once()
    assert not bench.watcher.view("a").seeing
    assert notes.pictures == []


def test_darkness_is_claimed_as_darkness_and_is_neither_no_face_nor_seeing():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    bench.play(8, a=scene(200))
    view = bench.watcher.view("a")
    assert (view.seeing, view.too_dark, view.faces) == (True, True, None)
    assert [flag.kind for flag in notes.opened] == [FlagKind.CAMERA_COVERED]
    assert notes.seen_at == []


def test_a_camera_of_one_frame_a_second_is_watched_as_well():
    bench, notes = Bench(), Notebook()
    bench.add("a", notes)
    for faces in [1] * 4 + [0] * 4 + [1] * 4:
        bench.play(0.2, a=scene(faces))
        bench.wait(0.8)
    assert [f.kind for f in notes.closed] == [FlagKind.NO_FACE]
    assert since_start(notes.closed[0].started_at) == pytest.approx(4, abs=1)
    assert since_start(notes.closed[0].ended_at) == pytest.approx(8, abs=1)
    assert notes.seen_at


def test_only_two_frames_a_second_are_analysed():
    calls = []

    class Counting(PixelDetector):
        def analyse(self, image: np.ndarray, at: float, person: Person) -> FrameSignal:
            calls.append(at)
            return super().analyse(image, at, person)

    bench = Bench(Counting)
    bench.add("a", Notebook())
    bench.play(10, a=scene(1))
    assert 17 <= len(calls) <= 21


def test_one_failing_candidate_and_one_failing_sink_do_not_stop_the_others(caplog):
    class Bad(Notebook):
        def flag_opened(self, flag: Flag, snapshot: Snapshot | None) -> None:
            raise OSError("disk full for candidate@example.org")

        snapshot = flag_closed = flag_opened  # type: ignore[assignment]

    bench, failing, good = Bench(), Notebook(), Notebook()
    bench.add("frames fail", failing)
    bench.add("sink fails", Bad())
    bench.add("good", good)
    with caplog.at_level(logging.ERROR):
        bench.play(6, **{"frames fail": scene(255), "sink fails": scene(0), "good": scene(0)})
        bench.play(2, **{"frames fail": scene(1), "sink fails": scene(1), "good": scene(1)})
        bench.watcher.stop()
    assert [f.kind for f in good.closed] == [FlagKind.NO_FACE]
    assert failing.opened == []
    assert min(failing.seen_at) >= 6, "frames nobody could analyse are unknown"
    assert "example.org" not in caplog.text
    assert len(caplog.records) < 10


def test_a_detector_that_cannot_be_built_leaves_everything_unknown_and_is_tried_again():
    attempts = []

    def make() -> PixelDetector:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError
        return PixelDetector()

    bench, notes = Bench(make, retry_s=5.0), Notebook()
    bench.add("a", notes)
    bench.play(4, a=scene(0))
    assert (len(attempts), notes.opened, bench.watcher.view("a").seeing) == (1, [], False)
    bench.play(4, a=scene(0))
    assert len(attempts) == 2
    assert bench.watcher.view("a").faces == 0


def test_the_worker_thread_watches_calls_sinks_itself_and_stops():
    clock, notes, threads = AnchoredClock(), Notebook(), set()
    before = threading.active_count()
    done = threading.Event()

    class Here(Notebook):
        def snapshot(self, snapshot: Snapshot) -> None:
            threads.add(threading.current_thread().name)
            notes.snapshot(snapshot)
            done.set()

    watcher, box = Watcher(PixelDetector, WatchParams(), clock), LatestFrame(clock)
    watcher.start()
    watcher.start()
    watcher.add("a", box, Here())
    put(box, scene(1))
    assert done.wait(5)
    assert threads == {"watcher"}
    assert abs((notes.pictures[0].at - clock.now()).total_seconds()) < 5
    watcher.stop()
    assert threading.active_count() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_was_killed_is_started_again_by_whoever_looks():
    clock, died = AnchoredClock(), threading.Event()

    class Deadly(PixelDetector):
        def analyse(self, image: np.ndarray, at: float, person: Person) -> FrameSignal:
            if not died.is_set():
                died.set()
                raise SystemExit
            return super().analyse(image, at, person)

    watcher, box, notes = Watcher(Deadly, WatchParams(), clock), LatestFrame(clock), Notebook()
    watcher.start()
    watcher.add("a", box, notes)
    put(box, scene(1))
    assert died.wait(5)
    give_up = time.monotonic() + 10
    while not watcher.view("a").seeing and time.monotonic() < give_up:
        put(box, scene(1))
        time.sleep(0.05)
    assert watcher.view("a").faces == 1
    watcher.stop()


def test_a_sink_may_remove_its_own_candidate():
    bench = Bench()

    class Leaving(Notebook):
        def snapshot(self, snapshot: Snapshot) -> None:
            super().snapshot(snapshot)
            bench.watcher.remove("a")

    notes = Leaving()
    bench.add("a", notes)
    bench.play(8, a=scene(1))
    assert len(notes.pictures) == 1


def test_candidates_come_and_go_while_the_worker_runs():
    clock = AnchoredClock()
    watcher = Watcher(PixelDetector, WatchParams(analysed_fps=200.0), clock)
    watcher.start()
    books = [Notebook() for _ in range(40)]

    def visit(number: int) -> None:
        box = LatestFrame(clock)
        watcher.add(str(number % 5), box, books[number])
        for _ in range(5):
            put(box, scene(1))
            watcher.view(str(number % 5))
            time.sleep(0.002)
        watcher.remove(str(number % 5))

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(len(books))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    watcher.stop()
    assert not any(watcher.view(str(n)).seeing for n in range(5))


def test_a_detector_is_not_built_anew_for_every_picture_it_fails_on():
    built = []

    def make() -> PixelDetector:
        built.append(1)
        return PixelDetector()

    bench, good = Bench(make, retry_s=5.0), Notebook()
    bench.add("frames fail", Notebook())
    bench.add("good", good)
    bench.play(9, **{"frames fail": scene(255), "good": scene(1)})
    assert len(built) <= 3
    assert good.seen_at


class Watched:
    """One candidate before the whole analyst: a camera with sensor noise, two pictures a second."""

    def __init__(self, analyst: Analyst) -> None:
        self.bench, self._noise = Bench(lambda: analyst), np.random.default_rng(0)

    def show(self, image: np.ndarray, seconds: float, options: WatchOptions | None = None) -> Notebook:
        """Watched from now on, and no more afterwards."""
        notes, bench = Notebook(), self.bench
        box = bench.boxes["a"] = LatestFrame(bench.clock)
        bench.watcher.add("a", box, notes, options or WatchOptions())
        for _ in range(round(2 * seconds)):
            noise = self._noise.normal(0, 2, image.shape)
            bench.play(0.5, 2.0, a=np.clip(image + noise, 0, 255).astype(np.uint8))
        bench.watcher.remove("a")
        return notes


@pytest.fixture
def watched(analyst: Analyst) -> Watched:
    if not any(s.signal is Signal.IDENTITY and s.measured for s in analyst.statuses()):
        pytest.skip("faces are not compared on this machine")
    return Watched(analyst)


def test_somebody_else_after_a_pause_is_a_different_person(watched, one_face, somebody_else):
    watched.show(one_face, 7)
    watched.bench.clock.seconds += 60
    notes = watched.show(somebody_else, 6)
    assert [flag.kind for flag in notes.opened] == [FlagKind.DIFFERENT_PERSON]


def test_who_comes_back_after_a_pause_is_the_same_person(watched, one_face):
    watched.show(one_face, 7)
    watched.bench.clock.seconds += 60
    assert watched.show(one_face, 12).opened == []


@pytest.mark.parametrize("how", ["over", "hours later"])
def test_nobody_is_remembered_when_the_interview_is_over_or_after_hours(watched, one_face, somebody_else, how):
    watched.show(one_face, 7)
    if how == "over":
        watched.bench.watcher.forget("a")
    else:
        watched.bench.clock.seconds += 5 * 3600.0
        watched.bench.add("b", Notebook())
    assert watched.bench.watcher.remembered == 0
    assert watched.show(somebody_else, 6).opened == []


def test_who_agrees_to_counting_only_after_a_pause_is_not_compared(watched, one_face, somebody_else):
    watched.show(one_face, 7)
    assert watched.show(somebody_else, 6, WatchOptions(faces_only=True)).opened == []
