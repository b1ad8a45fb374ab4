import { loadModule } from './load-module.ts';
import { code, duration, generatedFrom, page, table } from './markdown.ts';

interface Stream {
  readonly name: string;
  readonly description?: string;
  readonly subjects: readonly string[];
  readonly retention?: string;
  readonly discard?: string;
  readonly max_msgs?: number;
  readonly max_msgs_per_subject?: number;
  readonly max_msg_size?: number;
  readonly max_age?: number;
  readonly duplicate_window?: number;
  readonly allow_msg_schedules?: boolean;
  readonly republish?: { readonly src: string; readonly dest: string };
}

interface Consumer {
  readonly durable_name: string;
  readonly description?: string;
  readonly filter_subject: string;
  readonly ack_wait: number;
  readonly max_ack_pending?: number;
  readonly max_waiting?: number;
}

interface Topology {
  readonly defaultTopology: object;
  readonly dueConsumer: Consumer;
  readonly batchConsumer: Consumer;
  readonly buckets: readonly {
    readonly name: string;
    readonly ttlMs: number;
    readonly description: string;
  }[];
  streams(): readonly Stream[];
  taskConsumers(category: string): readonly Consumer[];
  taskStream(category: string): string;
}

interface Contracts {
  readonly categoryNames: readonly string[];
  readonly subjects: Readonly<Record<string, string | ((...parts: string[]) => string)>>;
}

const CONTRACTS = 'libs/contracts/src/subjects.ts';
const TOPOLOGY = 'libs/jetstream/src/topology.ts';

/** What each subject carries. The names are those of the table `subjects`; a test compares them. */
const carried: Readonly<Record<string, readonly [places: readonly string[], text: string]>> = {
  task: [['<category>', '<priority>', '<id>'], 'A task that waits for a worker, as JSON'],
  taskFilter: [['<category>', '<priority>'], 'What the consumer of one priority pulls'],
  taskAnywhere: [['<category>', '<id>'], 'A task whatever its priority: for dedupe and cancel'],
  schedule: [['<category>', '<id>'], 'A delayed task or a recurring schedule, kept by the server'],
  due: [['<category>', '<id>'], 'What the server publishes when a schedule fires'],
  lane: [
    ['<category>', '<priority>', '<lane>', '<id>'],
    'A task that a limit holds; the lane is base64url of `[tenant, kind, key]`',
  ],
  laneFilter: [['<category>', '<priority>'], 'What waits in lanes: for counts and purges'],
  laneAnywhere: [['<category>', '<id>'], 'A task in whatever lane: for dedupe and cancel'],
  events: [['<category>'], 'What happened to tasks: each message is an array of events'],
  live: [['<id>'], 'Progress and partial results of a task'],
  liveFeed: [['<id>'], 'The same, republished by the server to whoever follows; not stored'],
  flow: [['<parent id>'], 'Children that a task has added'],
  batch: [['<batch id>'], 'An accepted batch: how many tasks, and where they are'],
  cancel: [['<id>'], 'To all workers: stop this task; not stored'],
  controls: [['<category>'], 'To all processes: new controls of a category; not stored'],
  blob: [['<space>', '<sha256>', '<part>'], 'Large payloads and results in parts of 512 KiB'],
  pageText: [
    ['<brand>', '<docId>', '<part>'],
    'The text of a document that is known, deflated, in parts of 512 KiB',
  ],
  asked: [['<brand>', '<outcome>'], 'A question that was asked, and how it ended'],
  tally: [
    ['<brand>', '<minute>', '<measure>', '<what>'],
    'A counter of the server: answers by cache match, calls and tokens by model',
  ],
  acquire: [['<category>'], 'Request and reply: may these tasks run now; not stored'],
  holding: [['<category>'], 'From a worker, once a second: what it holds; not stored'],
  lanesPurged: [['<category>'], 'To the steward: lanes are empty up to a sequence; not stored'],
  ages: [
    ['<category>'],
    'To all workers, once a second: age of the oldest waiting task; not stored',
  ],
  taskState: [[], 'Request and reply: what the log knows of a task; not stored'],
  documents: [[], 'Request and reply: which documents the knowledge holds; not stored'],
  sources: [
    ['list'],
    'Request and reply (`list`, `find`, `forget`): sources of brands; not stored',
  ],
  erasing: [
    [],
    'To all workers: a brand is erased; answered when none of its tasks runs; not stored',
  ],
};

