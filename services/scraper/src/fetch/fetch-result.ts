/**
 * What a request is for: it decides which content types and how many bytes are taken. A crawl takes
 * the PDFs that it meets as pages.
 */
export type Accept = 'page' | 'document' | 'robots' | 'sitemap';

/** Validators of an earlier answer: with them the server may answer that nothing has changed. */
export interface Previous {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type DenyReason =
  | 'invalid-url'
  | 'not-http'
  | 'credentials'
  | 'private-address'
  | 'too-many-redirects'
  | 'redirect-refused'
  | 'content-type'
  | 'content-encoding'
  | 'too-large'
  | 'tls'
  | 'status';

export interface FetchedPage {
  readonly outcome: 'ok';
  /** Where redirects have led. */
  readonly url: string;
  readonly status: number;
  /** The header with its charset; where it says nothing, the type that the bytes show. */
  readonly contentType: string;
  /** Decompressed. Empty when `take` got them. */
  readonly bytes: Uint8Array;
  /** There was more: it was too long, or `take` had enough. */
  readonly cut?: true;
  readonly etag?: string;
  readonly lastModified?: string;
  /** `X-Robots-Tag`, such as `noindex`. */
  readonly robotsTag?: string;
}

/** `url` is where redirects have led; of a request that failed, where they began. */
export type FetchResult =
  | FetchedPage
  | { readonly outcome: 'unchanged'; readonly url: string }
  | { readonly outcome: 'gone'; readonly url: string; readonly status: 404 | 410 }
  | {
      /** Trying again does not help. */
      readonly outcome: 'denied';
      readonly url: string;
      readonly why: DenyReason;
      readonly message: string;
      readonly status?: number;
    }
  | {
      readonly outcome: 'retry';
      readonly url: string;
      /** Code of the error, `status`, or `host-busy`. */
      readonly why: string;
      readonly message: string;
      readonly status?: number;
      /** What the server asked for, or until it is our turn. */
      readonly afterMs?: number;
    };

export type Denied = Extract<FetchResult, { outcome: 'denied' }>;
export type Retry = Extract<FetchResult, { outcome: 'retry' }>;
