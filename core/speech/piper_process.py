"""One running Piper: a line of text in, a WAV file out.

Piper is GPL: it is started as a program of its own and spoken to through its command line, never imported.
"""

import contextlib
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from core.domain.errors import InvalidInput, ProviderFailed

_WROTE = re.compile(r"([^\s\"']*\.wav)\s*$")
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception)\w*)\b")
_EMPTY = "channels not specified"  # how it dies of a text without a sound
_FOLDER = "interview-room-piper-"


class PiperProcess:
    """A started Piper that keeps its voice in memory. One thread at a time.

    Its ``--output-raw`` does not say where one text ends and the next begins; the folder mode names each file when it
    is complete. The folder is in memory where the system has such a place, open to this user alone, and each file is
    deleted as soon as it is read: a text may hold a candidate's words.

    Args:
        command: Program and its first arguments.
        voice: The ``.onnx`` file; its ``.onnx.json`` lies beside it.
        length_scale: Length of a sound: 0.5 is twice as fast.
        niceness: Added to that of this process, so that captions go first.

    Raises:
        ProviderFailed: It cannot be started.
    """

    def __init__(self, command: Sequence[str], voice: Path, length_scale: float, niceness: int) -> None:
        _sweep()
        self.length_scale = length_scale
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=_memory()))
        arguments = ["--model", str(voice), "--output_dir", str(self._folder), "--length_scale", f"{length_scale:.3f}"]
        try:
            self._process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise ProviderFailed(f"Piper cannot be started ({error.strerror}).") from error
        if hasattr(os, "setpriority"):  # at once: the threads it makes later inherit it
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, os.getpriority(os.PRIO_PROCESS, 0) + niceness)
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="piper-output", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it can take a text."""
        return self._process.poll() is None

    def say(self, line: str, timeout_s: float) -> bytes:
        """One line of text as a WAV file. After any error the process is gone.

        Raises:
            ProviderFailed: It died or was too slow; the message says which.
            InvalidInput: It died because this text has no sound.
        """
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            return self._wait(timeout_s)
        except OSError as error:
            raise ProviderFailed(f"Piper stopped ({error.strerror or type(error).__name__}).") from error
        except (ProviderFailed, InvalidInput):
            self.stop()
            raise

    def stop(self) -> None:
        """End it and remove what it wrote; harmless when it is gone."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        for pipe in (self._process.stdin,):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self, timeout_s: float) -> bytes:
        end = time.monotonic() + timeout_s
        cause = ""
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise ProviderFailed(f"Piper did not answer within {timeout_s:.0f} s.") from None
            if line is None:
                if _EMPTY in cause:
                    raise InvalidInput("text", "Piper has no sound for this text.")
                found = _ERROR.match(cause)
                # Only the kind: its own words may quote the text.
                why = found.group(1) if found else f"exit code {self._exit_code()}"
                raise ProviderFailed(f"Piper stopped ({why}).")
            if line.strip():
                cause = line
            if (wrote := _WROTE.search(line)) and Path(wrote.group(1)).parent == self._folder:
                path = Path(wrote.group(1))
                data = path.read_bytes()
                path.unlink()
                return data

    def _exit_code(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(2)
        return None

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line.decode("utf-8", "replace"))
        self._lines.put(None)


def _memory() -> Path | None:
    """A folder that is never written to disk, where there is one."""
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) else None


def _sweep() -> None:
    """Remove what a killed server left: it may be the sound of a candidate's words."""
    for folder in (_memory() or Path(tempfile.gettempdir())).glob(f"{_FOLDER}*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
