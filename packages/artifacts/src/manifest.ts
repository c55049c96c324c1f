/** dtypes that an artifact's tensors may have. */
export type TensorDtype = 'float32' | 'int32' | 'uint8';

export type TensorData = Float32Array | Int32Array | Uint8Array;

/** A tensor in memory: row-major data and its shape. */
export interface HostTensor {
  dtype: TensorDtype;
  shape: number[];
  data: TensorData;
}

export interface ManifestPart {
  name: string;
  sha256: string;
  bytes: number;
  /** `application/vnd.safetensors`, `application/json`, `text/html`, … */
  mediaType: string;
  /** For safetensors parts: what is in it. */
  tensors?: Record<string, { dtype: TensorDtype; shape: number[] }>;
}

/**
 * What an artifact is: a list of parts, each under its own digest, and `meta`, the facts that its job kind declares
 * as its result. Stored as canonical JSON; the artifact's digest is the sha256 of those bytes. Parts can be shared
 * between artifacts.
 */
export interface Manifest {
  schema: 'toogit.manifest/1';
  /** One of the artifact types of `@toogit/catalogue`. */
  type: string;
  parts: ManifestPart[];
  meta: Record<string, unknown>;
}

/** A manifest and the digest it is stored under. */
export interface StoredManifest {
  digest: string;
  manifest: Manifest;
}
