"""ONNX files as they should have been: a graph's inputs without its weights.

Old exporters list every weight among the inputs as well; OpenCV 5 and onnxruntime then ask for them. The file is
protobuf, and dropping entries of one repeated field needs no library.
"""

from collections.abc import Iterator

_GRAPH, _INPUT, _NAME = 7, 11, 1
"""Field numbers: ``ModelProto.graph``, ``GraphProto.input``, ``ValueInfoProto.name`` (onnx.proto3)."""


def keep_inputs(model: bytes, names: frozenset[str]) -> bytes:
    """The model with only these graph inputs.

    Raises:
        ValueError: The bytes are no protobuf message.
    """
    out = bytearray()
    for number, whole, content in _fields(model):
        if number == _GRAPH and content is not None:
            graph = _without_others(content, names)
            out += _varint(_GRAPH << 3 | 2) + _varint(len(graph)) + graph
        else:
            out += whole
    return bytes(out)


def _without_others(graph: bytes, names: frozenset[str]) -> bytes:
    kept = bytearray()
    for number, whole, content in _fields(graph):
        if number != _INPUT or content is None or _name_of(content) in names:
            kept += whole
    return bytes(kept)


def _name_of(value_info: bytes) -> str:
    return next((c.decode() for number, _, c in _fields(value_info) if number == _NAME and c is not None), "")


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Field number, its bytes with the tag, and its content where it is length-delimited."""
    at = 0
    while at < len(message):
        start = at
        tag, at = _read_varint(message, at)
        content = None
        match tag & 7:
            case 0:
                _, at = _read_varint(message, at)
            case 1:
                at += 8
            case 2:
                size, at = _read_varint(message, at)
                content = message[at : at + size]
                at += size
            case 5:
                at += 4
            case kind:
                raise ValueError(f"wire type {kind} is none of protobuf's")
        if at > len(message):
            raise ValueError("the message ends within a field")
        yield tag >> 3, message[start:at], content


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("the message ends within a number")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
