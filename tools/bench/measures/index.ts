import type { Measure } from '../measure.ts';
import { addBulk } from './add-bulk.ts';
import { addOne } from './add-one.ts';
import { deep } from './deep.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { pipeline } from './pipeline.ts';
import { fiveLevels, priority } from './priority.ts';
import { processing } from './process.ts';
import { sleepShare } from './sleep.ts';

export const measures: readonly Measure[] = [
  addOne,
  addBulk,
  processing,
  pipeline,
  latency,
  priority,
  fiveLevels,
  sleepShare,
  memory,
  deep,
];
