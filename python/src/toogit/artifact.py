"""Pulled artifacts: ``manifest.json`` and one ``<part>.safetensors`` a part."""

import hashlib
import json
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from . import safetensors
from .errors import ArtifactCorrupt, ArtifactInvalid, ArtifactMissing

_SCHEMA = "toogit.manifest/1"
_MEDIA_TYPE = "application/vnd.safetensors"


@dataclass(frozen=True)
class Artifact:
    """A manifest and the place its parts are read from, when they are asked for."""

    location: str
    type: str
    meta: dict
    parts: list = field(repr=False)

    def tensors(self, name):
        """The tensors of the part called ``name``, as numpy arrays by name; its sha256 is verified.

        Raises ArtifactMissing, ArtifactCorrupt, ArtifactInvalid.
        """
        part = next((part for part in self.parts if part["name"] == name), None)
        if part is None:
            raise ArtifactMissing(f"{self.location} has no part {name}")
        if part["mediaType"] != _MEDIA_TYPE:
            raise ArtifactInvalid(f"part {name} holds {part['mediaType']}, not tensors")
        data = _read(self.location, f"{name}.safetensors")
        actual = hashlib.sha256(data).hexdigest()
        if actual != part["sha256"]:
            raise ArtifactCorrupt(f"{name} has sha256 {actual} instead of {part['sha256']}: pull it again")
        return safetensors.decode(data)


def load_artifact(location):
    """The artifact in a directory written by ``toogit artifacts pull``, or served over HTTP(S) as such a directory.

    Raises ArtifactMissing, ArtifactInvalid.
    """
    location = str(location)
    try:
        manifest = json.loads(_read(location, "manifest.json"))
        if manifest["schema"] != _SCHEMA:
            raise ArtifactInvalid(f"{location} holds a manifest of schema {manifest['schema']}")
        return Artifact(location, manifest["type"], manifest["meta"], manifest["parts"])
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactInvalid(f"{location}/manifest.json is not a manifest") from error


def _read(location, name):
    if location.startswith(("http://", "https://")):
        url = f"{location.rstrip('/')}/{quote(name)}"
        try:
            with urlopen(url, timeout=60) as response:
                return response.read()
        except (OSError, HTTPException) as error:
            raise ArtifactMissing(f"{url}: {error}") from error
    path = Path(location) / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactMissing(f"{path}: {error.strerror}") from error
