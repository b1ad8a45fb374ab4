import { Type } from 'typebox';

/** Fields that several kinds share. */
export const HttpUrl = Type.String({
  format: 'uri',
  pattern: '^[hH][tT][tT][pP][sS]?://',
  maxLength: 2_048,
  description: 'An http or https URL',
});

export const Brand = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '\\S',
  description: 'Whose knowledge it is; searches and questions can be limited to it',
});

export const Globs = Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
  maxItems: 100,
  description: 'Globs over the path of a URL, such as /docs/**',
});

export const Render = Type.Enum(['auto', 'never', 'always'], {
  description: 'Whether a browser runs the scripts of a page before it is read',
});

const Selector = Type.String({ minLength: 1, maxLength: 500 });

export const Selectors = Type.Object(
  {
    main: Type.Optional(Selector),
    remove: Type.Optional(Type.Array(Selector, { maxItems: 50 })),
  },
  {
    additionalProperties: false,
    description:
      'CSS selectors for the pages of this source: `main` holds the text, `remove` does not belong to it',
  },
);

/** Counts by reason, and a few URLs for each. */
export const Counts = Type.Record(Type.String(), Type.Integer());
export const Examples = Type.Record(Type.String(), Type.Array(Type.String()));

export const BlobRefField = Type.String({ pattern: '^blob:' });

export const DryRun = Type.Optional(
  Type.Boolean({ description: 'Look and report, change nothing. Default: false' }),
);
