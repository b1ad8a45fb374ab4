import { loadModule } from './load-module.ts';
import { code, generatedFrom, page, table } from './markdown.ts';
import { taskErrors } from './task-errors.ts';

interface Problems {
  readonly [code: string]: {
    readonly status: number;
    readonly title: string;
    readonly remedy: string;
  };
}

const SOURCE = 'libs/contracts/src/problem.ts';

/** Every code that the API answers with, one section each, and the codes of failed tasks. */
export async function errorsPage(): Promise<string> {
  const { problems } = await loadModule<{ problems: Problems }>(SOURCE);
  const sections = Object.entries(problems).flatMap(([name, { status, title, remedy }]) => [
    `## ${name}`,
    `**HTTP ${status}.** ${title}.`,
    remedy,
  ]);
  const rows = Object.entries(taskErrors).map(([name, { retried, cause, remedy }]) => [
    code(name),
    retried ? 'yes' : 'no',
    cause,
    remedy,
  ]);
  return page(
    generatedFrom([SOURCE, 'tools/docs/task-errors.ts']),
    '# Errors',
    'The API answers errors as `application/problem+json` (RFC 9457). `code` is one of the sections below and `type` links to it; `detail` says what happened this time, `errors` names fields by JSON pointer, and `traceId` finds the request in traces and logs.',
    ...sections,
    '## Errors of tasks',
    "A task that did not succeed has `error.code`, `error.message`, and `error.attempts` with each attempt's own. `Retried`: the next attempt follows by itself, until the attempts are used up.",
    table(['Code', 'Retried', 'Cause', 'Remedy'], rows),
  );
}
