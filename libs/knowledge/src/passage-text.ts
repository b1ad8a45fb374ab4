import type { Chunk } from '@slipstream/contracts';

/** What is embedded of a chunk. Out of its document it says too little: title and headings come first. */
export const passageText = ({ title, headingPath, text }: Chunk): string =>
  `${[title, ...headingPath].join(' > ')}\n${text}`;
