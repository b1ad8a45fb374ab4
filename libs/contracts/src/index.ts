export type {
  AcquireAnswer,
  AcquireRequest,
  Ask,
  Holding,
  LimitName,
  Verdict,
} from './admission.ts';
export { type Category, categories, categoryNames } from './category.ts';
export { payloadMistakes } from './check-payload.ts';
export { childResult } from './child-result.ts';
export {
  type BatchPolicy,
  type ChildEnd,
  defaultRetry,
  defaultTimeoutMs,
  defineTask,
  type PayloadOf,
  type ResultOf,
  type RetryPolicy,
  type TaskDefinition,
  type TaskTable,
} from './define-task.ts';
export { GiveBackError, RetryLaterError, TerminalError } from './errors.ts';
export {
  type BlobRef,
  type ChildCounts,
  type EventOf,
  type EventType,
  finalTypes,
  isFinal,
  type Progress,
  type TaskErrorShape,
  type TaskEvent,
} from './events.ts';
export { type FieldMistake, fieldMistakes } from './field-mistakes.ts';
export { batchIds, childId, derivedId, ID_PATTERN, newId, timeOfId } from './ids.ts';
export { Citation, QueryFilters, Usage } from './kinds/answer-question.ts';
export { EvaluationReport } from './kinds/evaluate.ts';
export { Brand, HttpUrl } from './kinds/fields.ts';
export { type Kind, type KindIn, type Tasks, tasks } from './kinds/index.ts';
export { PageState } from './kinds/index-write.ts';
export { MAX_NODES, WorkflowNode } from './kinds/run-workflow.ts';
export { SearchHit } from './kinds/search-knowledge.ts';
export { Notes } from './kinds/write-notes.ts';
export type { Chunk, DocumentsAnswer, DocumentsQuestion, KnownDocument } from './knowledge.ts';
export { isLaterPayload, type LaterPayload, laterPayload } from './later-payload.ts';
export { type Leader, leaders } from './leaders.ts';
export {
  CategoryLimits,
  type Claim,
  claimOf,
  claimOfLane,
  hostOf,
  KindLimits,
  laneToken,
  limitsOf,
  RateLimit,
  rateIntervalMs,
} from './limits.ts';
export { jobPayloads, type MaintenanceJob, maintenanceJobs } from './maintenance-jobs.ts';
export { messageId, type TaskMessage, type Webhook } from './message.ts';
export { nowText } from './now-text.ts';
export { orderNodes } from './order-nodes.ts';
export { type Priority, priorities } from './priority.ts';
export { type Problem, type ProblemCode, ProblemError, problems } from './problem.ts';
export {
  type Firing,
  HISTORY_SIZE,
  type Schedule,
  ScheduleName,
  type ScheduleSpec,
  ScheduleSpecFields,
  type ScheduleState,
} from './schedule.ts';
export {
  type FoundSource,
  type RefreshKind,
  type Source,
  type SourcePage,
  type SourceQuestion,
  SourceSchema,
  type SourceScope,
  sourceId,
  sourceOf,
} from './source.ts';
export { anyBrandToken, brandToken, subjects } from './subjects.ts';
export { finalStates, type Task, TaskSchema, type TaskState, taskStates } from './task.ts';
