/** What is led by one process at a time, and what stands still while nobody leads it. */
export const leaders = {
  conductor: 'children of tasks and nodes of workflows wait',
  steward: 'delayed tasks, schedules and queue timeouts wait',
  limits: 'tasks with a limit, a key or a tenant wait',
  ages: 'priorities are strict, and a low one may starve',
  expander: 'accepted batches whose gateway died wait',
  webhooks: 'webhooks are not sent',
  reconciler: 'tasks that a crash has left between two streams wait',
  snapshots: 'new processes read the whole log, and it is not trimmed',
} as const;

export type Leader = keyof typeof leaders;
