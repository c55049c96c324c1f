import numpy as np
import pytest
from safetensors.numpy import save

from toogit import ArtifactInvalid
from toogit.safetensors import decode


def file(header, data=b""):
    return len(header).to_bytes(8, "little") + header + data


def test_agrees_with_the_reference():
    tensors = {
        "scalar": np.array(-7, np.int32),
        "empty": np.zeros((0, 3), np.float32),
        "bytes": np.arange(7, dtype=np.uint8),
        "matrix": np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3),
    }
    decoded = decode(save(tensors, metadata={"format": "np"}))
    assert decoded.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert decoded[name].dtype == tensor.dtype and decoded[name].shape == tensor.shape
        np.testing.assert_array_equal(decoded[name], tensor)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        file(b"{}")[:9],
        file(b"[]"),
        file(b'{"x":'),
        file(b'{"x":1}'),
        file(b'{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}', b"ab"),
        file(b'{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}', b"a"),
        file(b'{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', b"a"),
        file(b'{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', b"ab"),
        file(b'{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"ab"),
    ],
)
def test_refuses_what_is_not_safetensors(data):
    with pytest.raises(ArtifactInvalid):
        decode(data)
