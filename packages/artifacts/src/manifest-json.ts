import { ToogitError } from '@toogit/core';
import { z } from 'zod';
import type { Manifest } from './manifest.js';
import { sortedJson } from './sorted-json.js';

const size = z.int().min(0);

const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  schema: z.literal('toogit.manifest/1'),
  type: z.string().min(1),
  parts: z.array(
    z.strictObject({
      name: z.string().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: size,
      mediaType: z.string().min(1),
      tensors: z.exactOptional(
        z.record(
          z.string(),
          z.strictObject({ dtype: z.enum(['float32', 'int32', 'uint8']), shape: z.array(size) }),
        ),
      ),
    }),
  ),
  meta: z.record(z.string(), z.unknown()),
});

/**
 * The bytes a manifest is stored as: JSON with sorted keys, UTF-8.
 *
 * @throws ARTIFACT_INVALID if it is not a valid manifest, or `meta` holds what JSON cannot.
 */
export function encodeManifest(manifest: Manifest): Uint8Array {
  assertManifest(manifest);
  try {
    return new TextEncoder().encode(sortedJson(manifest));
  } catch (cause) {
    throw invalid('its meta is not JSON', cause);
  }
}

/** @throws ARTIFACT_INVALID if the bytes are not a manifest of this version. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  return assertManifest(value);
}

function assertManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), parsed.error);
  const names = new Set(parsed.data.parts.map(({ name }) => name));
  if (names.size !== parsed.data.parts.length) throw invalid('two of its parts have the same name');
  return parsed.data;
}

function invalid(reason: string, cause?: unknown): ToogitError {
  return new ToogitError('ARTIFACT_INVALID', `this is not a manifest: ${reason}`, { cause });
}
