import {
  MAX_NODES,
  orderNodes,
  type PayloadOf,
  ProblemError,
  type Tasks,
  tasks,
  WorkflowNode,
} from '@slipstream/contracts';
import type { AllowList } from '@slipstream/documents/net-guard';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { checkPayload, definitionOf } from '../tasks/check-payload.ts';

type Node = Static<typeof WorkflowNode>;
export type Workflow = PayloadOf<Tasks['run-workflow']>;
export type WorkflowGroup = NonNullable<Workflow['group']>;

const Member = Type.Omit(WorkflowNode, ['after'], { additionalProperties: false });

/** The join of a chord, in the request and as a node. An object that spells it out looks like a promise. */
const THEN = 'then';

const Group = Type.Union([
  Type.Array(Member, { minItems: 1, maxItems: MAX_NODES }),
  Type.Object(
    {
      template: Member,
      items: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
        minItems: 1,
        maxItems: MAX_NODES,
        description: "Each is laid over the template's payload and becomes a node",
      }),
    },
    { additionalProperties: false },
  ),
]);

const { name, onFailure, concurrency } = tasks['run-workflow'].payload.properties;
const common = { name, onFailure, concurrency };

/** What `POST /v1/workflows` takes: named nodes, or one of the shorthands. */
export const NewWorkflow = Type.Object(
  {
    ...common,
    nodes: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), WorkflowNode, {
        minProperties: 1,
        maxProperties: MAX_NODES,
      }),
    ),
    chain: Type.Optional(
      Type.Array(Member, {
        minItems: 1,
        maxItems: 1_000,
        description: 'One after the other, named 1, 2, ...',
      }),
    ),
    group: Type.Optional(Group),
    chord: Type.Optional(
      Type.Object(
        { group: Group, [THEN]: Member },
        {
          additionalProperties: false,
          description:
            'All of the group, then `then`; `{"$result": "group"}` in its payload is the array of their results',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

type Request = Static<typeof NewWorkflow>;

const forms = ['nodes', 'chain', 'group', 'chord'] as const;

/** The nodes that a request stands for, each checked. Throws a problem that names what is wrong. */
export function expandWorkflow(request: Request, allow: AllowList): Workflow {
  const given = forms.filter((form) => request[form] !== undefined);
  const [form] = given;
  if (form === undefined || given.length > 1) {
    const message = `must have exactly one of ${forms.join(', ')}`;
    throw new ProblemError('invalid-request', `The body ${message}.`, {
      errors: [{ path: `/${given[1] ?? 'nodes'}`, message }],
    });
  }
  const nodes = withImpliedOrder(nodesOf(request, form), form);
  checkNodes(nodes, form, allow);
  const { nodes: _nodes, chain, group, chord, ...rest } = request;
  return { ...rest, nodes };
}

/** Where a node stands in the request, for errors. */
const pathOf = (form: (typeof forms)[number], key: string): string => {
  if (form === 'nodes') return `/nodes/${key}`;
  if (form === 'chord' && key === THEN) return '/chord/then';
  const index = Number(key) - 1;
  return form === 'chord' ? `/chord/group/${index}` : `/${form}/${index}`;
};

function nodesOf(request: Request, form: (typeof forms)[number]): Record<string, Node> {
  if (form === 'chain') {
    const chain = (request.chain ?? []).map((node, index) =>
      index === 0 ? node : { ...node, after: [String(index)] },
    );
    return numbered(chain);
  }
  if (form === 'group' && request.group) return numbered(membersOf(request.group));
  if (form === 'chord' && request.chord) {
    const group = numbered(membersOf(request.chord.group));
    const after = Object.keys(group);
    const payload = replaceGroup(request.chord.then.payload, after);
    return { ...group, [THEN]: { ...request.chord.then, payload, after } };
  }
  return request.nodes ?? {};
}

const numbered = (nodes: readonly Node[]): Record<string, Node> =>
  Object.fromEntries(nodes.map((node, index) => [String(index + 1), node]));

function membersOf(group: Static<typeof Group>): readonly Node[] {
  if (Array.isArray(group)) return group;
  const { template, items } = group;
  return items.map((item) => ({
    ...template,
    payload: { ...(template.payload as object), ...item },
  }));
}

const replaceGroup = (payload: unknown, names: readonly string[]): unknown =>
  JSON.parse(JSON.stringify(payload ?? null), (_key, value) =>
    isRef(value) && value.$result === 'group' ? { ...value, $result: names } : value,
  );

/** A node comes after those whose results it uses, whether or not it says so. */
function withImpliedOrder(
  nodes: Record<string, Node>,
  form: (typeof forms)[number],
): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(nodes).map(([key, node]) => {
      const used = resultsUsedBy(node.payload);
      const path = pathOf(form, key);
      for (const other of used) needNode(nodes, other, `${path}/payload`, '$result');
      for (const [index, other] of (node.after ?? []).entries()) {
        needNode(nodes, other, `${path}/after/${index}`, 'after');
      }
      const after = [...new Set([...(node.after ?? []), ...used])];
      return [key, after.length > 0 ? { ...node, after } : node];
    }),
  );
}

function needNode(nodes: Record<string, Node>, name: string, path: string, what: string): void {
  if (Object.hasOwn(nodes, name)) return;
  const message = `${what} names '${name}', which is no node`;
  throw new ProblemError('invalid-request', `${path}: ${message}.`, {
    errors: [{ path, message }],
  });
}

function resultsUsedBy(payload: unknown): string[] {
  const names: string[] = [];
  if (!JSON.stringify(payload ?? null).includes('"$result"')) return names;
  JSON.stringify(payload, (_key, value) => {
    if (isRef(value)) names.push(...[value.$result].flat());
    return value;
  });
  return names;
}

const isRef = (value: unknown): value is { $result: string | string[] } =>
  typeof value === 'object' && value !== null && '$result' in value;

function checkNodes(
  nodes: Record<string, Node>,
  form: (typeof forms)[number],
  allow: AllowList,
): void {
  const { cycle } = orderNodes(nodes);
  if (cycle) {
    const message = `nodes wait for each other: ${cycle.join(' -> ')}`;
    const path = `${pathOf(form, cycle[0] ?? '')}/after`;
    throw new ProblemError('invalid-request', `${message}.`, { errors: [{ path, message }] });
  }
  for (const [key, node] of Object.entries(nodes)) checkNode(node, allow, pathOf(form, key));
}

/** Throws a problem for a kind that there is not, and for a payload that it does not take. */
function checkNode({ kind, payload }: Node, allow: AllowList, path: string): void {
  const definition = definitionOf(kind, `${path}/kind`);
  // What a result will be is only known when it is there: the worker checks it then.
  if (resultsUsedBy(payload).length === 0)
    checkPayload(definition, payload, allow, `${path}/payload`);
}

const member = Compile(Member);

/** A line of an upload as a node of a group. `path` is where it stands, for errors. */
export function nodeOfLine(value: unknown, path: string, allow: AllowList): Node {
  if (!member.Check(value)) {
    const [mistake] = member.Errors(value);
    const message = mistake?.message ?? 'is no node';
    throw invalidLine(path, `${mistake?.instancePath ?? ''}: ${message}`);
  }
  checkNode(value, allow, path);
  const [used] = resultsUsedBy(value.payload);
  if (used !== undefined) throw invalidLine(path, `/payload: names the result of '${used}'`);
  return value;
}

function invalidLine(path: string, what: string): ProblemError {
  const message = `${what}; a line is {"kind": ..., "payload": ...} and waits for nothing`;
  return new ProblemError('invalid-request', `${path}${message}.`, { errors: [{ path, message }] });
}
