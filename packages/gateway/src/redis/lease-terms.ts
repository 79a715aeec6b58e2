/** The time of a lease, from when the gateway asked for it. */
export const LEASE_MS = 1_000;
/** The gateway uses less of it: its clock can run slower than the feeder's. */
export const LEASE_USED_MS = 900;
/** How often gateways ask for a lease, and how often the feeder grants. */
export const RENEWAL_MS = 250;

/** A lease that the feeder grants to a gateway. */
export interface Grant {
  /** The feeder's number. */
  readonly feeder: string;
  /** The number of the gateway's request. */
  readonly request: number;
  /** The number of the newest announced change of the blacklist. The gateway must have noted all up to this one. */
  readonly announced: number;
  /** How many announced changes the node has continued with. */
  readonly passed: number;
  /** Whether the node has made all earlier changes. If not, only the node knows the list. */
  readonly isQuiet: boolean;
}

/** What a gateway writes into Redis: its newest request, and the newest change that it has noted. */
export interface LeaseRequest {
  readonly request: number;
  /** The feeder to whose changes `noted` refers; empty before the first one. */
  readonly feeder: string;
  readonly noted: number;
}

export function encodeGrant({ feeder, request, announced, passed, isQuiet }: Grant): string {
  return [feeder, request, announced, passed, isQuiet ? 1 : 0].join(' ');
}

/** Returns undefined if the text is not a grant. */
export function readGrant(text: string): Grant | undefined {
  const [, feeder = '', ...numbers] = /^(\d+) (\d+) (\d+) (\d+) ([01])$/.exec(text) ?? [];
  const [request = 0, announced = 0, passed = 0, quiet = 0] = numbers.map(Number);
  return feeder === '' ? undefined : { feeder, request, announced, passed, isQuiet: quiet === 1 };
}

export function encodeRequest({ request, feeder, noted }: LeaseRequest): string {
  return `${request} ${feeder === '' ? '-' : feeder} ${noted}`;
}

/** Returns undefined if the text is not a request. */
export function readRequest(text: string): LeaseRequest | undefined {
  const [, request, feeder = '', noted] = /^(\d{1,15}) (\d+|-) (\d{1,15})$/.exec(text) ?? [];
  if (request === undefined) return undefined;
  return { request: Number(request), feeder: feeder === '-' ? '' : feeder, noted: Number(noted) };
}
