export interface FieldMistake {
  /** JSON pointer of the field: `/url`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The pattern of texts that hold something. */
const NOT_BLANK = '\\S';

/** What TypeBox says of one place. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: unknown;
}

/**
 * The mistakes that an error of the schema library stands for: a field that is missing, or one too
 * many, has a path of its own, and bounds and allowed values are named.
 */
export function fieldMistakes({
  keyword,
  instancePath,
  message,
  params,
}: SchemaError): FieldMistake[] {
  const details = params as Readonly<Record<string, unknown>>;
  if (keyword === 'required') {
    const missing = details['requiredProperties'] as readonly string[];
    return missing.map((name) => ({ path: `${instancePath}/${name}`, message: 'is required' }));
  }
  if (keyword === 'additionalProperties') return []; // each of them has an entry of its own
  if (keyword === 'boolean') return [{ path: instancePath, message: 'is not a known field' }];
  if (details['pattern'] === NOT_BLANK)
    return [{ path: instancePath, message: 'must not be blank' }];
  const values = Object.values(details).flat().map(String);
  // Bounds and patterns are in the message; of the allowed values, "allowed" holds one by chance.
  const unsaid = keyword === 'enum' ? values : values.filter((detail) => !message.includes(detail));
  const detail = unsaid.length > 0 ? ` (${unsaid.join(', ')})` : '';
  return [{ path: instancePath, message: message + detail }];
}
