export type {
  ChunkFilter,
  DocumentChunks,
  DocumentRef,
  DocumentSummary,
  EmbedderRef,
  EraseScope,
  KnowledgeStore,
  MaintenanceReport,
  StoreStats,
  UnembeddedDocument,
  VectorCount,
  VectorRow,
  WriteCounts,
} from './knowledge-store.ts';
export { type KnowledgeStoreOptions, openKnowledgeStore } from './lance/open-knowledge-store.ts';
export { createMemoryStore } from './memory/memory-store.ts';
export {
  createDocumentWriter,
  createVectorWriter,
  type DocumentWriter,
  type VectorWriter,
} from './writers.ts';
