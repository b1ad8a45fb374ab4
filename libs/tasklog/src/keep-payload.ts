import {
  brandToken,
  isLaterPayload,
  laterPayload,
  type TaskDefinition,
} from '@slipstream/contracts';
import { type Bus, putBlob } from '@slipstream/jetstream';

/**
 * The payload as queue and log may hold it. One with texts of a brand, such as a question, is kept
 * under the subjects of the brand, where it can be erased: a message of the log cannot.
 */
export async function keptPayload(
  bus: Bus,
  { payloadHoldsText }: TaskDefinition,
  payload: unknown,
): Promise<unknown> {
  if (!payloadHoldsText || isLaterPayload(payload)) return payload;
  const space = brandToken(brandOf(payload) ?? '*');
  return laterPayload(await putBlob(bus, space, Buffer.from(JSON.stringify(payload))), payload);
}

/** The brand that a payload, or the reference in its place, names. */
export function brandOf(payload: unknown): string | undefined {
  const brand = (payload as { brand?: unknown } | null | undefined)?.brand;
  return typeof brand === 'string' ? brand : undefined;
}
