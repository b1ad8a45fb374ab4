import { vi } from 'vitest';

/** A loaded machine is no defect: a condition has this long to come true, whatever it usually takes. */
const PATIENCE_MS = 30_000;

const { waitFor } = vi;

/** `vi.waitFor` with a patience of 30 s instead of one second. A longer one may be given. */
vi.waitFor = (callback, options) => {
  const { timeout = 0, ...more } =
    typeof options === 'number' ? { timeout: options } : (options ?? {});
  return waitFor(callback, { ...more, timeout: Math.max(timeout, PATIENCE_MS) });
};