/** Names that the subjects table misses or has too many of: for the test. */
export async function subjectDrift(): Promise<string[]> {
  const { subjects } = await loadModule<Contracts>('libs/contracts/src/index.ts');
  return Object.keys({ ...subjects, ...carried }).filter(
    (name) => !(name in subjects && name in carried),
  );
}

/** Subjects, streams, consumers and buckets, as the provisioner makes them on one server. */
export async function subjectsPage(): Promise<string> {
  const { subjects, categoryNames } = await loadModule<Contracts>('libs/contracts/src/index.ts');
  const topology = await loadModule<Topology>(TOPOLOGY);
  const streams = topology.streams();
  const subjectRows = Object.entries(carried).map(([name, [places, text]]) => {
    const subject = subjects[name];
    const shown = typeof subject === 'function' ? subject(...places) : (subject ?? '');
    return [code(shown), text];
  });
  const streamRows = streams.map((stream) => [
    code(stream.name),
    stream.subjects.map(code).join(', '),
    stream.retention ?? 'limits',
    limitsOf(stream),
    stream.description ?? '',
  ]);
  const consumerRows = categoryNames.map((category) =>
    consumersRow(topology.taskStream(category), topology.taskConsumers(category)),
  );
  consumerRows.push(consumersRow('SCHED', [topology.dueConsumer]));
  consumerRows.push(consumersRow('BATCHES', [topology.batchConsumer]));
  const bucketRows = topology.buckets.map(({ name, ttlMs, description }) => [
    code(name),
    code(`KV_${name}`),
    code(`$KV.${name}.>`),
    ttlMs === 0 ? 'for ever' : duration(ttlMs),
    description,
  ]);
  return page(
    generatedFrom([CONTRACTS, TOPOLOGY]),
    '# Subjects, streams, consumers, buckets',
    'As `provision` makes them on one server: file storage, one replica. [Inspect with the NATS CLI](../guides/inspect-with-the-nats-cli.md) shows them at work.',
    '## Subjects',
    table(['Subject', 'What it carries'], subjectRows),
    '## Streams',
    table(['Stream', 'Subjects', 'Retention', 'Limits', 'What it holds'], streamRows),
    '## Consumers',
    'Durable, pull, explicit ack, no limit of deliveries. There is one for each priority: `p0` is critical, `p4` is bulk.',
    table(
      ['Stream', 'Consumers', 'Filters', 'Ack wait', 'Max ack pending', 'Max waiting'],
      consumerRows,
    ),
    '## Buckets',
    table(['Bucket', 'Stream', 'Subjects', 'Kept', 'What it holds'], bucketRows),
  );
}

function limitsOf(stream: Stream): string {
  const count = (value: number): string => value.toLocaleString('en');
  const parts = [
    stream.max_msgs && `${count(stream.max_msgs)} messages, then new ones are refused`,
    stream.max_msgs_per_subject && `${stream.max_msgs_per_subject} message per subject`,
    stream.max_msg_size && `${count(stream.max_msg_size)} bytes per message`,
    stream.max_age && `kept ${duration(stream.max_age / 1e6)}`,
    stream.duplicate_window && `dedupe ${duration(stream.duplicate_window / 1e6)}`,
    stream.allow_msg_schedules && 'message schedules',
    stream.republish && `republished to \`${stream.republish.dest}\``,
  ];
  return parts.filter(Boolean).join('; ');
}

/** The consumers of one stream; they differ in name and filter only. */
function consumersRow(stream: string, consumers: readonly Consumer[]): string[] {
  const [first] = consumers;
  const number = (value: number | undefined): string => value?.toLocaleString('en') ?? 'default';
  return [
    code(stream),
    consumers.map((one) => code(one.durable_name)).join(', '),
    consumers.map((one) => code(one.filter_subject)).join(', '),
    duration((first?.ack_wait ?? 0) / 1e6),
    number(first?.max_ack_pending),
    number(first?.max_waiting),
  ];
}
