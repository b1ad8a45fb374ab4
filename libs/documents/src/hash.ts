import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex. Parts are kept apart: `['ab', 'c']` differs from `['a', 'bc']`. */
export function sha256(...parts: readonly (string | number)[]): string {
  return createHash('sha256')
    .update(parts.length === 1 ? String(parts[0]) : JSON.stringify(parts))
    .digest('hex');
}
