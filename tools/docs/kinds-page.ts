import { loadModule } from './load-module.ts';
import { code, duration, generatedFrom, page, table } from './markdown.ts';
import { fieldsOf, type Schema } from './schema-fields.ts';

interface Retry {
  readonly maxAttempts: number;
  readonly delaysMs: readonly number[];
}

interface Task {
  readonly kind: string;
  readonly category: string;
  readonly summary: string;
  readonly payload: Schema;
  readonly result: Schema;
  readonly priority: string;
  readonly retry?: Retry;
  readonly timeoutMs?: number;
  readonly key?: string;
  readonly concurrency?: { readonly perKey: number };
  readonly rate?: {
    readonly perSecond?: number;
    readonly perMinute?: number;
    readonly per: string;
  };
  readonly resultHoldsText?: boolean;
  readonly onChildFailure?: 'fail' | 'continue';
  readonly batch?: { readonly max: number; readonly waitMs: number };
}

interface Contracts {
  readonly tasks: Readonly<Record<string, Task>>;
  readonly categories: Readonly<
    Record<string, { readonly slots: number; readonly service: string }>
  >;
  readonly defaultRetry: Retry;
  readonly defaultTimeoutMs: number;
}

/** Every kind of task: where it runs, how often, how long, and what goes in and comes out. */
export async function kindsPage(): Promise<string> {
  const contracts = await loadModule<Contracts>('libs/contracts/src/index.ts');
  const { tasks, categories } = contracts;
  const kinds = Object.values(tasks);
  const overview = kinds.map(({ kind, category, priority, summary }) => [
    `[${kind}](#${kind})`,
    category,
    priority,
    summary,
  ]);
  const pools = Object.entries(categories).map(([name, { slots, service }]) => [
    name,
    String(slots),
    service,
    kinds
      .filter(({ category }) => category === name)
      .map(({ kind }) => `[${kind}](#${kind})`)
      .join(', '),
  ]);
  return page(
    generatedFrom(['libs/contracts/src/kinds/*.ts']),
    '# Kinds of tasks',
    'Any of them can be submitted with `POST /v1/tasks`. [Write your own kind](../guides/write-your-own-kind.md) says how to make another one.',
    table(['Kind', 'Category', 'Priority', 'What it does'], overview),
    '## Categories',
    'A category is a pool of workers with its own stream. Slots are tasks in hand at once in one process.',
    table(['Category', 'Slots', 'Service', 'Kinds'], pools),
    ...kinds.flatMap((task) => sectionOf(task, contracts)),
  );
}

function sectionOf(task: Task, { defaultRetry, defaultTimeoutMs }: Contracts): string[] {
  const { kind, category, summary, priority, payload, result } = task;
  const { maxAttempts, delaysMs } = task.retry ?? defaultRetry;
  const facts = [
    `Category ${code(category)}, priority ${code(priority)}.`,
    `At most ${maxAttempts} attempts, ${delaysMs.map(duration).join(', ')} apart (±20 %).`,
    `An attempt ends after ${duration(task.timeoutMs ?? defaultTimeoutMs)}.`,
    ...limitsOf(task),
    task.resultHoldsText ? 'The result is kept as a blob of its brand, not in the log.' : '',
    task.onChildFailure === 'continue' ? 'One child that succeeds is enough.' : '',
    task.batch
      ? `Up to ${task.batch.max} share a call; the first waits ${duration(task.batch.waitMs)} for others.`
      : '',
  ];
  const payloadRows = fieldsOf(payload).map(({ path, type, required, description, ...field }) => [
    code(path),
    type,
    required ? 'yes' : '',
    field.default === undefined ? '' : code(String(field.default)),
    description,
  ]);
  const resultRows = fieldsOf(result).map(({ path, type, required, description }) => [
    code(path),
    type,
    required ? 'yes' : '',
    description,
  ]);
  return [
    `## ${kind}`,
    `${summary}.`,
    facts.filter(Boolean).join(' '),
    payloadRows.length === 0
      ? 'The payload is `{}`.'
      : table(['Payload', 'Type', 'Needed', 'Default', 'What it is'], payloadRows),
    table(['Result', 'Type', 'Always', 'What it is'], resultRows),
  ];
}

function limitsOf({ key, concurrency, rate }: Task): string[] {
  const counted = rate?.perSecond ? `${rate.perSecond} a second` : `${rate?.perMinute} a minute`;
  return [
    concurrency ? `At most ${concurrency.perKey} at once of one ${code(key ?? 'key')}.` : '',
    rate ? `At most ${counted} per ${rate.per}.` : '',
  ];
}
