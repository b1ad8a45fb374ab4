import { type Static, Type } from 'typebox';
import { priorities } from './priority.ts';

/** Begins with a letter, so that no name looks like the id of a task. */
const SCHEDULE_NAME_PATTERN = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';

export const ScheduleName = Type.String({
  pattern: SCHEDULE_NAME_PATTERN,
  maxLength: 64,
  description: 'Kebab-case, begins with a letter',
});

/** The task that each firing becomes. */
const ScheduledTask = Type.Object(
  {
    kind: Type.String({ description: 'A kind of task' }),
    payload: Type.Unknown({ description: 'As the kind says' }),
    priority: Type.Optional(
      Type.Enum([...priorities], { description: 'Default: as the kind says' }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'Longest run of one attempt' }),
    ),
    maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 19 }),
    ),
  },
  { additionalProperties: false },
);

/** What a user says about a schedule. */
export const ScheduleSpecFields = {
  cron: Type.String({
    minLength: 1,
    maxLength: 200,
    description:
      'Five fields (minute hour day month weekday), six with seconds first, `@every 1h30m`, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`',
  }),
  timezone: Type.String({
    maxLength: 64,
    default: 'UTC',
    description: 'IANA name in which `cron` is read, such as Europe/Berlin; `@every` needs none',
  }),
  task: ScheduledTask,
  overlap: Type.Enum(['skip', 'queue'], {
    default: 'skip',
    description:
      'What happens while the task before has not ended: leave this one out, or queue it',
  }),
  catchUp: Type.Enum(['none', 'one', 'all'], {
    default: 'one',
    description:
      'What happens to firings that an outage or a pause has kept from running for over a minute: nothing, one for all, or each (the newest 1,000)',
  }),
} as const;

const Spec = Type.Object(ScheduleSpecFields);
export type ScheduleSpec = Static<typeof Spec>;

/** A schedule as it is kept: what was said, and since when it holds. */
export interface Schedule extends ScheduleSpec {
  readonly name: string;
  readonly paused: boolean;
  /** Milliseconds since 1970: firings before are nobody's, and `@every` counts from here. */
  readonly sinceMs: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Of one that the system ships: which definition it was made from, and whether a user changed it. */
  readonly shipped?: { readonly hash: string; readonly edited: boolean };
}

/** What became of one firing, or of several that were left out together. */
export interface Firing {
  /** The time it was due, RFC 3339; of several, of the newest. */
  readonly at: string;
  readonly taskId?: string;
  /** Why there is no task. */
  readonly skipped?: 'overlap' | 'missed' | 'unknown-kind';
  /** How many were left out; absent for one. */
  readonly count?: number;
  /** A user asked for it. */
  readonly manual?: true;
}

/** What is remembered of a schedule's firings. */
export interface ScheduleState {
  /** The newest time that was handled, milliseconds since 1970. */
  readonly lastMs: number;
  /** The newest task. */
  readonly lastTaskId?: string;
  /** Newest first, at most `HISTORY_SIZE`. */
  readonly history: readonly Firing[];
}

export const HISTORY_SIZE = 20;
