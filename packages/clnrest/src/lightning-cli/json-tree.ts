/** JSON as a tree of raw tokens for printing: numbers keep their digits, strings their escapes. */
export type JsonTree =
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonTree])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonTree[] }
  | { readonly kind: 'scalar'; readonly raw: string };

const TOKEN = /\s*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}[\],:])|([^\s{}[\],:"]+))/sy;

/** Parses JSON. @throws {SyntaxError} if the text is malformed */
export function parseJsonTree(text: string): JsonTree {
  TOKEN.lastIndex = 0;
  const tree = readTree(text, next(text));
  if (text.slice(TOKEN.lastIndex).trim() !== '') throw new SyntaxError('text after the JSON value');
  return tree;
}

/** Returns a member of an object, if it exists. */
export function member(tree: JsonTree, name: string): JsonTree | undefined {
  if (tree.kind !== 'object') return undefined;
  return tree.members.find(([key]) => key === `"${name}"`)?.[1];
}

function next(text: string): string {
  const match = TOKEN.exec(text);
  const token = match?.[1] ?? match?.[2] ?? match?.[3];
  if (token === undefined) throw new SyntaxError('unexpected end of JSON');
  return token;
}

function readTree(text: string, token: string): JsonTree {
  if (token === '{') {
    const members: [string, JsonTree][] = [];
    for (let at = next(text); at !== '}';) {
      if (!at.startsWith('"')) throw new SyntaxError(`a name is missing before ${at}`);
      if (next(text) !== ':') throw new SyntaxError("':' is missing");
      members.push([at, readTree(text, next(text))]);
      at = afterComma(text, '}');
    }
    return { kind: 'object', members };
  }
  if (token === '[') {
    const items: JsonTree[] = [];
    for (let at = next(text); at !== ']';) {
      items.push(readTree(text, at));
      at = afterComma(text, ']');
    }
    return { kind: 'array', items };
  }
  // Rejects scalars that are not valid JSON.
  JSON.parse(token);
  return { kind: 'scalar', raw: token };
}

/** Returns the token after a comma, or the closing bracket. */
function afterComma(text: string, closing: string): string {
  const token = next(text);
  if (token === closing) return token;
  if (token !== ',') throw new SyntaxError(`',' or '${closing}' is missing before ${token}`);
  const following = next(text);
  if (following === closing) throw new SyntaxError(`a value is missing before ${closing}`);
  return following;
}
