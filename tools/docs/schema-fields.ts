/** The part of JSON Schema that the contracts and settings use. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
}

export interface Field {
  /** `site.root`, `citations[].url`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly default?: unknown;
}

/** Every field of an object, those of objects inside it too, in the order of the schema. */
export function fieldsOf(schema: Schema, prefix = ''): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const own: Field = {
      path,
      type: typeText(field),
      required: required.has(name) && field.default === undefined,
      description: field.description ?? '',
      ...(field.default !== undefined && { default: field.default }),
    };
    const inner = field.items ? fieldsOf(field.items, `${path}[].`) : fieldsOf(field, `${path}.`);
    return [own, ...inner];
  });
}

/** `integer, 1 to 500`; `array of string, at most 20`; the values of an enum as code. */
export function typeText(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' or ');
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.items) {
    return [`array of ${typeText(schema.items)}`, bounds(schema.minItems, schema.maxItems)]
      .filter(Boolean)
      .join(', ');
  }
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values) return `map of ${typeText(values)}`;
  const limits =
    schema.type === 'string' ? lengths(schema) : bounds(schema.minimum, schema.maximum);
  return [schema.type ?? 'any', schema.format ?? '', limits].filter(Boolean).join(', ');
}

const lengths = ({ minLength, maxLength }: Schema): string => {
  const text = bounds(minLength === 1 ? undefined : minLength, maxLength);
  const empty = minLength === 1 ? 'not empty' : '';
  return [empty, text && `${text} characters`].filter(Boolean).join(', ');
};

function bounds(least: number | undefined, most: number | undefined): string {
  const [low, high] = [least, most].map((value) => value?.toLocaleString('en'));
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  if (low !== undefined) return `at least ${low}`;
  return high === undefined ? '' : `at most ${high}`;
}
