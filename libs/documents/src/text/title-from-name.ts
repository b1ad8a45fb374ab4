/** `https://x.org/files/quick%20start_guide.md` becomes `quick start guide`. */
export function titleFromName(name: string): string {
  const path = URL.parse(name)?.pathname ?? name;
  const last = path.split(/[/\\]/).findLast((part) => part !== '') ?? name;
  const bare = decode(last)
    .replace(/\.[a-z]\w{0,4}$/i, '')
    .replace(/[_\s]+/g, ' ')
    .trim();
  return bare || name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
