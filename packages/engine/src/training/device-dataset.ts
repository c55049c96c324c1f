import { ToogitError } from '@toogit/core';
import type { ImageShape } from '@toogit/networks';
import { attribute, executeOp, hasNativeOps } from '../backend/native-ops.js';
import { tf } from '../backend/tf.js';

/** Examples that live on the device; batches are gathered there by index. */
export interface DeviceDataset {
  readonly size: number;
  readonly imageShape: ImageShape;
  /** Images [b,h,w,c] in [0,1] at these indices (int32 [b]). */
  images(indices: tf.Tensor1D): tf.Tensor4D;
  /** Labels, int32 [b]. */
  labels(indices: tf.Tensor1D): tf.Tensor1D;
  readonly bytes: number;
  dispose(): void;
}

/**
 * @param images NHWC, row-major: uint8 0..255, or float32 in [0,1]
 * @param labels one a image
 * @throws ToogitError ARTIFACT_INVALID where the lengths don't fit
 */
export function deviceDataset(
  images: Uint8Array | Float32Array,
  imageShape: ImageShape,
  labels: Int32Array,
): DeviceDataset {
  const pixels = imageShape[0] * imageShape[1] * imageShape[2];
  if (images.length !== labels.length * pixels) {
    throw new ToogitError(
      'ARTIFACT_INVALID',
      `${images.length} pixels are not ${labels.length} images of ${imageShape.join('×')}`,
    );
  }
  const packed = images instanceof Uint8Array && hasNativeOps();
  const store = packed ? packBytes(images, pixels) : asFloats(images, pixels);
  const labelStore = onDevice(tf.tensor1d(labels, 'int32'));
  return {
    size: labels.length,
    imageShape,
    bytes: store.size * 4 + labels.length * 4,
    images: (indices) =>
      tf.tidy(() => {
        const rows = store.gather(indices);
        const values = packed ? unpackBytes(rows, pixels) : rows;
        return values.reshape([-1, ...imageShape]) as tf.Tensor4D;
      }),
    labels: (indices) => labelStore.gather(indices),
    dispose: () => tf.dispose([store, labelStore]),
  };
}

function asFloats(images: Uint8Array | Float32Array, pixels: number): tf.Tensor2D {
  const values = images instanceof Uint8Array ? Float32Array.from(images, (byte) => byte / 255) : images;
  return onDevice(tf.tensor2d(values, [images.length / pixels, pixels], 'float32'));
}

/**
 * tfjs has no uint8 tensors, so four pixels travel as the bits of one float32, which is only ever copied; an image is
 * padded to whole words.
 */
function packBytes(images: Uint8Array, pixels: number): tf.Tensor2D {
  const count = images.length / pixels;
  const words = Math.ceil(pixels / 4);
  const bytes = new Uint8Array(count * words * 4);
  if (pixels === words * 4) bytes.set(images);
  else
    for (let i = 0; i < count; i++) bytes.set(images.subarray(i * pixels, (i + 1) * pixels), i * words * 4);
  return onDevice(tf.tensor2d(new Float32Array(bytes.buffer), [count, words], 'float32'));
}

/** [b, words] -> [b, pixels] in [0,1] */
function unpackBytes(rows: tf.Tensor2D, pixels: number): tf.Tensor2D {
  const [bytes] = executeOp(
    'Bitcast',
    [attribute.type('T', 'float32'), attribute.type('type', 'uint8')],
    [rows],
    1,
  );
  const [values] = executeOp(
    'Cast',
    [attribute.type('SrcT', 'uint8'), attribute.type('DstT', 'float32')],
    [bytes as tf.Tensor],
    1,
  );
  const [count, words] = rows.shape;
  const flat = (values as tf.Tensor).reshape<tf.Tensor2D>([count, words * 4]);
  return (pixels === words * 4 ? flat : flat.slice([0, 0], [count, pixels])).div(255);
}

/** tfjs uploads values when they are first used; used now, they are no constant of a function traced later. */
function onDevice<T extends tf.Tensor>(tensor: T): T {
  tensor.slice(0, 1).dispose();
  return tensor;
}
