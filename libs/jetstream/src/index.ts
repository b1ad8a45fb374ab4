export {
  type Ageing,
  type AgeingOptions,
  type AgeingSettings,
  type Ages,
  type Allowances,
  ageingOf,
  createAgeing,
  defaultAllowances,
} from './ageing.ts';
export { type Asked, askedSince, noteAsked } from './asked.ts';
export {
  type BlobCache,
  type BlobCacheOptions,
  type Cached,
  createBlobCache,
} from './blob-cache.ts';
export { eraseBlob, getBlob, parseBlobRef, putBlob } from './blobs.ts';
export { brandLanguage, setBrandLanguage } from './brand-language.ts';
export { type Bus, type ConnectOptions, connect, type StatusListener } from './connect.ts';
export { deleteMessages } from './delete-messages.ts';
export { answers, type Delivery } from './delivery.ts';
export { directBatch, directSince } from './direct-batch.ts';
export {
  directAll,
  directBySeq,
  directLast,
  directLatest,
  directNext,
  type StoredMessage,
} from './direct-get.ts';
export { eraseEntries, eraseMessages, messagesOf, subjectsOf } from './erase-messages.ts';
export { type FollowOptions, followConsumer, followStream } from './follow.ts';
export { encodeHeaders, headerOf } from './headers.ts';
export { bumpIndexVersion, indexVersion, onIndexChange } from './index-version.ts';
export { laneCounts } from './lane-counts.ts';
export { holdLease, type Lease, type LeaseOptions, readLease } from './lease.ts';
export { takeLock } from './lock.ts';
export { type MicroEndpoint, type MicroOptions, serveMicro } from './micro.ts';
export { erasePageText, getPageText, putPageText, sourceOfText } from './page-texts.ts';
export { provision } from './provision.ts';
export { JS_ERRORS, type PubAck, PublishError, type Publisher } from './publisher.ts';
export { Puller, type PullerOptions } from './puller.ts';
export { type QueueCounts, queueCounts } from './queue-info.ts';
export { addTallies, type Measure, readTallies, type Tally } from './tally.ts';
export {
  type Bucket,
  brandBuckets,
  buckets,
  consumerName,
  defaultTopology,
  streams,
  type TopologyOptions,
  taskStream,
} from './topology.ts';
