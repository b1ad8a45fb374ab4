export interface Readiness {
  readonly ready: boolean;
  /** What was looked at, and in words how it is: `{nats: 'connected'}`. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether a service can do its work now. It should take no longer than `READY_LIMIT_MS`. */
export type Ready = () => Promise<Readiness>;

/** A probe must get its answer before its own time-out (Kubernetes: 1 s by default). */
const READY_LIMIT_MS = 900;

/** Asks, and takes no answer within the limit, or an error, for "not ready". */
export async function readiness(ready: Ready, limitMs = READY_LIMIT_MS): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(
      () => resolve(notReady(`the checks did not answer within ${limitMs} ms`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([ready(), late]);
  } catch (error) {
    return notReady(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

const notReady = (why: string): Readiness => ({ ready: false, checks: { ready: why } });
