import type { BlobRef } from './events.ts';

/** In place of a payload that is kept outside the queue: the worker reads it before it runs. */
export interface LaterPayload {
  readonly $payload: BlobRef;
  /** Whose texts it holds. */
  readonly brand?: string;
}

/** @param payload what is kept under `ref` */
export function laterPayload(ref: BlobRef, payload: unknown): LaterPayload {
  const brand = (payload as { brand?: unknown } | null)?.brand;
  return { $payload: ref, ...(typeof brand === 'string' && { brand }) };
}

export const isLaterPayload = (payload: unknown): payload is LaterPayload =>
  typeof payload === 'object' && payload !== null && '$payload' in payload;
