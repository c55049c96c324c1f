"""Data sets, original or synthesised."""

from dataclasses import dataclass

import numpy as np

from .artifact import load_artifact
from .errors import ArtifactInvalid


@dataclass(frozen=True)
class Dataset:
    """Examples in order.

    images: [n, height, width, channels], uint8 pixels 0..255 or float32 in [0, 1], as stored.
    labels: int32 [n].
    columns: everything stored per example by name, [n] each, ``labels`` among them; synthesised sets add
        ``originalLabels``, ``sourceIndex`` and, by what they are made of, others (docs/artifacts.md).
    meta: the facts in the manifest: name, split, classNames, mean, std, ...
    """

    images: np.ndarray
    labels: np.ndarray
    columns: dict
    meta: dict

    def __len__(self):
        return len(self.labels)

    def to_torch(self):
        """A ``torch.utils.data.TensorDataset`` of float32 images [n, channels, height, width] in [0, 1] and int64 labels."""
        import torch

        images = torch.from_numpy(np.ascontiguousarray(self.images.transpose(0, 3, 1, 2)))
        images = images.float().div_(255) if self.images.dtype == np.uint8 else images
        return torch.utils.data.TensorDataset(images, torch.from_numpy(self.labels.astype(np.int64)))


def load_dataset(location):
    """The data set in a pulled directory (or the URL of one); every part is verified against its sha256.

    Raises ArtifactMissing, ArtifactCorrupt, ArtifactInvalid.
    """
    artifact = load_artifact(location)
    if artifact.type != "dataset":
        raise ArtifactInvalid(f"{location} holds an artifact of type {artifact.type}, not a dataset")
    columns = {name: column.copy() for name, column in artifact.tensors("columns").items()}
    names = [part["name"] for part in artifact.parts if part["name"].startswith("images-")]
    try:
        images = np.concatenate([artifact.tensors(name)["images"] for name in names])
        labels = columns["labels"]
    except (KeyError, ValueError) as error:
        raise ArtifactInvalid(f"{location} has parts that do not make a data set") from error
    if any(len(column) != len(images) for column in columns.values()):
        raise ArtifactInvalid(f"{location} has {len(images)} images and {len(labels)} labels")
    return Dataset(images, labels, columns, artifact.meta)
