/**
 * Prints how long the offline embedders take, one thread each, and how near their vectors are:
 *
 *   npm run add -- onnxruntime
 *   node tools/measure/embedders.ts
 */
import { createEmbedder, type Embedder, type EmbedderProvider } from '@slipstream/providers';

const shortTexts = texts(1_000, 44);
const chunks = texts(200, 600);

const webAssembly = await measure('use-lite');
const onnx = await measure('use-lite-onnx');
const cosines = onnx.map((vector, place) => cosine(vector, webAssembly[place] ?? vector));
print(`least cosine of the ${cosines.length} pairs: ${Math.min(...cosines).toFixed(6)}`);

async function measure(provider: EmbedderProvider): Promise<readonly Float32Array[]> {
  await using embedder = await createEmbedder({ provider, threads: 1 });
  await embedder.warm();
  print(provider);
  const short = await timed(embedder, shortTexts, '1,000 texts of 44 characters');
  return [...short, ...(await timed(embedder, chunks, '200 chunks of 600 characters'))];
}

/** Time on a core is what the clock would show on a machine that does nothing else. */
async function timed(embedder: Embedder, given: readonly string[], title: string) {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { vectors } = await embedder.embed(given, 'passage');
  const ms = Math.round(performance.now() - began);
  const { user, system } = process.cpuUsage(cpu);
  print(`  ${title.padEnd(30)} ${ms} ms, ${Math.round((user + system) / 1_000)} ms on a core`);
  return vectors;
}

/** Different texts of one length, out of words of a manual. */
function texts(count: number, chars: number): string[] {
  const words =
    'press and hold the power button until light of speaker turns white then let go'.split(' ');
  return Array.from({ length: count }, (_, text) =>
    Array.from(
      { length: chars },
      (_, place) => words[(text * 7 + place * (text + 3)) % words.length],
    )
      .join(' ')
      .slice(0, chars),
  );
}

function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, x, place) => sum + x * (other[place] ?? 0), 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
