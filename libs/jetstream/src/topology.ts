import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import {
  type Category,
  categories,
  categoryNames,
  priorities,
  subjects,
} from '@slipstream/contracts';

const SECOND = 1_000_000_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** `TASKS_RAG`: the work queue of a category. */
export const taskStream = (category: Category): string => `TASKS_${category.toUpperCase()}`;

/** `p0` (critical) to `p4` (bulk): the durable consumer of a priority. */
export const consumerName = (priorityIndex: number): string => `p${priorityIndex}`;

export interface TopologyOptions {
  /** Copies of every stream. 1 on one server, 3 in a cluster. */
  readonly replicas: number;
  /** Most messages that a task stream holds. */
  readonly maxQueued: number;
  /** Most worker processes of one category; bounds the server's ack-pending. */
  readonly maxWorkers: number;
}

export const defaultTopology: TopologyOptions = {
  replicas: 1,
  maxQueued: 1_000_000,
  maxWorkers: 32,
};

/** Messages that wait for a delayed retry count as ack-pending; at the bound the consumer stops. */
const RETRY_HEAD_ROOM = 10_000;

type Stream = Partial<StreamConfig> & { readonly name: string; readonly subjects: string[] };

/** Every stream but the key-value buckets. The one table that the provisioner works from. */
export function streams(options: TopologyOptions = defaultTopology): readonly Stream[] {
  const common = {
    storage: StorageType.File,
    num_replicas: options.replicas,
    allow_direct: true,
  };
  return [
    ...categoryNames.map((category) => ({
      ...common,
      name: taskStream(category),
      description: `Tasks of ${category} that no worker has finished`,
      subjects: [`tasks.${category}.*.*`],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      max_msgs: options.maxQueued,
      max_msg_size: 1 << 20,
      duplicate_window: 120 * SECOND,
    })),
    {
      ...common,
      name: 'SCHED',
      description: 'Schedules: delayed tasks, long backoffs, cron. They fire into due.>',
      subjects: ['sched.>', 'due.>'],
      retention: RetentionPolicy.Workqueue,
      allow_msg_schedules: true,
      allow_msg_ttl: true,
    },
    {
      ...common,
      name: 'EVENTS',
      description: 'What happened to each task: arrays of events, the truth',
      subjects: ['events.*'],
      retention: RetentionPolicy.Limits,
      // The leader of snapshots trims it, never beyond the oldest task that is kept.
      max_age: 0,
    },
    {
      ...common,
      name: 'LANES',
      description: 'Tasks that wait for others with their key, or for the turn of their tenant',
      subjects: ['lane.*.*.*.*'],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      max_msgs: options.maxQueued,
      duplicate_window: 120 * SECOND,
    },
    {
      ...common,
      name: 'FLOWS',
      description: 'Children that open tasks have added',
      subjects: ['flow.*'],
      retention: RetentionPolicy.Limits,
    },
    {
      ...common,
      name: 'BATCHES',
      description: 'Accepted batches whose tasks are not all in their queues yet',
      subjects: ['batch.*'],
      retention: RetentionPolicy.Workqueue,
      duplicate_window: 120 * SECOND,
    },
    {
      ...common,
      name: 'LIVE',
      description: 'Progress and partial results, for an hour',
      subjects: ['live.*'],
      retention: RetentionPolicy.Limits,
      max_age: HOUR,
      republish: { src: 'live.*', dest: 'livefeed.{{wildcard(1)}}' },
    },
    {
      ...common,
      name: 'ASKED',
      description: 'What was asked and how it ended, under the token of the brand',
      subjects: ['asked.*.*'],
      retention: RetentionPolicy.Limits,
      max_age: 30 * DAY,
      max_msgs_per_subject: 20_000,
    },
    {
      ...common,
      name: 'TALLIES',
      description:
        'Counters by brand and minute: answers from the cache, calls and tokens of models',
      subjects: ['tally.*.*.*.*'],
      retention: RetentionPolicy.Limits,
      max_age: 25 * HOUR,
      max_msgs_per_subject: 1,
      allow_msg_counter: true,
    },
    {
      ...common,
      name: 'TEXTS',
      description: 'Texts of the documents that are known, under the token of their brand',
      subjects: ['text.*.*.*'],
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
    },
    {
      ...common,
      name: 'BLOBS',
      description: 'Large payloads and results, under the token of their brand',
      subjects: ['blob.>'],
      retention: RetentionPolicy.Limits,
      max_age: 7 * DAY,
      max_msgs_per_subject: 1,
    },
  ];
}

