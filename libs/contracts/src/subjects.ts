import type { Category } from './category.ts';
import type { Priority } from './priority.ts';

/** Every subject of the system, as functions of what they carry. Streams over them: libs/jetstream topology. */
export const subjects = {
  /** `tasks.rag.high.<id>`: a task waiting for a worker. */
  task: (category: Category, priority: Priority, id: string) =>
    `tasks.${category}.${priority}.${id}`,
  /** What the consumer of one pool at one priority pulls. */
  taskFilter: (category: Category, priority: Priority) => `tasks.${category}.${priority}.*`,
  /** Every place a task can wait in, whatever its priority. */
  taskAnywhere: (category: Category, id: string) => `tasks.${category}.*.${id}`,
  /** A schedule: fires into `due`. */
  schedule: (category: Category, id: string) => `sched.${category}.${id}`,
  due: (category: Category, id: string) => `due.${category}.${id}`,
  /** A task that waits for others with its key. The lane is the token of its claim. */
  lane: (category: Category, priority: Priority, lane: string, id: string) =>
    `lane.${category}.${priority}.${lane}.${id}`,
  /** Every task of a priority that waits in a lane. */
  laneFilter: (category: Category, priority: Priority | '*') => `lane.${category}.${priority}.>`,
  laneAnywhere: (category: Category, id: string) => `lane.${category}.*.*.${id}`,
  events: (category: Category) => `events.${category}`,
  /** Progress and partial results of one task. */
  live: (id: string) => `live.${id}`,
  /** The same, republished by the server with its sequence in a header. */
  liveFeed: (id: string) => `livefeed.${id}`,
  flow: (parentId: string) => `flow.${parentId}`,
  /** An accepted batch whose tasks are not all in their queues yet. */
  batch: (batchId: string) => `batch.${batchId}`,
  /** Broadcast to workers: stop this task. The body is the run; a later one is not meant. */
  cancel: (id: string) => `ctl.cancel.${id}`,
  /** Broadcast to every process: the controls of a category have changed. */
  controls: (category: Category) => `ctl.pool.${category}`,
  blob: (space: string, name: string, part: number | '*') => `blob.${space}.${name}.${part}`,
  /** A part of the text of a document that is known. Brands are tokens: `brandToken`. */
  pageText: (brand: string, docId: string, part: number | '*') => `text.${brand}.${docId}.${part}`,
  /** A question that was asked, without its answer. Brands are tokens: `brandToken`. */
  asked: (brand: string, outcome: string) => `asked.${brand}.${outcome}`,
  /** A counter of one minute: `tally.<brand>.<minute>.<measure>.<what>`, the last one as a token. */
  tally: (brand: string, minute: number | string, measure: string, what: string) =>
    `tally.${brand}.${minute}.${measure}.${what}`,
  /** Request and reply: may these tasks run? Asked for tasks with limits only. */
  acquire: (category: Category | '*') => `slipstream.acquire.${category}`,
  /** Broadcast by a worker once a second: what it holds. */
  holding: (category: Category | '*') => `slipstream.holding.${category}`,
  /** Broadcast after a purge: the lanes of a category are empty up to this sequence. */
  lanesPurged: (category: Category | '*') => `slipstream.lanes-purged.${category}`,
  /** Broadcast by the steward once a second: age of the oldest waiting task by priority, ms. */
  ages: (category: Category) => `slipstream.ages.${category}`,
  /** Request and reply: what the projection knows of a task. */
  taskState: 'slipstream.task-state',
  /** Request and reply: which documents are known. */
  documents: 'slipstream.documents',
  /** Request and reply: what is known per source. */
  sources: (verb: 'list' | 'find' | 'forget') => `slipstream.sources.${verb}`,
  /** Asked of every worker before an erasure: answered when nothing of the brand runs there any more. */
  erasing: 'slipstream.erasing',
} as const;

/** A brand as one subject token: `Audio & Co.` -> `QXVkaW8gJiBDby4`. */
export const brandToken = (brand: string): string => Buffer.from(brand).toString('base64url');

/** Stands where no brand was named: such a question may touch the texts of any. */
export const anyBrandToken: string = brandToken('*');
