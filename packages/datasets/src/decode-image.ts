import { readFile } from 'node:fs/promises';
import { ToogitError } from '@toogit/core';
import sharp from 'sharp';

/** The usual evaluation crop of ImageNet: the middle 224 pixels of an image whose shorter side is 256. */
const resizedPerCropped = 256 / 224;

/**
 * An image file as RGB pixels 0..255, [size, size, 3]: upright (EXIF), its shorter side scaled to size · 256/224 by a
 * bilinear filter, the centre cut out. Grey, palette, CMYK and 16-bit images become 8-bit sRGB; alpha is dropped.
 *
 * @throws DATASET_IMAGE_INVALID naming the file if it is not a whole image
 */
export async function decodeImage(
  path: string,
  size: number,
  signal?: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    const file = await readFile(path, { signal });
    const { width, height } = (await sharp(file).metadata()).autoOrient;
    const scale = Math.round(size * resizedPerCropped) / Math.min(width, height);
    const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
    // 'error': what libjpeg only warns of (stray bytes before a marker) is common in ImageNet and harmless.
    return await sharp(file, { failOn: 'error' })
      .autoOrient()
      .resize(columns, rows, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false })
      .extract({
        left: Math.round((columns - size) / 2),
        top: Math.round((rows - size) / 2),
        width: size,
        height: size,
      })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToogitError('DATASET_IMAGE_INVALID', `${path} cannot be decoded: ${reason}`, { cause: error });
  }
}