/** The five consumers of a task stream. Crashed work comes back after `ack_wait`; workers prolong it every second. */
export function taskConsumers(
  category: Category,
  { maxWorkers, replicas }: TopologyOptions = defaultTopology,
): readonly Partial<ConsumerConfig>[] {
  return priorities.map((priority, index) => ({
    durable_name: consumerName(index),
    description: `${category}, ${priority}`,
    filter_subject: subjects.taskFilter(category, priority),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: (replicas > 1 ? 12 : 4) * SECOND,
    // Poison is counted from the log; the server's own bound would kill a parked task silently.
    max_deliver: -1,
    max_ack_pending: categories[category].slots * maxWorkers + RETRY_HEAD_ROOM,
    max_waiting: 2_048,
  }));
}

/** The steward's consumer of fired schedules. */
export const dueConsumer = {
  durable_name: 'steward',
  description: 'Schedules that have fired',
  filter_subject: 'due.>',
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: 10 * SECOND,
  max_deliver: -1,
} satisfies Partial<ConsumerConfig>;

/** The expander's consumer of accepted batches. */
export const batchConsumer = {
  durable_name: 'expander',
  description: 'Batches to put into the queues',
  filter_subject: 'batch.*',
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: 30 * SECOND,
  max_deliver: -1,
} satisfies Partial<ConsumerConfig>;

/**
 * Key-value buckets: name, how long an entry lives (ms; 0: for ever), and what it holds. Where
 * `brandless` is not said, keys begin with the token of a brand and the entries are erased with it. Such
 * a bucket, but for `pages`, is a cache: an erasure may lose entries of others that are written meanwhile.
 */
export const buckets = [
  {
    name: 'runtime',
    ttlMs: 0,
    brandless: true,
    description: 'Leases, workers, breakers, controls',
  },
  {
    name: 'idempotency',
    ttlMs: 600_000,
    brandless: true,
    description: 'Idempotency keys of the last ten minutes; then their tasks know them',
  },
  {
    name: 'schedules',
    ttlMs: 0,
    brandless: true,
    description: 'Recurring schedules and what they did',
  },
  {
    name: 'erasures',
    ttlMs: 30 * 86_400_000,
    brandless: true,
    description: 'What is erased, or was: older tasks of it do not run any more',
  },
  {
    name: 'hosts',
    ttlMs: 86_400_000,
    brandless: true,
    description: 'When each host may be asked next',
  },
  { name: 'pages', ttlMs: 0, description: 'What is remembered of each page, for the next crawl' },
  {
    name: 'notes',
    ttlMs: 7 * 86_400_000,
    description:
      'Text and notes of files by the hash of their bytes, under the token of their brand',
  },
  {
    name: 'versions',
    ttlMs: 0,
    brandless: true,
    description: 'When the knowledge of each brand last changed; the sequence is its version',
  },
  {
    name: 'answers',
    ttlMs: 86_400_000,
    description: 'Cached answers under the token of their brand; each entry says how long it lives',
  },
] as const;

export type Bucket = (typeof buckets)[number]['name'];

/** Buckets whose keys begin with the token of a brand. */
export const brandBuckets: readonly { readonly name: Bucket; readonly ttlMs: number }[] =
  buckets.filter((bucket) => !('brandless' in bucket));
