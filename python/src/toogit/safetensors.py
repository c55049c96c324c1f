"""The part of the safetensors format that Toogit writes: float32, int32 and uint8."""

import json
import struct
from math import prod

import numpy as np

from .errors import ArtifactInvalid

_DTYPES = {"F32": np.dtype("<f4"), "I32": np.dtype("<i4"), "U8": np.dtype("u1")}


def decode(data):
    """Tensors by name, as read-only views of ``data`` (bytes). Raises ArtifactInvalid."""
    header, start = _read_header(data)
    header.pop("__metadata__", None)
    tensors, covered = {}, 0
    try:
        entries = sorted(header.items(), key=lambda item: item[1]["data_offsets"])
        for name, entry in entries:
            dtype, shape = _DTYPES[entry["dtype"]], tuple(entry["shape"])
            first, end = entry["data_offsets"]
            if first != covered or end - first != prod(shape) * dtype.itemsize:
                raise ArtifactInvalid(f"tensor {name} does not lie where its shape says")
            tensors[name] = np.frombuffer(data, dtype, prod(shape), start + first).reshape(shape)
            covered = end
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactInvalid("this is not a safetensors file of float32, int32 and uint8") from error
    if start + covered != len(data):
        raise ArtifactInvalid("the file holds more than its tensors")
    return tensors


def _read_header(data):
    if len(data) < 8:
        raise ArtifactInvalid("this is not a safetensors file: it is too short")
    start = 8 + struct.unpack_from("<Q", data)[0]
    if start > len(data):
        raise ArtifactInvalid("this is not a safetensors file: its header does not fit in it")
    try:
        header = json.loads(bytes(data[8:start]))
    except ValueError as error:
        raise ArtifactInvalid("this is not a safetensors file: its header is not JSON") from error
    if not isinstance(header, dict):
        raise ArtifactInvalid("this is not a safetensors file: its header is not an object")
    return header, start
