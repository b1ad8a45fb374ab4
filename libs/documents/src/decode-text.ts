/**
 * Bytes of a page as text. The charset is the one of the byte order mark, the content type, the
 * `<meta>` or XML declaration in the first 4,096 bytes, in this order (as the HTML standard says);
 * without any of them UTF-8 if the bytes are valid UTF-8, else windows-1252.
 *
 * @param contentType the header, such as `text/html; charset=shift_jis`
 */
export function decodeText(bytes: Uint8Array, contentType = ''): string {
  const declared = declaredDecoder(bytes, contentType);
  if (declared) return declared.decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** A decoder for what comes in parts, by what its beginning declares; without that it is UTF-8. */
export function textDecoderFor(head: Uint8Array, contentType = ''): Decoder {
  return declaredDecoder(head, contentType) ?? new TextDecoder();
}

type Decoder = InstanceType<typeof TextDecoder>;

function declaredDecoder(bytes: Uint8Array, contentType: string): Decoder | undefined {
  return (
    decoderOf(byteOrderMark(bytes)) ??
    decoderOf(/charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1]) ??
    decoderOf(declaredInside(bytes))
  );
}

function byteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return undefined;
}

function declaredInside(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4_096));
  const label =
    /<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(head)?.[1];
  // Whoever could read this declaration byte by byte is not reading UTF-16.
  return label !== undefined && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

/** Undefined for a label that the standard does not know. */
function decoderOf(label: string | undefined): Decoder | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}
