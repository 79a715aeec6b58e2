import { type ErrorKind, errorKinds, type NodeErrorName } from '../../refusals.ts';

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

/** Describes each status: all errors with the status, and an example of one. */
export function errorComponents(): Record<string, object> {
  return Object.fromEntries(
    everyStatus().map((status) => [
      nameOf(status),
      { description: describe(status), ...content(status) },
    ]),
  );
}

/** Returns the statuses of all errors, the lowest first. */
export function everyStatus(): readonly number[] {
  const all = new Set(Object.values(errorKinds).map(({ status }) => status));
  return [...all].toSorted((a, b) => a - b);
}

/** Returns references to the descriptions of statuses, for the responses of an operation. */
export function errorResponses(statuses: readonly number[]): Record<string, object> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

function nameOf(status: number): string {
  return `Error${status}`;
}

function kindsOf(status: number): readonly (readonly [string, ErrorKind])[] {
  return Object.entries(errorKinds).filter(([, kind]) => kind.status === status);
}

function describe(status: number): string {
  return kindsOf(status)
    .map(([name, { code, when }]) => `\`${name}\`${code === 'node' ? '' : ` (${code})`}: ${when}`)
    .join(' ');
}

/** Has one example, because the page shows all statuses at once, with the description of each. */
function content(status: number): object {
  const [first] = kindsOf(status);
  const schema = { $ref: '#/components/schemas/Error' };
  const media = { schema, ...(first !== undefined && { example: exampleOf(...first) }) };
  return { content: { 'application/json': media } };
}

function exampleOf(name: string, { code, message }: ErrorKind): object {
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
