import type { EvaluationReport, Task } from '@slipstream/contracts';
import { type EvaluationQuestion, EvaluationSetError } from '@slipstream/evaluation';

interface RemoteOptions {
  /** Only its knowledge is asked. Default: what each question says, or all. */
  readonly brand?: string | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Has a running system evaluate its own knowledge. @param url of its API */
export async function evaluateRemote(
  url: string,
  questions: readonly EvaluationQuestion[],
  { brand, onProgress }: RemoteOptions = {},
): Promise<EvaluationReport> {
  let task = await call(new URL('/v1/evaluations', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ questions, ...(brand !== undefined && { brand }) }),
  });
  while (!['succeeded', 'failed', 'cancelled'].includes(task.state)) {
    task = await call(new URL(`/v1/tasks/${task.id}?waitMs=2000`, url));
    if (task.progress?.total) onProgress?.(task.progress.done, task.progress.total);
  }
  if (task.state === 'succeeded') return task.result as EvaluationReport;
  const why = task.error ? `${task.error.code}: ${task.error.message}` : task.state;
  throw new EvaluationSetError(`task ${task.id} has no report: ${why}`);
}

async function call(url: URL, init?: RequestInit): Promise<Task> {
  const key = process.env['SLIPSTREAM_API_KEY'];
  const headers = { ...init?.headers, ...(key && { authorization: `Bearer ${key}` }) };
  const response = await fetch(url, { ...init, headers });
  if (response.ok) return (await response.json()) as Task;
  throw new EvaluationSetError(`${url} answered ${response.status}: ${await response.text()}`);
}
