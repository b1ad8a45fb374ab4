import { createRequire } from 'node:module';
import { acceleratorsFolder, ConfigError, findAccelerator } from '@slipstream/config';

/** As much of onnxruntime-node as is used; the package is no dependency, so its types are not here. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: OnnxSessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'int64',
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => OnnxTensorValue;
}

export interface OnnxSessionOptions {
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Readonly<Record<string, OnnxTensorValue>>): Promise<Record<string, OnnxTensorValue>>;
}

export interface OnnxTensorValue {
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

/** The entry file of onnxruntime-node. Throws a ConfigError that names the command that adds it. */
export function findOnnxRuntime(folder = acceleratorsFolder): string {
  const file = findAccelerator('onnxruntime', 'onnxruntime-node', folder);
  if (file !== undefined) return file;
  throw new ConfigError(
    `SLIPSTREAM_EMBEDDER is use-lite-onnx, but ONNX Runtime is not in ${folder}. Add it: npm run add -- onnxruntime`,
  );
}

export function loadOnnxRuntime(file: string): OnnxRuntime {
  return createRequire(file)(file) as OnnxRuntime;
}
