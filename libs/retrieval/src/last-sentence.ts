import { unitsOf } from './units.ts';

/** Where the last sentence of a text that is still being written begins; 0 when it is the first. */
export const lastSentenceStart = (text: string): number => unitsOf(text).at(-1)?.start ?? 0;
