import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from './manifest.js';
import { decodeManifest, encodeManifest } from './manifest-json.js';
import { sortedJson } from './sorted-json.js';

const manifest: Manifest = {
  schema: 'toogit.manifest/1',
  type: 'model',
  parts: [
    {
      name: 'weights',
      sha256: 'a'.repeat(64),
      bytes: 12,
      mediaType: 'application/vnd.safetensors',
      tensors: { w: { dtype: 'float32', shape: [3] } },
    },
    { name: 'log', sha256: 'b'.repeat(64), bytes: 0, mediaType: 'text/plain' },
  ],
  meta: { width: 0.25, architecture: 'cnn' },
};

describe('sorted JSON', () => {
  it('is JSON, and the same whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = sortedJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(sortedJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text);
      }),
    );
  });

  it('sorts keys that look like numbers as text and leaves out undefined', () => {
    expect(sortedJson({ b: 1, 9: [true, null], 10: 'é', u: undefined })).toBe(
      '{"10":"é","9":[true,null],"b":1}',
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1])('refuses %s', (value) => {
    expect(() => sortedJson([value])).toThrow(TypeError);
  });
});

describe('manifest', () => {
  it('comes back as it was written', () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });

  it.each([
    ['another schema', { ...manifest, schema: 'toogit.manifest/2' }],
    ['an unknown key', { ...manifest, created: 'today' }],
    ['a part without a digest', { ...manifest, parts: [{ name: 'x', bytes: 1, mediaType: 'text/plain' }] }],
    ['two parts of one name', { ...manifest, parts: [manifest.parts[0], manifest.parts[0]] }],
  ])('with %s is refused', (_, value) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    expect(() => decodeManifest(bytes)).toThrow(expect.objectContaining({ code: 'ARTIFACT_INVALID' }));
  });

  it('is not written with NaN in its meta', () => {
    expect(() => encodeManifest({ ...manifest, meta: { loss: Number.NaN } })).toThrow(
      expect.objectContaining({ code: 'ARTIFACT_INVALID' }),
    );
  });
});
