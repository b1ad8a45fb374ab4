import { workerData } from 'node:worker_threads';
import type { PdfJob } from './messages.ts';

/**
 * A thread beside the one that reads the PDF, which may be busy for ever. It ends the whole process
 * when that takes too much memory or time, or when nobody waits for it any more. It works the same
 * on Linux and macOS, and does not need a parent that is alive or has time.
 */
const { maxRssBytes, deadlineMs, parentPid } = workerData as PdfJob;
const startMs = performance.now();

setInterval(() => {
  const late = performance.now() - startMs > deadlineMs;
  if (late || process.memoryUsage.rss() > maxRssBytes || process.ppid !== parentPid)
    process.kill(process.pid, 'SIGKILL');
}, 20);
