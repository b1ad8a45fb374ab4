export { type Engine, startEngine } from './engine.ts';
export { manualChunks } from './manual-chunks.ts';
export { type TestTasks, testTasks } from './test-tasks.ts';
