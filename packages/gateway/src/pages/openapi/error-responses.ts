import { type ErrorKind, errorKinds, type ErrorName, type NodeErrorName } from '../../refusals.ts';
import { errorsOf, OPERATION_KINDS, type OperationKind } from './error-scopes.ts';

/** The schema of the error envelope. */
export const ERROR_SCHEMA = {
  type: 'object',
  required: ['code', 'message', 'error'],
  properties: {
    ...errorProperties(),
    error: { type: 'object', required: ['code', 'message'], properties: errorProperties() },
  },
};

/** Examples of errors of the node. */
const NODE_ERRORS: Readonly<Record<NodeErrorName, { code: number; message: string }>> = {
  rune_refused: { code: 1502, message: 'Not permitted: method is not equal to getinfo' },
  command_unknown: { code: -32601, message: "Unknown command 'nosuchcommand'" },
  command_failed: { code: -32602, message: 'missing required parameter: label' },
};

/** A response with the errors that operations can return with one status. */
interface ErrorResponse {
  readonly id: string;
  readonly status: number;
  readonly names: readonly ErrorName[];
}

/** The responses of each kind of operation. Operations with the same errors share a response. */
const RESPONSES = shareResponses();

/** Describes each response: all its errors, and an example of one. */
export function errorComponents(): Record<string, object> {
  const all = [...RESPONSES.values()].flat();
  return Object.fromEntries(
    all.map(({ id, names }) => [id, { description: describe(names), ...content(names) }]),
  );
}

/** Returns references to the errors that an operation can return, by status. */
export function errorResponses(kind: OperationKind): Record<string, object> {
  const responses = RESPONSES.get(kind) ?? [];
  return Object.fromEntries(
    responses.map(({ id, status }) => [status, { $ref: `#/components/responses/${id}` }]),
  );
}

function shareResponses(): ReadonlyMap<OperationKind, readonly ErrorResponse[]> {
  const known = new Map<string, ErrorResponse>();
  const ids = new Set<string>();
  const share = (kind: OperationKind, status: number, names: readonly ErrorName[]) => {
    const key = names.join();
    const same = known.get(key);
    if (same !== undefined) return same;
    const plain = `Error${status}`;
    const response = { id: ids.has(plain) ? `${plain}.${kind}` : plain, status, names };
    ids.add(response.id);
    known.set(key, response);
    return response;
  };
  return new Map(
    OPERATION_KINDS.map((kind) => [
      kind,
      byStatus(errorsOf(kind)).map(([status, names]) => share(kind, status, names)),
    ]),
  );
}

/** Groups errors by their status, the lowest first. */
function byStatus(
  names: readonly ErrorName[],
): readonly (readonly [status: number, names: readonly ErrorName[]])[] {
  const statuses = [...new Set(names.map((name) => errorKinds[name].status))];
  return statuses
    .toSorted((a, b) => a - b)
    .map((status) => [status, names.filter((name) => errorKinds[name].status === status)]);
}

function describe(names: readonly ErrorName[]): string {
  return names
    .map((name) => {
      const { code, when }: ErrorKind = errorKinds[name];
      return `\`${name}\`${code === 'node' ? '' : ` (${code})`}: ${when}`;
    })
    .join(' ');
}

/** Has one example, because the page shows all statuses at once, with the description of each. */
function content([first]: readonly ErrorName[]): object {
  const schema = { $ref: '#/components/schemas/Error' };
  const media = { schema, ...(first !== undefined && { example: exampleOf(first) }) };
  return { content: { 'application/json': media } };
}

function exampleOf(name: ErrorName): object {
  const { code, message }: ErrorKind = errorKinds[name];
  const error = code === 'node' ? NODE_ERRORS[name as NodeErrorName] : { code, message };
  return { ...error, error };
}

function errorProperties(): object {
  return {
    code: { type: 'integer', description: "The node's code, or one of the gateway's own" },
    message: { type: 'string' },
    data: { description: 'Details from the node, if any' },
  };
}
