/**
 * Writes an ONNX model, as little of it as a graph of floats and 64-bit integers needs. The numbers
 * of fields and types are those of onnx.proto (ONNX is Protocol Buffers on the wire).
 */
export type OnnxType = 'float' | 'int64';

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** `{ float }`, `{ int }`, or a list of integers. */
export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | readonly number[];

export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  /** A text is the name of a size that is known only when the model runs. */
  readonly shape: readonly (string | number)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** Opset 17 is the first with LayerNormalization; version 8 of the format came with it. */
const OPSET = 17;
const IR_VERSION = 8;

const elementTypes: Readonly<Record<OnnxType, number>> = { float: 1, int64: 7 };
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

/** The bytes of a `.onnx` file. */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  return message(
    varint(1, IR_VERSION),
    bytes(8, message(varint(2, OPSET))),
    bytes(7, writeGraph(graph)),
  );
}

function writeGraph({ nodes, tensors, inputs, outputs }: OnnxGraph): Uint8Array {
  return message(
    ...nodes.map((node) => bytes(1, writeNode(node))),
    text(2, 'graph'),
    ...tensors.map((tensor) => bytes(5, writeTensor(tensor))),
    ...inputs.map((value) => bytes(11, writeValue(value))),
    ...outputs.map((value) => bytes(12, writeValue(value))),
  );
}

function writeNode({ op, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map((entry) => bytes(5, writeAttribute(...entry))),
  );
}

function writeAttribute(name: string, value: OnnxAttribute): Uint8Array {
  if ('float' in value)
    return message(text(1, name), float(2, value.float), varint(20, attributeTypes.float));
  if ('int' in value)
    return message(text(1, name), varint(3, value.int), varint(20, attributeTypes.int));
  const ints = value.map((item) => varint(8, item));
  return message(text(1, name), ...ints, varint(20, attributeTypes.ints));
}

function writeTensor({ name, dims, data }: OnnxTensor): Uint8Array {
  const type: OnnxType = data instanceof Float32Array ? 'float' : 'int64';
  return message(
    ...dims.map((size) => varint(1, size)),
    varint(2, elementTypes[type]),
    text(8, name),
    // Little-endian by the format, as is every machine that Node runs on.
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

function writeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const dims = shape.map((size) =>
    bytes(1, typeof size === 'number' ? varint(1, size) : text(2, size)),
  );
  const tensor = message(varint(1, elementTypes[type]), bytes(2, message(...dims)));
  return message(text(1, name), bytes(2, bytes(1, tensor)));
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, Buffer.from(value));
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([tag(field, LENGTH_DELIMITED), digits(BigInt(content.length)), content]);
}

function varint(field: number, value: number): Uint8Array {
  return Buffer.concat([tag(field, VARINT), digits(BigInt.asUintN(64, BigInt(value)))]);
}

function float(field: number, value: number): Uint8Array {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED32), content]);
}

function tag(field: number, wireType: number): Uint8Array {
  return digits(BigInt((field << 3) | wireType));
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function digits(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return Uint8Array.from(out);
}
