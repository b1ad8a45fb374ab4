export { cancelTask } from './cancel.ts';
export { createEventLog, type EventLog } from './event-log.ts';
export {
  appendChildren,
  type ChildSpec,
  type FlowChild,
  type FlowMessage,
  parseFlow,
  readFlow,
} from './flow-log.ts';
export { type Listener, openProjection, type Projection } from './projection/projection.ts';
export type { ChildState, ListFilter, StateCount } from './projection/queries.ts';
export type { LoggedEvent } from './projection/row-store.ts';
export { mergeEvent, newRow, type TaskRow } from './projection/task-row.ts';
export { ensureRecurring, firingId, type Recurring, type RecurringMessage } from './recurring.ts';
export {
  publishScheduled,
  publishTask,
  type Submission,
  type Submitted,
  submit,
} from './submit.ts';
export { askTaskState, isOver, type KnownState, taskStateEndpoint } from './task-state.ts';
export { taskView } from './task-view.ts';
