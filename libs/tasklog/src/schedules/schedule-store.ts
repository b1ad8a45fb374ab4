import {
  type Firing,
  HISTORY_SIZE,
  type Schedule,
  type ScheduleState,
} from '@slipstream/contracts';
import {
  type Bus,
  directLast,
  directLatest,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
  type StoredMessage,
} from '@slipstream/jetstream';

const STREAM = 'KV_schedules';
const definitionKey = (name: string): string => `$KV.schedules.definition.${name}`;
const stateKey = (name: string): string => `$KV.schedules.state.${name}`;

/** An entry of the bucket and its revision; 0 where there is none. */
export interface Kept<T> {
  readonly value: T;
  readonly revision: number;
}

/** Every schedule, by name. */
export async function readSchedules(bus: Bus): Promise<Schedule[]> {
  const schedules: Schedule[] = [];
  for (const message of await directLatest(bus, STREAM, definitionKey('*'))) {
    const schedule = parsed<Schedule>(message);
    if (schedule) schedules.push(schedule);
  }
  return schedules.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const readSchedule = (bus: Bus, name: string): Promise<Kept<Schedule | undefined>> =>
  read(bus, definitionKey(name));

/** What is remembered of the firings; of a new schedule, that there was none. */
export async function readScheduleState(bus: Bus, name: string): Promise<Kept<ScheduleState>> {
  const { value, revision } = await read<ScheduleState>(bus, stateKey(name));
  return { value: value ?? { lastMs: 0, history: [] }, revision };
}

/** Writes if nobody wrote since `revision` was read; false otherwise. */
export const writeSchedule = (bus: Bus, schedule: Schedule, revision: number): Promise<boolean> =>
  write(bus, definitionKey(schedule.name), schedule, revision);

/** Writes if nobody wrote since `revision` was read; false otherwise. */
export const writeScheduleState = (
  bus: Bus,
  name: string,
  state: ScheduleState,
  revision: number,
): Promise<boolean> => write(bus, stateKey(name), state, revision);

/** Removes definition and memory. */
export async function removeSchedule(bus: Bus, name: string): Promise<void> {
  await bus.manager.streams.purge(STREAM, { filter: definitionKey(name) });
  await bus.manager.streams.purge(STREAM, { filter: stateKey(name) });
}

/** The state after some firings, oldest first. */
export function withFirings(state: ScheduleState, firings: readonly Firing[]): ScheduleState {
  const history = [...firings.toReversed(), ...state.history].slice(0, HISTORY_SIZE);
  const lastTaskId = firings.findLast(({ taskId }) => taskId)?.taskId ?? state.lastTaskId;
  return { ...state, history, ...(lastTaskId !== undefined && { lastTaskId }) };
}

/** Remembers a task that a user asked for. The same task twice is remembered once. */
export async function rememberRun(bus: Bus, name: string, taskId: string): Promise<void> {
  for (;;) {
    const { value, revision } = await readScheduleState(bus, name);
    if (value.history.some((firing) => firing.taskId === taskId)) return;
    const at = new Date().toISOString();
    const state = withFirings(value, [{ at, taskId, manual: true }]);
    if (await writeScheduleState(bus, name, state, revision)) return;
  }
}

async function read<T>(bus: Bus, key: string): Promise<Kept<T | undefined>> {
  const message = await directLast(bus, STREAM, key);
  return { value: message && parsed<T>(message), revision: message?.seq ?? 0 };
}

/** Undefined for the marker of a deleted entry. */
const parsed = <T>({ data }: StoredMessage): T | undefined =>
  data.length === 0 ? undefined : (JSON.parse(Buffer.from(data).toString()) as T);

async function write(bus: Bus, key: string, value: unknown, revision: number): Promise<boolean> {
  const headers = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': String(revision) });
  try {
    await bus.publisher.publish(key, JSON.stringify(value), headers);
    return true;
  } catch (error) {
    const changed = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (!changed) throw error;
    return false;
  }
}
