import { brandToken, type SourceScope } from '@slipstream/contracts';
import { type Bus, eraseMessages, messagesOf, parseBlobRef } from '@slipstream/jetstream';
import { isWithin, type Manifest, type Projection, readTask } from '@slipstream/tasklog';
import { type Place, type PlaceParts, place, sum } from './place.ts';

/** Chunks on their way, uploads, questions, results: all of a brand, or what comes from one source. */
export const blobPlace = (parts: PlaceParts): Place =>
  place('blobs', async (erase) => {
    const { bus, scope } = parts;
    const own = brandToken(scope.brand);
    const names =
      scope.source === undefined ? ['>'] : (await namesIn(parts, own)).map((name) => `${name}.*`);
    const filters = names.map((name) => `blob.${own}.${name}`);
    // Batches on their way, workflows and questions over all brands have no brand of their own.
    const shared = brandToken('*');
    const waiting = await blobsOfBatches(bus);
    for (const name of await namesIn(parts, shared)) {
      if (!erase || !waiting.has(name)) filters.push(`blob.${shared}.${name}.*`);
    }
    const counts = [];
    for (const filter of filters)
      counts.push(await (erase ? eraseMessages : count)(bus, 'BLOBS', filter));
    return sum(counts);
  });

async function count(bus: Bus, stream: string, filter: string): Promise<number> {
  const { state } = await bus.manager.streams.info(stream, { subjects_filter: filter });
  return sum(Object.values(state.subjects ?? {}));
}

/** Names of the blobs of a space that come from the scope: they quote it, or are files of it. */
async function namesIn(parts: PlaceParts, space: string): Promise<string[]> {
  const { bus, scope, mentions } = parts;
  const files = await filesOf(parts.projection, bus, scope);
  const names = new Set<string>();
  for await (const batch of messagesOf(bus, 'BLOBS', `blob.${space}.>`)) {
    for (const { subject, data } of batch) {
      const name = subject.split('.')[2] ?? '';
      if (files.has(name) || mentions.in(data)) names.add(name);
    }
  }
  return [...names];
}

const MAX_FILES = 1_000;

/** What was uploaded, or fetched as a file: the bytes do not say where they come from, their tasks do. */
async function filesOf(
  projection: Projection,
  bus: Bus,
  scope: SourceScope,
): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  if (scope.source === undefined) return files;
  const rows = await projection.list({ kind: 'ingest-document', q: scope.brand, limit: MAX_FILES });
  for (const row of rows) {
    const payload = (await readTask(bus, row))?.payload as { file?: string } | undefined;
    if (payload?.file && isWithin(scope, payload)) files.add(parseBlobRef(payload.file).name);
  }
  return files;
}

/** A batch that is not in its queues yet needs its blob, and may hold tasks of others: it goes by itself. */
async function blobsOfBatches(bus: Bus): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const batch of messagesOf(bus, 'BATCHES', 'batch.*')) {
    for (const { data } of batch) {
      const { ref } = JSON.parse(Buffer.from(data).toString()) as Manifest;
      names.add(parseBlobRef(ref).name);
    }
  }
  return names;
}
