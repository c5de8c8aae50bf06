"""Tensors out of a PyTorch checkpoint of before 1.6, without PyTorch and without running what a pickle may hold.

The format: four pickles (a magic number, a version, sizes of types, the object), one more with the keys of the
storages, then per key its number of elements as a little-endian int64 and the elements. Source: ``_legacy_save`` in
torch/serialization.py.
"""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER_PICKLES = 3
_TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
    "DoubleStorage": np.dtype("<f8"),
}


@dataclass(frozen=True, slots=True)
class _Tensor:
    key: str
    offset: int
    shape: tuple[int, ...]


class _Reader(pickle.Unpickler):
    """Knows dictionaries, numbers, texts and tensors; any other name in the pickle is refused."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.types: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _TYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint")

    def persistent_load(self, pid: Any) -> str:
        kind, type_name, key = pid[:3]
        if kind != "storage" or type_name not in _TYPES:
            raise pickle.UnpicklingError("an unknown kind of storage")
        self.types[str(key)] = _TYPES[type_name]
        return str(key)


def read_tensors(checkpoint: bytes, entry: str) -> Mapping[str, NDArray[Any]]:
    """The tensors of one entry of a checkpoint, by name.

    Args:
        checkpoint: The file's content.
        entry: Key of a dictionary of tensors in it.

    Raises:
        ValueError: It is not such a checkpoint, or has no such entry.
    """
    file = io.BytesIO(checkpoint)
    try:
        for _ in range(_HEADER_PICKLES):
            _Reader(file).load()
        reader = _Reader(file)
        found = reader.load()[entry]
        storages = _storages(file, _Reader(file).load(), reader.types)
        return {name: _cut(storages, tensor) for name, tensor in found.items() if isinstance(tensor, _Tensor)}
    except Exception as error:  # a damaged pickle may raise almost anything
        raise ValueError(f"not a checkpoint that can be read: {error}") from error


def _tensor(key: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> _Tensor:
    packed, step = [], 1
    for size in reversed(shape):
        packed.append(step)
        step *= size
    if tuple(stride) != tuple(reversed(packed)):
        raise pickle.UnpicklingError("a tensor that is not stored row by row")
    return _Tensor(key, offset, tuple(shape))


def _storages(file: io.BytesIO, keys: list[str], types: Mapping[str, np.dtype[Any]]) -> dict[str, NDArray[Any]]:
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        content = file.read(count * types[key].itemsize)
        storages[key] = np.frombuffer(content, types[key], count)
    return storages


def _cut(storages: Mapping[str, NDArray[Any]], tensor: _Tensor) -> NDArray[Any]:
    count = int(np.prod(tensor.shape, dtype=np.int64))
    return storages[tensor.key][tensor.offset : tensor.offset + count].reshape(tensor.shape)
