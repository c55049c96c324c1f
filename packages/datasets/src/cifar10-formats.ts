import { ToogitError } from '@toogit/core';
import { decode } from 'fast-png';
import type { Examples } from './dataset-definition.js';

const pixels = 32 * 32;
const channels = 3;
const imageBytes = pixels * channels;
const recordBytes = 1 + imageBytes;

/** Bytes of one image, NHWC. */
export const cifar10ImageBytes = imageBytes;

/**
 * CIFAR-10's binary version: records of one label byte and 3072 pixel bytes, a channel after the other
 * (https://www.cs.toronto.edu/~kriz/cifar.html).
 */
export function decodeCifar10Records(records: Uint8Array): Examples {
  const count = records.length / recordBytes;
  if (!Number.isInteger(count)) throw malformed(`${records.length} bytes are not a whole number of records`);
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const record = records.subarray(i * recordBytes, (i + 1) * recordBytes);
    labels[i] = record[0] as number;
    for (let channel = 0; channel < channels; channel++) {
      const plane = 1 + channel * pixels;
      const target = i * imageBytes + channel;
      for (let p = 0; p < pixels; p++) images[target + p * channels] = record[plane + p] as number;
    }
  }
  return { images, labels };
}

/** A PNG sheet with one image a row, its 1024 RGB pixels from left to right: NHWC as it lies. */
export function decodeCifar10Sheet(png: Uint8Array): Uint8Array {
  const sheet = decode(png);
  const { width, height, data } = sheet;
  if (width !== pixels || sheet.channels !== channels || sheet.depth !== 8 || !(data instanceof Uint8Array))
    throw malformed(`a sheet is ${width} pixels wide with ${sheet.channels} channels of ${sheet.depth} bits`);
  return data.subarray(0, height * imageBytes);
}

/** Labels as a JSON array of class numbers. */
export function decodeCifar10Labels(json: Uint8Array): Uint8Array {
  const labels: unknown = JSON.parse(new TextDecoder().decode(json));
  if (!Array.isArray(labels) || !labels.every((label) => Number.isInteger(label) && label >= 0 && label < 10))
    throw malformed('the labels are not a list of class numbers');
  return Uint8Array.from(labels);
}

function malformed(reason: string): ToogitError {
  return new ToogitError('DATASET_DIGEST_MISMATCH', `this is not CIFAR-10 as it was published: ${reason}`);
}
