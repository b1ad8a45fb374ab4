import { parentPort, workerData } from 'node:worker_threads';
import type { PdfJob } from './messages.ts';

/**
 * A thread beside the one that reads the PDF, which may be busy for ever. It ends the whole process
 * when that takes too much memory or time, or when nobody waits for it any more. It works the same
 * on Linux and macOS, and does not need a parent that is alive or has time.
 */
const { parentPid } = workerData as { parentPid: number };
let job: Pick<PdfJob, 'maxRssBytes' | 'deadlineMs'> | undefined;
let startMs = 0;

parentPort?.on('message', (given: PdfJob) => {
  job = given;
  startMs = performance.now();
});

setInterval(() => {
  const late = job && performance.now() - startMs > job.deadlineMs;
  const large = job && process.memoryUsage.rss() > job.maxRssBytes;
  if (late || large || process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
}, 20);
