import type { Chunk } from '@slipstream/contracts';

/**
 * What keyword search looks through: title and headings count double. On Cranfield nDCG@10 is 0.315
 * with the text alone, 0.374 with the title once, 0.389 twice, 0.393 three times; separate columns
 * with boosts stay below.
 */
export function searchText({ title, headingPath, text }: Chunk): string {
  const heading = headingPath.join('\n');
  return [title, title, heading, heading, text].join('\n');
}
