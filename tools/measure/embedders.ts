/**
 * Prints how long 1,000 texts of 44 characters and 200 chunks of 600 take with the offline
 * embedders, one thread each, and that their vectors are the same:
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
  const { vectors, ms } = await timed(embedder, shortTexts);
  const long = await timed(embedder, chunks);
  const perSecond = Math.round((chunks.length / long.ms) * 1_000);
  print(`${provider}: 1,000 short texts in ${Math.round(ms)} ms, ${perSecond} chunks/s`);
  return [...vectors, ...long.vectors];
}

async function timed(embedder: Embedder, given: readonly string[]) {
  const began = performance.now();
  const { vectors } = await embedder.embed(given, 'passage');
  return { vectors, ms: performance.now() - began };
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
