/** A token of JSON that other languages write differently: a string, which stays, a word or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const PYTHON: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' };

/** Writes JSON as a literal of Python. Strings of JSON are strings of Python, too. */
export function asPython(json: string): string {
  return json.replaceAll(TOKEN, (token) => PYTHON[token] ?? token);
}

/** Writes JSON as a literal of TypeScript. Integers beyond 2^53 become bigints, so that no digit is lost. */
export function asTypeScript(json: string): string {
  return json.replaceAll(TOKEN, (token) => {
    const isLarge = /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
    return isLarge ? `${token}n` : token;
  });
}

/** Indents all lines but the first. */
export function indented(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
