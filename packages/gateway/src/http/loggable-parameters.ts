import { cut, printable } from './printable.ts';

/** Commands with secret parameters whose names do not show that. */
const SECRET_COMMANDS: ReadonlySet<string> = new Set([
  'commando',
  'datastore',
  'exposesecret',
  'recover',
]);

/** A member with a secret: its name and its value. An object or array is taken together with everything that follows it. */
const SECRET_MEMBER =
  /("[^"]*(?:api_?key|passphrase|password|preimage|rune|secret|session_key|token)[^"]*":)(?:"(?:[^"\\]|\\.)*"|[[{].*|[^,}\]]*)/gi;

/** The parameters of a call for the log: one line of ASCII, of bounded length, with secrets replaced. */
export function loggableParameters(method: string, params: string): string {
  const isSecret = method === 'check' ? namesSecretCommand(params) : SECRET_COMMANDS.has(method);
  if (isSecret) return '(hidden)';
  return printable(cut(params, MAX_CHARACTERS).replaceAll(SECRET_MEMBER, '$1"(hidden)"'));
}

/** `check` gets the same parameters as the command that it checks. */
function namesSecretCommand(params: string): boolean {
  return [...SECRET_COMMANDS].some((name) => params.includes(`"${name}"`));
}

/** More than a log line shows. */
const MAX_CHARACTERS = 4_096;
