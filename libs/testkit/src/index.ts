export { type Engine, startEngine } from './engine.ts';
export { manualChunks } from './manual-chunks.ts';
export { createTestClock, type TestClock } from './test-clock.ts';
export { startTestKit, type TestKit } from './test-kit.ts';
export { type TestTasks, testTasks } from './test-tasks.ts';
export { untilDisposed } from './until-disposed.ts';
export { withRest } from './with-rest.ts';
