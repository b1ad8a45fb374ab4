import { type Launched, launch } from './launch.ts';
import type { Output } from './output.ts';
import type { Program } from './programs.ts';

/** Runs a program to its end. Throws with its last words when it does not end well. */
export async function runOnce(
  program: Program,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const words: string[] = [];
  const launched: Launched = launch(program, (text, stream) => {
    words.push(text);
    output.line(program.name, text, stream);
  });
  const stop = (): void => launched.signal('SIGTERM');
  signal.addEventListener('abort', stop);
  const { ok, how } = await launched.ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (ok) return;
  throw new Error(`${program.name} failed (${how})\n${words.slice(-8).join('\n')}`);
}
