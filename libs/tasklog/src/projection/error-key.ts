import { createHash } from 'node:crypto';
import type { TaskErrorShape } from '@slipstream/contracts';

/** What differs from one failure to the next although the cause is the same, and what stands for it. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"<>)\]]+/gi, '<url>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '<id>'],
  [/\d+(?:[.,:]\d+)*/g, '<n>'],
];

/** The message with ids, numbers and URLs taken out. */
export const generalMessage = (message: string): string =>
  varying.reduce((text, [what, name]) => text.replaceAll(what, name), message.slice(0, 1_000));

/** Twelve hexadecimal digits that failures of the same cause share: code, and message in general. */
export const errorKey = ({ code, message }: TaskErrorShape): string =>
  createHash('sha1')
    .update(`${code}\n${generalMessage(message)}`)
    .digest('hex')
    .slice(0, 12);
