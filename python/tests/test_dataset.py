import functools
import hashlib
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from safetensors.numpy import save

import toogit


def write_part(directory, name, tensors):
    data = save(tensors)
    (directory / f"{name}.safetensors").write_bytes(data)
    return {
        "name": name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "mediaType": "application/vnd.safetensors",
    }


def write_manifest(directory, parts, **changes):
    manifest = {"schema": "toogit.manifest/1", "type": "dataset", "parts": parts, "meta": {"name": "toy"}}
    (directory / "manifest.json").write_text(json.dumps({**manifest, **changes}))


@pytest.fixture
def toy(tmp_path):
    """Five 2x2 colour images in two parts."""
    images = np.random.default_rng(0).random((5, 2, 2, 3), dtype=np.float32)
    columns = {
        "labels": np.array([3, 1, 4, 1, 5], np.int32),
        "attackSucceeded": np.array([1, 0, 1, 1, 0], np.uint8),
        "perturbationNorm": np.linspace(0, 1, 5, dtype=np.float32),
    }
    parts = [
        write_part(tmp_path, "images-0000", {"images": images[:3]}),
        write_part(tmp_path, "images-0001", {"images": images[3:]}),
        write_part(tmp_path, "columns", columns),
    ]
    write_manifest(tmp_path, parts)
    return tmp_path, images, columns


def test_reads_what_was_written(toy):
    directory, images, columns = toy
    dataset = toogit.load_dataset(directory)
    assert len(dataset) == 5 and dataset.meta["name"] == "toy"
    np.testing.assert_array_equal(dataset.images, images)
    assert dataset.columns.keys() == columns.keys()
    for name, column in columns.items():
        assert dataset.columns[name].dtype == column.dtype
        np.testing.assert_array_equal(dataset.columns[name], column)


def test_reads_over_http(toy):
    directory, images, _ = toy
    handler = functools.partial(SimpleHTTPRequestHandler, directory=directory)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        np.testing.assert_array_equal(toogit.load_dataset(url).images, images)
        with pytest.raises(toogit.ArtifactMissing):
            toogit.load_dataset(f"{url}/nowhere")
    finally:
        server.shutdown()
        server.server_close()


def test_notices_a_changed_byte(toy):
    directory, _, _ = toy
    part = directory / "images-0001.safetensors"
    data = bytearray(part.read_bytes())
    data[-1] ^= 1
    part.write_bytes(data)
    with pytest.raises(toogit.ArtifactCorrupt, match="images-0001"):
        toogit.load_dataset(directory)


def test_names_a_missing_part(toy):
    directory, _, _ = toy
    (directory / "images-0000.safetensors").unlink()
    with pytest.raises(toogit.ArtifactMissing, match="images-0000"):
        toogit.load_dataset(directory)


@pytest.mark.parametrize("changes", [{"schema": "toogit.manifest/2"}, {"type": "model"}])
def test_refuses_other_manifests(toy, changes):
    directory, _, _ = toy
    manifest = json.loads((directory / "manifest.json").read_text())
    write_manifest(directory, manifest["parts"], **changes)
    with pytest.raises(toogit.ToogitError):
        toogit.load_dataset(directory)


def test_refuses_a_set_without_images(toy):
    directory, _, _ = toy
    manifest = json.loads((directory / "manifest.json").read_text())
    write_manifest(directory, manifest["parts"][2:])
    with pytest.raises(toogit.ArtifactInvalid):
        toogit.load_dataset(directory)


def test_refuses_a_label_too_few(toy):
    directory, _, _ = toy
    manifest = json.loads((directory / "manifest.json").read_text())
    columns = write_part(directory, "columns", {"labels": np.zeros(4, np.int32)})
    write_manifest(directory, manifest["parts"][:2] + [columns])
    with pytest.raises(toogit.ArtifactInvalid, match="5 images and 4 labels"):
        toogit.load_dataset(directory)


def test_becomes_a_torch_dataset(toy):
    torch = pytest.importorskip("torch")
    directory, images, columns = toy
    x, y = toogit.load_dataset(directory).to_torch()[2]
    assert x.shape == (3, 2, 2) and y.dtype == torch.int64 and int(y) == columns["labels"][2]
    np.testing.assert_array_equal(x.numpy(), images[2].transpose(2, 0, 1))
