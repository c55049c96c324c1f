"""Values that follow from a rule, so that no tensor has to be stored."""

import numpy as np


def noise(tensor, shape):
    """The finalizer of MurmurHash3 over the index, as a fraction of 2^32."""
    size = int(np.prod(shape))
    h = np.arange(size, dtype=np.uint32) + np.uint32((tensor * 0x9E3779B9) % 2**32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return ((h ^ (h >> np.uint32(16))) / 2.0**32).reshape(shape)
