import { matchesGlob } from './matches-glob.ts';

export interface Scope {
  /** The URL whose origin and folder limit the crawl: `https://x.org/docs/a.html` allows `/docs/`. */
  readonly root: string;
  /** Globs over the path; if there are any, one has to match. */
  readonly include?: readonly string[];
  /** Globs over the path; none may match. Stronger than `include`. */
  readonly exclude?: readonly string[];
}

export type ScopeVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'other-origin' | 'outside-path' | 'excluded' | 'not-included' | 'not-a-page';
    };

/** Endings of files that hold no text for us. PDF, Markdown and text are documents and pass. */
const NO_PAGE =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|mp[34]|m4[av]|webm|ogg|wav|mov|avi|zip|t?gz|tar|bz2|xz|zst|7z|rar|jar|war|whl|deb|rpm|dmg|pkg|exe|msi|iso|bin|apk|css|m?js|map|wasm|json|ya?ml|xml|rss|atom|csv|woff2?|ttf|otf|eot|docx?|xlsx?|pptx?|epub|ics|sig|asc|sha256)$/i;

/** Whether a crawl follows a link, or why it does not. The scheme counts as part of the origin. */
export function inScope(url: string, { root, include = [], exclude = [] }: Scope): ScopeVerdict {
  const page = new URL(url);
  const start = new URL(root);
  const path = page.pathname;
  const folder = start.pathname.slice(0, start.pathname.lastIndexOf('/') + 1);
  const hits = (glob: string) => matchesGlob(path, glob);

  if (page.origin !== start.origin) return { ok: false, reason: 'other-origin' };
  if (!path.startsWith(folder)) return { ok: false, reason: 'outside-path' };
  if (NO_PAGE.test(path)) return { ok: false, reason: 'not-a-page' };
  if (exclude.some(hits)) return { ok: false, reason: 'excluded' };
  if (include.length > 0 && !include.some(hits)) return { ok: false, reason: 'not-included' };
  return { ok: true };
}
