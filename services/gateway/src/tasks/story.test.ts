import { newId, type TaskEvent } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { beginning } from './cursor.ts';
import { createPlacer, inCausalOrder, Story } from './story.ts';

const id = newId();
const common = { id, run: 1, category: 'rag', at: '2030-01-01T00:00:00.000Z' } as const;
const submitted: TaskEvent = {
  ...common,
  type: 'submitted',
  task: {
    id,
    run: 1,
    gen: 1,
    kind: 'answer-question',
    priority: 'critical',
    payload: {},
    createdAt: common.at,
  },
};
const started: TaskEvent = { ...common, type: 'started', attempt: 1, worker: 'w' };
const succeeded: TaskEvent = {
  ...common,
  type: 'succeeded',
  kind: 'answer-question',
  attempt: 1,
  startedAt: common.at,
  worker: 'w',
};

test('events of one message have places of their own', () => {
  const place = createPlacer();
  const placed = [
    place({ seq: 7, event: submitted }),
    place({ seq: 7, event: started }),
    place({ seq: 9, event: succeeded }),
  ];
  expect(placed.map((one) => one.place)).toEqual([
    { seq: 7, nth: 1 },
    { seq: 7, nth: 2 },
    { seq: 9, nth: 1 },
  ]);
});

test('a task that ended before it was submitted is told the other way round', () => {
  const place = createPlacer();
  const events = [place({ seq: 3, event: succeeded }), place({ seq: 4, event: submitted })];
  expect(inCausalOrder(events).map(({ event }) => event.type)).toEqual(['submitted', 'succeeded']);
});

test('a state is told once, and nothing after the end', () => {
  const place = createPlacer();
  const story = new Story(beginning);
  const states = [submitted, started, started, succeeded, started].map(
    (event, index) => story.merge(place({ seq: index + 1, event }))?.state,
  );
  expect(states).toEqual(['queued', 'running', undefined, 'succeeded', undefined]);
});

test('the cursor only moves on', () => {
  const story = new Story(beginning);
  story.passEvent({ seq: 5, nth: 2 });
  story.passEvent({ seq: 5, nth: 1 });
  expect(story.knows({ seq: 5, nth: 2 })).toBe(true);
  expect(story.knows({ seq: 5, nth: 3 })).toBe(false);
});
