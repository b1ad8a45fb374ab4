export { cancelTask } from './cancel.ts';
export {
  type DeadLetterChoice,
  type DeadLetterCounts,
  discardDeadLetters,
  replayDeadLetters,
} from './dead-letters.ts';
export {
  type DeadlineMessage,
  failUnstarted,
  isDeadline,
  lateMessage,
  QUEUE_TIMEOUT,
} from './deadline.ts';
export { type Erasure, isWithin, readErasures, writeErasure } from './erasures.ts';
export { createEventLog, type EventLog } from './event-log.ts';
export { EventTooLargeError } from './event-text.ts';
export {
  appendChildren,
  type ChildrenOptions,
  type ChildSpec,
  type FlowChild,
  type FlowMessage,
  parseFlow,
  readFlow,
} from './flow-log.ts';
export { brandOf, keptPayload } from './keep-payload.ts';
export { publishLane } from './lanes.ts';
export {
  type BatchTask,
  EXPANDER_GRACE_MS,
  expandManifest,
  isStored,
  type Manifest,
  storeManifest,
} from './manifest.ts';
export type { ChildChange } from './projection/child-changes.ts';
export type { ErrorGroup } from './projection/error-groups.ts';
export type { ListFilter, TaskFilter } from './projection/list.ts';
export {
  type ChildListener,
  type Listener,
  openProjection,
  type Projection,
  projectionFile,
} from './projection/projection.ts';
export { projectionHash } from './projection/projection-hash.ts';
export type { ChildState, HookedEnd, StateCount } from './projection/queries.ts';
export { queries } from './projection/queries.ts';
export type { LoggedEvent } from './projection/row-store.ts';
export { createRowStore } from './projection/row-store.ts';
export { openForReading, openForWriting } from './projection/schema.ts';
export { readSnapshot, type Snapshot } from './projection/snapshot.ts';
export { type KindStats, successRate } from './projection/stats.ts';
export { type StoredSnapshot, storeSnapshot } from './projection/store-snapshot.ts';
export type { EndedCount } from './projection/tally.ts';
export {
  isParked,
  mergeEvent,
  newRow,
  type TaskRow,
} from './projection/task-row.ts';
export { trimLog } from './projection/trim-log.ts';
export { purgeQueue } from './purge.ts';
export { type PurgeParts, runInMessage } from './purged.ts';
export { readTask } from './read-task.ts';
export { type Replayable, type ReplayOutcome, replayTask } from './replay.ts';
export { type DueFirings, dueFirings, firingId } from './schedules/due-firings.ts';
export {
  deleteSchedule,
  ensureShipped,
  saveSchedule,
} from './schedules/save-schedule.ts';
export {
  type Kept,
  readSchedule,
  readScheduleState,
  readSchedules,
  rememberRun,
  withFirings,
  writeScheduleState,
} from './schedules/schedule-store.ts';
export {
  clearServerSchedule,
  type FiringMessage,
  isFiring,
  setServerSchedule,
  wakeSchedule,
} from './schedules/server-schedule.ts';
export { beginningOf, nextRuns, type Timing, timingMistakes } from './schedules/timing.ts';
export {
  CHECK_HEADER,
  enqueue,
  publishScheduled,
  publishTask,
  RUN_AT_HEADER,
  type Submission,
  type Submitted,
  submit,
  submitMany,
} from './submit.ts';
export { type SubmitOnceOptions, submitOnce } from './submit-once.ts';
export { askTaskState, isOver, type KnownState, taskStateEndpoint } from './task-state.ts';
export { taskView } from './task-view.ts';
