import { ToogitError } from '@toogit/core';
import { z } from 'zod';
import { joined } from './blob-content.js';
import type { HostTensor, TensorDtype } from './manifest.js';
import { sortedJson } from './sorted-json.js';
import { assertTensor, elementBytes, elementCount, tensorBytes, viewBytes } from './tensor.js';

/**
 * The safetensors format (https://huggingface.co/docs/safetensors): the header's length as a little-endian 64-bit
 * integer, a JSON header of dtype, shape and byte range by tensor name, and the data without gaps.
 */

const formatNames = { float32: 'F32', int32: 'I32', uint8: 'U8' } as const satisfies Record<
  TensorDtype,
  string
>;
const dtypes = { F32: 'float32', I32: 'int32', U8: 'uint8' } as const;
const metadataKey = '__metadata__';
const maxHeaderBytes = 100_000_000;

const size = z.int().min(0);
const headerEntry = z.strictObject({
  dtype: z.enum(['F32', 'I32', 'U8']),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/** Where one tensor lies in the data section. */
interface Extent {
  name: string;
  dtype: TensorDtype;
  shape: number[];
  start: number;
  end: number;
}

/**
 * Tensors as safetensors bytes. Equal tensors give equal bytes: the header's keys are sorted, and the data follow in
 * the order of their names, 4-byte dtypes first so that every tensor is aligned. uint8 is U8, int32 I32, float32 F32.
 *
 * @throws ARTIFACT_INVALID if a tensor's data do not fit its dtype and shape.
 */
export function encodeSafetensors(tensors: Record<string, HostTensor>): Uint8Array {
  return joined(safetensorsChunks(tensors));
}

/** The same bytes in pieces, the tensors' own memory among them: nothing is copied. */
export function safetensorsChunks(tensors: Record<string, HostTensor>): Uint8Array[] {
  const ordered = Object.entries(tensors).sort(
    ([a, x], [b, y]) => elementBytes[y.dtype] - elementBytes[x.dtype] || (a < b ? -1 : 1),
  );
  let end = 0;
  const header = ordered.map(([name, tensor]) => {
    assertTensor(name, tensor);
    if (name === metadataKey) throw invalid(`a tensor cannot be called ${metadataKey}`);
    const start = end;
    end += tensor.data.byteLength;
    return [
      name,
      { dtype: formatNames[tensor.dtype], shape: tensor.shape, data_offsets: [start, end] },
    ] as const;
  });
  const json = new TextEncoder().encode(sortedJson(Object.fromEntries(header)));
  const headerBytes = Math.ceil(json.length / 8) * 8;

  const head = new Uint8Array(8 + headerBytes);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.fill(0x20, 8).set(json, 8);
  return [head, ...ordered.map(([, tensor]) => tensorBytes(tensor))];
}

/**
 * The tensors in safetensors bytes, by name. Their data are views of `bytes` where alignment allows (it does for what
 * `encodeSafetensors` wrote into a buffer of its own), so keep the bytes unchanged while the tensors are in use.
 *
 * @throws ARTIFACT_INVALID if the header is not valid, a dtype is not float32, int32 or uint8, or the byte ranges do
 *   not cover the data exactly once.
 */
export function decodeSafetensors(bytes: Uint8Array): Record<string, HostTensor> {
  const { extents, dataStart } = readHeader(bytes);
  assertCovered(extents, bytes.length - dataStart);
  return Object.fromEntries(
    extents.map(({ name, dtype, shape, start, end }) => {
      const data = viewBytes(dtype, bytes.subarray(dataStart + start, dataStart + end));
      return [name, { dtype, shape, data }];
    }),
  );
}

function readHeader(bytes: Uint8Array): { extents: Extent[]; dataStart: number } {
  if (bytes.length < 8) throw invalid('it is shorter than its header length');
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes || 8n + length > bytes.length)
    throw invalid(`its header of ${length} bytes does not fit in it`);
  const dataStart = 8 + Number(length);
  const header = parseHeader(bytes.subarray(8, dataStart));
  const extents = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, entry]) => parseEntry(name, entry));
  return { extents, dataStart };
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid('its header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw invalid('its header is not a JSON object');
  return header;
}

function parseEntry(name: string, entry: unknown): Extent {
  const parsed = headerEntry.safeParse(entry);
  if (!parsed.success) throw invalid(`the header of tensor ${name} is not valid`, parsed.error);
  const { shape, data_offsets } = parsed.data;
  const dtype = dtypes[parsed.data.dtype];
  const [start, end] = data_offsets;
  if (end - start !== elementCount(shape) * elementBytes[dtype])
    throw invalid(`tensor ${name}, ${dtype} of shape [${shape}], has ${end - start} bytes`);
  return { name, dtype, shape, start, end };
}

function assertCovered(extents: Extent[], dataBytes: number): void {
  let covered = 0;
  for (const { name, start, end } of extents.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered)
      throw invalid(`tensor ${name} starts at byte ${start} of the data, not at ${covered}`);
    covered = end;
  }
  if (covered !== dataBytes) throw invalid(`its tensors cover ${covered} of ${dataBytes} bytes of data`);
}

function invalid(reason: string, cause?: unknown): ToogitError {
  return new ToogitError('ARTIFACT_INVALID', `this is not a safetensors file: ${reason}`, { cause });
}
