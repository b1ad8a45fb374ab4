import { type Ending, type Launched, launch } from './launch.ts';
import type { Output } from './output.ts';
import type { Program } from './programs.ts';

/** A program that is started again whenever it ends, until it is stopped. */
export interface Running {
  readonly program: Program;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** How often the process was started. */
  readonly starts: number;
  /** Resolves when the process has ended for the first time. */
  readonly firstEnding: Promise<void>;
  /** The last 8 lines that it wrote, and how it ended if it did. */
  readonly lastWords: readonly string[];
  /** SIGTERM, then SIGKILL after `limitMs`. Resolves when it is gone. */
  stop(limitMs: number): Promise<void>;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** A program that was up this long has recovered from what ended it before. */
const STEADY_AFTER_MS = 30_000;
const WORDS_KEPT = 8;

/** 250 ms, doubled with every ending in a row, at most 5 s. */
export function restartDelayMs(endingsBefore: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** endingsBefore);
}

/** `onStart` is told each new process. */
export function keepRunning(
  program: Program,
  output: Output,
  onStart: (pid: number | undefined) => void = () => {},
): Running {
  const lastWords: string[] = [];
  const firstEnding = Promise.withResolvers<void>();
  let current: Launched | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let starts = 0;
  let endings = 0;

  const remember = (text: string): void => {
    lastWords.push(text);
    if (lastWords.length > WORDS_KEPT) lastWords.shift();
  };

  const restart = (upMs: number, { how }: Ending): void => {
    current = undefined;
    remember(`(ended: ${how})`);
    firstEnding.resolve();
    if (stopping) return;
    if (upMs >= STEADY_AFTER_MS) endings = 0;
    const delayMs = restartDelayMs(endings);
    endings += 1;
    output.say('warn', `${program.name} ended and is started again`, { how, delayMs });
    timer = setTimeout(start, delayMs);
  };

  const start = (): void => {
    const startedAt = performance.now();
    const launched = launch(program, (text, stream) => {
      remember(text);
      output.line(program.name, text, stream);
    });
    current = launched;
    starts += 1;
    onStart(launched.pid);
    void launched.ended.then((ending) => restart(performance.now() - startedAt, ending));
  };

  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    stopping = true;
    clearTimeout(timer);
    current?.signal(name);
  };

  start();
  return {
    program,
    lastWords,
    firstEnding: firstEnding.promise,
    get pid() {
      return current?.pid;
    },
    get starts() {
      return starts;
    },
    async stop(limitMs) {
      signal('SIGTERM');
      const patience = setTimeout(() => {
        output.say('warn', `${program.name} did not stop in ${limitMs / 1000} s and is killed`);
        signal('SIGKILL');
      }, limitMs);
      await current?.ended;
      clearTimeout(patience);
    },
  };
}
