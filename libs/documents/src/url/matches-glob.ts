/**
 * Whether a path fits a glob: `*` is any run of characters but `/`, `**` any run at all, a folder
 * named `**` any number of folders, `?` one character but `/`. The glob covers the whole path;
 * without a leading `/` it may begin at any folder, and `/docs/**` covers `/docs` too. The time is
 * at most path times glob (globs come from callers, and a regular expression made of them could
 * take for ever).
 */
export function matchesGlob(path: string, glob: string): boolean {
  const pattern = glob.startsWith('/') ? glob : `/**/${glob}`;
  return matches(path, pattern) || (pattern.endsWith('/**') && matches(path, pattern.slice(0, -3)));
}

/** Follows all ways through the pattern at once: `reached[i]` says that i characters can be used up. */
function matches(path: string, pattern: string): boolean {
  let reached = Array.from({ length: path.length + 1 }, (_, i) => i === 0);
  for (const token of pattern.match(/\*\*\/|\*+|[^*]/g) ?? []) {
    const next = new Array<boolean>(path.length + 1).fill(false);
    let inside = false;
    for (let i = 0; i <= path.length; i++) {
      const char = path[i - 1];
      if (token === '**/') {
        next[i] = reached[i] === true || (inside && char === '/');
        inside ||= reached[i] === true;
      } else if (token.startsWith('*')) {
        inside = (inside && (token.length > 1 || char !== '/')) || reached[i] === true;
        next[i] = inside;
      } else if (i > 0) {
        next[i] = reached[i - 1] === true && (char === token || (token === '?' && char !== '/'));
      }
    }
    reached = next;
  }
  return reached[path.length] === true;
}
