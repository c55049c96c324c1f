"""Reads what Toogit made: artifacts are a manifest and safetensors parts, each under its sha256."""

from .artifact import Artifact, load_artifact
from .dataset import Dataset, load_dataset
from .errors import ArtifactCorrupt, ArtifactInvalid, ArtifactMissing, ToogitError

__all__ = [
    "Artifact",
    "ArtifactCorrupt",
    "ArtifactInvalid",
    "ArtifactMissing",
    "Dataset",
    "ToogitError",
    "load_artifact",
    "load_dataset",
]
