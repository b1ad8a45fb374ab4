import type { Category } from '../category.ts';
import { answerQuestion } from './answer-question.ts';
import { cleanUp } from './clean-up.ts';
import { deadLetterDigest } from './dead-letter-digest.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { embedChunks } from './embed-chunks.ts';
import { embedTexts } from './embed-texts.ts';
import { eraseSource } from './erase-source.ts';
import { evaluate } from './evaluate.ts';
import { healthSnapshot } from './health-snapshot.ts';
import { indexWrite } from './index-write.ts';
import { ingestDocument } from './ingest-document.ts';
import { maintainIndex } from './maintain-index.ts';
import { reEmbed, reEmbedDocuments, switchEmbedder } from './re-embed.ts';
import { reIndex } from './re-index.ts';
import { recrawl } from './recrawl.ts';
import { retention } from './retention.ts';
import { runWorkflow } from './run-workflow.ts';
import { scrapePage } from './scrape-page.ts';
import { scrapeSite } from './scrape-site.ts';
import { searchKnowledge } from './search-knowledge.ts';
import { sweepStuck } from './sweep-stuck.ts';
import { warmCache } from './warm-cache.ts';
import { writeNotes } from './write-notes.ts';

/** Every kind of task that the system knows. A new kind is one file and one line here. */
export const tasks = {
  [scrapeSite.kind]: scrapeSite,
  [scrapePage.kind]: scrapePage,
  [ingestDocument.kind]: ingestDocument,
  [indexWrite.kind]: indexWrite,
  [reIndex.kind]: reIndex,
  [embedChunks.kind]: embedChunks,
  [embedTexts.kind]: embedTexts,
  [reEmbed.kind]: reEmbed,
  [reEmbedDocuments.kind]: reEmbedDocuments,
  [switchEmbedder.kind]: switchEmbedder,
  [answerQuestion.kind]: answerQuestion,
  [searchKnowledge.kind]: searchKnowledge,
  [evaluate.kind]: evaluate,
  [writeNotes.kind]: writeNotes,
  [maintainIndex.kind]: maintainIndex,
  [healthSnapshot.kind]: healthSnapshot,
  [deadLetterDigest.kind]: deadLetterDigest,
  [cleanUp.kind]: cleanUp,
  [eraseSource.kind]: eraseSource,
  [retention.kind]: retention,
  [recrawl.kind]: recrawl,
  [sweepStuck.kind]: sweepStuck,
  [warmCache.kind]: warmCache,
  [runWorkflow.kind]: runWorkflow,
  [deliverWebhook.kind]: deliverWebhook,
} as const;

export type Tasks = typeof tasks;
export type Kind = keyof Tasks;

/** The kinds of a table that one pool runs. */
export type KindIn<Pool extends Category, Table = Tasks> = {
  [K in keyof Table]: Table[K] extends { readonly category: infer C }
    ? C extends Pool
      ? K
      : never
    : never;
}[keyof Table] &
  string;
