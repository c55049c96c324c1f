import { basename } from 'node:path';

/** One package of the index, of which one wheel is wanted; every build listed holds the same libraries. */
export interface WheelRequirement {
  /** Name on the index, normalised. */
  project: string;
  /** sha256 by file name, best first. Nothing else is ever installed. */
  digests: Readonly<Record<string, string>>;
  /** Where to unpack an entry to, relative to the installation; undefined leaves it. */
  place(entry: string): string | undefined;
}

const tensorflowLibrary = (entry: string): string | undefined =>
  /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(entry) ? basename(entry) : undefined;

const nvidiaLibrary = (entry: string): string | undefined =>
  /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(entry) ? `nvidia/${basename(entry)}` : undefined;

const cpuX64: WheelRequirement = {
  project: 'tensorflow-cpu',
  digests: {
    'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
      '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl':
      'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    'tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl':
      '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793',
    'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl':
      'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
  },
  place: tensorflowLibrary,
};

/** On arm64 the plain package is without CUDA. */
const cpuArm64: WheelRequirement = {
  project: 'tensorflow',
  digests: {
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl':
      '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl':
      'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    'tensorflow-2.21.0-cp313-cp313-manylinux_2_27_aarch64.whl':
      'a10abdfb8b1189210c251021a3f153b7ccc52a8e6521351f3dc3331e8ba593e0',
    'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_aarch64.whl':
      '7c97938b25cf70c80ae8619931f85abcdee2ab2eb256c2051202edb3b89e9a5d',
  },
  place: tensorflowLibrary,
};

const cudaX64: WheelRequirement = {
  project: 'tensorflow',
  digests: {
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
      '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl':
      'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    'tensorflow-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl':
      'e9d8da8dcab9650efb45f032ba70af2f016f907e6e0c6bda29dd101bba945406',
    'tensorflow-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl':
      '77c6f298e695ea1d283cdd7d30f8d97530cc6e92c1395a9ddbab9771c99233a4',
  },
  place: tensorflowLibrary,
};

/** The lowest versions that TensorFlow 2.21's extra `and-cuda` allows, those it was built with; nvcc is not needed. */
const nvidia: readonly WheelRequirement[] = [
  wheel(
    'nvidia_cuda_runtime_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
  ),
  wheel(
    'nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_x86_64.whl',
    'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
  ),
  wheel(
    'nvidia_cuda_cupti_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
  ),
  wheel(
    'nvidia_cuda_nvrtc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
  ),
  wheel(
    'nvidia_cudnn_cu12-9.3.0.75-py3-none-manylinux2014_x86_64.whl',
    '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
  ),
  wheel(
    'nvidia_cufft_cu12-11.2.3.61-py3-none-manylinux2014_x86_64.whl',
    '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
  ),
  wheel(
    'nvidia_curand_cu12-10.3.6.82-py3-none-manylinux2014_x86_64.whl',
    '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
  ),
  wheel(
    'nvidia_cusolver_cu12-11.6.3.83-py3-none-manylinux2014_x86_64.whl',
    '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
  ),
  wheel(
    'nvidia_cusparse_cu12-12.5.1.3-py3-none-manylinux2014_x86_64.whl',
    '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
  ),
  wheel(
    'nvidia_nccl_cu12-2.27.7-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
  ),
  wheel(
    'nvidia_nvjitlink_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
  ),
];

function wheel(fileName: string, sha256: string): WheelRequirement {
  const project = fileName.slice(0, fileName.indexOf('-')).replaceAll('_', '-');
  return { project, digests: { [fileName]: sha256 }, place: nvidiaLibrary };
}

/** What to install for a platform (`linux-x64`), or undefined where TensorFlow publishes nothing. */
export function wheelsFor(platform: string, cuda: boolean): readonly WheelRequirement[] | undefined {
  if (platform === 'linux-x64') return cuda ? [cudaX64, ...nvidia] : [cpuX64];
  if (platform === 'linux-arm64' && !cuda) return [cpuArm64];
  return undefined;
}
