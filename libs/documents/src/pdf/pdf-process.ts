import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/** How long a process that waits for the next PDF is kept, ms. */
const SPARE_MS = 60_000;

let spare: { readonly child: ChildProcess; readonly maxRssBytes: number } | undefined;

/**
 * A process for one PDF: the one that was started after the last, if it waits, else a new one. Its
 * start takes longer than to read ten pages.
 */
export function takePdfProcess(maxRssBytes: number): ChildProcess {
  const ready = spare?.maxRssBytes === maxRssBytes ? spare.child : undefined;
  if (!ready?.connected || ready.exitCode !== null) return startPdfProcess(maxRssBytes);
  spare = undefined;
  ready.removeAllListeners();
  setReferences(ready, 'ref');
  return ready;
}

/** Starts the process of the next PDF. Nothing waits for it; it ends when this process does. */
export function preparePdfProcess(maxRssBytes: number): void {
  if (spare) return;
  const child = startPdfProcess(maxRssBytes);
  const own = { child, maxRssBytes };
  const drop = (): void => {
    if (spare === own) spare = undefined;
  };
  spare = own;
  child.on('error', drop).on('exit', drop);
  setReferences(child, 'unref');
  setTimeout(() => {
    if (spare !== own) return;
    drop();
    child.kill('SIGKILL');
  }, SPARE_MS).unref();
}

/** Can read files (its own source), and nothing else: no writing, no processes, no environment. */
function startPdfProcess(maxRssBytes: number): ChildProcess {
  const entry = fileURLToPath(new URL('./pdf-child.ts', import.meta.url));
  const heapMb = Math.ceil((maxRssBytes / 1_000_000) * 0.8);
  return spawn(
    process.execPath,
    [
      '--permission',
      '--allow-fs-read=*',
      '--allow-worker',
      `--max-old-space-size=${heapMb}`,
      entry,
      String(process.pid),
    ],
    { stdio: ['pipe', 'ignore', 'pipe', 'ipc'], env: {} },
  );
}

/** Whether this process stays alive for that one. */
function setReferences(child: ChildProcess, how: 'ref' | 'unref'): void {
  child[how]();
  child.channel?.[how]();
  for (const pipe of [child.stdin, child.stderr]) (pipe as Socket | null)?.[how]();
}
