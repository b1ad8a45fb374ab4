import { type BlobRef, brandToken, childId, laterPayload } from '@slipstream/contracts';
import { type Bus, getBlob, parseBlobRef, putBlob } from '@slipstream/jetstream';
import type { Projection } from '@slipstream/tasklog';

/** A filled payload above this many characters is kept outside the queue and the log. */
const INLINE = 64 * 1_024;

/** Names a result in a payload: of one child, or of several as an array. */
interface ResultRef {
  readonly $result: string | readonly string[];
  /** JSON pointer into the result. */
  readonly path?: string;
}

/**
 * The payload with `{"$result": ...}` replaced by the results of the children it names. Texts of a
 * brand and large payloads stay outside the queue: the message then refers to them.
 *
 * @param within where the payload itself lies, if it is outside already: there it stays
 */
export async function fillPayload(
  bus: Bus,
  projection: Pick<Projection, 'ask'>,
  parentId: string,
  payload: unknown,
  within?: string,
): Promise<unknown> {
  if (within === undefined && !refersToResults(payload)) return payload;
  let space = within;

  async function resultOf(key: string): Promise<unknown> {
    const row = await projection.ask('task', childId(parentId, key));
    if (!row?.resultRef) return row?.result == null ? null : JSON.parse(row.result);
    const bytes = await getBlob(bus, row.resultRef as BlobRef);
    space ??= parseBlobRef(row.resultRef).space;
    return bytes ? JSON.parse(Buffer.from(bytes).toString()) : null;
  }

  async function fill(value: unknown): Promise<unknown> {
    if (isResultRef(value)) {
      const { $result, path = '' } = value;
      const found =
        typeof $result === 'string'
          ? await resultOf($result)
          : await Promise.all($result.map(resultOf));
      return at(found, path);
    }
    if (Array.isArray(value)) return Promise.all(value.map(fill));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(async ([key, inner]) => [key, await fill(inner)]);
    return Object.fromEntries(await Promise.all(entries));
  }

  const filled = await fill(payload);
  const text = JSON.stringify(filled);
  if (space === undefined && text.length <= INLINE) return filled;
  const brand = (filled as { brand?: unknown } | null)?.brand;
  space ??= brandToken(typeof brand === 'string' ? brand : '*');
  return laterPayload(await putBlob(bus, space, Buffer.from(text)), filled);
}

const refersToResults = (payload: unknown): boolean =>
  JSON.stringify(payload ?? null).includes('"$result"');

const isResultRef = (value: unknown): value is ResultRef =>
  typeof value === 'object' && value !== null && '$result' in value;

/** RFC 6901; null for what is not there. */
function at(value: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<unknown>((found, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return null;
    return (found as Record<string, unknown>)[key];
  }, value);
}
