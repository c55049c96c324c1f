import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeImage } from './decode-image.js';

const scratch = await mkdtemp(join(tmpdir(), 'toogit-decode-'));
afterAll(() => rm(scratch, { recursive: true }));

const { signal } = new AbortController();
/** Muted, so that inks can mix them. */
const colours = {
  red: [180, 90, 80],
  green: [90, 150, 90],
  blue: [80, 100, 150],
  white: [215, 215, 215],
  black: [30, 30, 30],
  dark: [90, 90, 90],
  light: [160, 160, 160],
};
type Colour = keyof typeof colours;

/** An image of four quarters: top left, top right, bottom left, bottom right. */
function quarters(width: number, height: number, layout: [Colour, Colour, Colour, Colour]): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = layout[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)] as Colour;
      pixels.set(colours[colour], (y * width + x) * 3);
    }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

const upright: [Colour, Colour, Colour, Colour] = ['red', 'green', 'blue', 'white'];
const lossless = { quality: 100, chromaSubsampling: '4:4:4' };

async function decoded(image: Sharp | Buffer, size = 32) {
  const path = join(scratch, 'image');
  await writeFile(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
  const pixels = await decodeImage(path, size, signal);
  expect(pixels).toHaveLength(size * size * 3);
  const at = (x: number, y: number) => [...pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
  const quarter = size / 4;
  return {
    at,
    /** The middles of the four quarters. */
    quarters: [
      at(quarter, quarter),
      at(3 * quarter, quarter),
      at(quarter, 3 * quarter),
      at(3 * quarter, 3 * quarter),
    ],
  };
}

function expectNear(found: number[][], wanted: number[][], tolerance: number) {
  for (const [i, pixel] of found.entries())
    for (const [c, value] of pixel.entries())
      expect(
        Math.abs(value - (wanted[i]?.[c] ?? Number.NaN)),
        `${JSON.stringify(found)}`,
      ).toBeLessThanOrEqual(tolerance);
}

const colourful = upright.map((colour) => colours[colour]);
const shades: [Colour, Colour, Colour, Colour] = ['black', 'dark', 'light', 'white'];
const grey = shades.map((colour) => colours[colour]);

describe('decodeImage', () => {
  const image = quarters(90, 60, upright);
  const greyImage = quarters(90, 60, shades);
  it.each<[string, () => Sharp, number[][], number]>([
    ['a PNG', () => image.clone().png(), colourful, 0],
    ['a JPEG', () => image.clone().jpeg(lossless), colourful, 3],
    ['a PNG with a palette', () => image.clone().png({ palette: true }), colourful, 2],
    ['an image with alpha', () => image.clone().ensureAlpha(0.5).png(), colourful, 3],
    ['a 16-bit PNG', () => image.clone().toColourspace('rgb16').png(), colourful, 1],
    ['a grey JPEG', () => greyImage.clone().toColourspace('b-w').jpeg(lossless), grey, 2],
    ['a grey 16-bit PNG', () => greyImage.clone().toColourspace('grey16').png(), grey, 1],
    ['a CMYK JPEG', () => image.clone().toColourspace('cmyk').jpeg(lossless), colourful, 15],
  ])('reads %s', async (_name, encode, expected, tolerance) => {
    expectNear((await decoded(encode())).quarters, expected, tolerance);
  });

  it.each([
    ['a quarter turn to the right', 6, ['blue', 'red', 'white', 'green']],
    ['half a turn', 3, ['white', 'blue', 'green', 'red']],
    ['a mirror', 2, ['green', 'red', 'white', 'blue']],
  ] as const)('rights an image that EXIF says needs %s', async (_name, orientation, layout) => {
    const turned = await decoded(image.clone().withMetadata({ orientation }).jpeg(lossless));
    expectNear(
      turned.quarters,
      layout.map((colour) => colours[colour]),
      3,
    );
  });

  /** A red square of a quarter of the shorter side in the middle, on white. */
  function marked(width: number, height: number): Sharp {
    const side = Math.min(width, height) / 4;
    const pixels = Buffer.alloc(width * height * 3, 215);
    for (let y = (height - side) / 2; y < (height + side) / 2; y++)
      for (let x = (width - side) / 2; x < (width + side) / 2; x++)
        pixels.set(colours.red, (y * width + x) * 3);
    return sharp(pixels, { raw: { width, height, channels: 3 } }).png();
  }

  it.each([
    [512, 512],
    [768, 512],
    [512, 1024],
    [128, 128],
  ])('cuts the middle 224 pixels out of %i×%i scaled to 256', async (width, height) => {
    const { at } = await decoded(marked(width, height), 224);
    // The square is 64 pixels of 256: 80 to 143 of the 224, whatever the shape.
    for (const inside of [82, 112, 141]) {
      expectNear([at(inside, 112), at(112, inside)], [colours.red, colours.red], 2);
    }
    for (const outside of [0, 77, 146, 223]) {
      expectNear([at(outside, 112), at(112, outside)], [colours.white, colours.white], 2);
    }
  });

  it('averages over what a pixel covers when it scales down', async () => {
    const stripes = Buffer.alloc(256 * 256 * 3);
    for (let i = 0; i < stripes.length; i++) stripes[i] = Math.floor(i / 3) % 2 === 0 ? 0 : 200;
    const { at } = await decoded(sharp(stripes, { raw: { width: 256, height: 256, channels: 3 } }).png(), 32);
    for (const x of [3, 16, 29]) expectNear([at(x, 16)], [[100, 100, 100]], 12);
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['an empty file', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('not an image')],
    [
      'half a JPEG',
      async () => {
        const bytes = await image.clone().jpeg(lossless).toBuffer();
        return bytes.subarray(0, bytes.length - 200);
      },
    ],
    ['half a PNG', async () => (await image.clone().png().toBuffer()).subarray(0, 150)],
  ])('refuses %s and names the file', async (_name, bytes) => {
    await expect(decoded(await bytes())).rejects.toMatchObject({
      code: 'DATASET_IMAGE_INVALID',
      message: expect.stringContaining(join(scratch, 'image')),
    });
  });

  it('stops when told to', async () => {
    const path = join(scratch, 'stopped');
    await image.clone().png().toFile(path);
    await expect(decodeImage(path, 32, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
