import { quoteString } from '@clnrest/json';
import { readElements, readMembers } from '@clnrest/lightningd';
import type { PathRegistration } from '../routing/registration.ts';
import { readRegistration } from './read-registration.ts';

/** Encodes registrations as the result of the command that lists them: with the names of the command that registers. */
export function encodePaths(registrations: readonly PathRegistration[]): string {
  return `{"paths":[${registrations.map((each) => encode(each)).join(',')}]}`;
}

/** Reads the result of the command that lists paths. Throws a `PathRefused`, or another error if it is malformed. */
export function readPaths(text: string, maxLength: number): readonly PathRegistration[] {
  const elements = readElements(readMembers(text).get('paths') ?? '');
  return elements.map((element) => readRegistration(element, maxLength));
}

function encode(registration: PathRegistration): string {
  const { path, rpcMethod, httpMethod, runeRequired, runeRestrictions } = registration;
  const { nodeid, method, params } = runeRestrictions;
  const restrictions = [
    ...(nodeid === undefined ? [] : [`"nodeid":${quoteString(nodeid)}`]),
    ...(method === undefined ? [] : [`"method":${quoteString(method)}`]),
    ...(params === undefined ? [] : [`"params":${params}`]),
  ];
  const members = [
    `"path":${quoteString(path)}`,
    `"rpc_method":${quoteString(rpcMethod)}`,
    `"http_method":"${httpMethod}"`,
    `"rune_required":${runeRequired}`,
    ...(restrictions.length === 0 ? [] : [`"rune_restrictions":{${restrictions.join(',')}}`]),
  ];
  return `{${members.join(',')}}`;
}
