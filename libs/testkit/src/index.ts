export { type Engine, startEngine } from './engine.ts';
export { type TestTasks, testTasks } from './test-tasks.ts';
