class ToogitError(Exception):
    """Base of everything this package raises."""


class ArtifactMissing(ToogitError):
    """A manifest or part is not where it should be."""


class ArtifactCorrupt(ToogitError):
    """Bytes do not have the sha256 they are listed under: pull the artifact again."""


class ArtifactInvalid(ToogitError):
    """Intact bytes that are not a manifest, safetensors file or data set of a version known here."""
