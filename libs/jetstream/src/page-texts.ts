import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { brandToken, subjects } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directBatch } from './direct-batch.ts';
import type { StoredMessage } from './direct-get.ts';
import { eraseMessages } from './erase-messages.ts';
import { encodeHeaders } from './headers.ts';

/** Whose text it is. */
export interface PageTextPlace {
  readonly brand: string;
  readonly docId: string;
}

const STREAM = 'TEXTS';
const PART_BYTES = 512 * 1_024;
/** 256 MB deflated: no document is as long. */
const MAX_PARTS = 512;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * Keeps the text of a document, for as long as the document is known: from it chunks can be made
 * anew without fetching. The one before is erased, as a message that is only replaced stays on disk.
 */
export async function putPageText(
  bus: Bus,
  place: PageTextPlace & {
    /** Origin of its site, or `upload`: it is erased with it. */
    readonly source: string;
  },
  text: string,
): Promise<void> {
  await erasePageText(bus, place);
  const bytes = await deflate(text);
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  const headers = encodeHeaders({ [SOURCE]: place.source, [PARTS]: String(parts) });
  for (let part = 0; part < parts; part++) {
    const data = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await bus.publisher.publishSurely(subjectOf(place, part), data, headers);
  }
}

/** Undefined when there is none, or only a part of it: a document that was indexed before texts were kept. */
export async function getPageText(bus: Bus, place: PageTextPlace): Promise<string | undefined> {
  const found = await directBatch(bus, STREAM, subjectOf(place, '*'), { seq: 1, batch: MAX_PARTS });
  const [first] = found;
  if (!first || found.length !== Number(first.header(PARTS))) return undefined;
  return (await inflate(Buffer.concat(found.map(({ data }) => data)))).toString();
}

export async function erasePageText(bus: Bus, place: PageTextPlace): Promise<void> {
  await eraseMessages(bus, STREAM, subjectOf(place, '*'));
}

/** Of which source the message of a text is. */
export const sourceOfText = (message: StoredMessage): string | undefined => message.header(SOURCE);

const SOURCE = 'Slip-Source';
const PARTS = 'Slip-Parts';

const subjectOf = ({ brand, docId }: PageTextPlace, part: number | '*'): string =>
  subjects.pageText(brandToken(brand), docId, part);
