import { brandToken } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directLast } from './direct-get.ts';
import { encodeHeaders } from './headers.ts';

/** The language (ISO 639-1) that is set for a brand; undefined: each document is asked for its own. */
export async function brandLanguage(bus: Bus, brand: string): Promise<string | undefined> {
  const last = await directLast(bus, 'KV_runtime', keyOf(brand));
  return last && last.data.length > 0 ? Buffer.from(last.data).toString() : undefined;
}

/** From now on what is indexed of the brand is read in this language; undefined: in its own again. */
export async function setBrandLanguage(bus: Bus, brand: string, language?: string): Promise<void> {
  const headers = language === undefined ? encodeHeaders({ 'KV-Operation': 'DEL' }) : undefined;
  await bus.publisher.publishSurely(keyOf(brand), language ?? '', headers);
}

const keyOf = (brand: string): string => `$KV.runtime.language.${brandToken(brand)}`;
