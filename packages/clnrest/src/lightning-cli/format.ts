import { type JsonTree, member } from './json-tree.ts';

/** Output formats: lightning-cli's `-J`, `-R`, `-F`, `-H`, and its list of commands. */
export type Format = 'json' | 'raw' | 'flat' | 'human' | 'help-list';

/** Formats a result, without the final line break. */
export function format(tree: JsonTree, text: string, as: Format): string {
  switch (as) {
    case 'raw':
      return text;
    case 'json':
      return indented(tree, '');
    case 'flat':
      return flat(tree, '').join('\n');
    case 'human':
      return human(tree, '\n').replace(/\n$/, '');
    case 'help-list':
      return helpList(tree);
  }
}

/** Indents by three, as lightning-cli does. */
function indented(tree: JsonTree, indent: string): string {
  const deeper = `${indent}   `;
  const wrap = (open: string, parts: string[], close: string): string =>
    parts.length === 0
      ? open + close
      : `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
  switch (tree.kind) {
    case 'scalar':
      return tree.raw;
    case 'array':
      return wrap(
        '[',
        tree.items.map((item) => indented(item, deeper)),
        ']',
      );
    case 'object':
      return wrap(
        '{',
        tree.members.map(([name, value]) => `${name}: ${indented(value, deeper)}`),
        '}',
      );
  }
}

/** Returns lines `x.y[0].z=value`, with strings unquoted but still escaped. */
function flat(tree: JsonTree, path: string): string[] {
  switch (tree.kind) {
    case 'scalar':
      return [`${path}=${unquoted(tree.raw)}`];
    case 'array':
      return tree.items.flatMap((item, i) => flat(item, `${path}[${i}]`));
    case 'object':
      return tree.members.flatMap(([name, value]) =>
        flat(value, path === '' ? unquoted(name) : `${path}.${unquoted(name)}`),
      );
  }
}

/** Returns `name=value` lines; an object with one member is printed as its value. */
function human(tree: JsonTree, end: string): string {
  switch (tree.kind) {
    case 'scalar':
      return readable(unquoted(tree.raw)) + end;
    case 'array':
      return tree.items.map((item) => human(item, '\n')).join('');
    case 'object': {
      const [only, ...others] = tree.members;
      if (only !== undefined && others.length === 0) return human(only[1], '\n');
      return tree.members
        .map(([name, value]) => `${readable(unquoted(name))}=${human(value, '\n')}`)
        .join('');
    }
  }
}

function helpList(tree: JsonTree): string {
  const help = member(tree, 'help');
  const commands = help?.kind === 'array' ? help.items : [];
  const lines = commands
    .map((item) => member(item, 'command'))
    .map((usage) => (usage?.kind === 'scalar' ? readable(unquoted(usage.raw)) : ''))
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const hint = 'run `clnrest cli help COMMAND` for more information on a specific command';
  return `${lines.map((line) => `${line}\n\n`).join('')}---\n${hint}`;
}

function unquoted(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, -1) : raw;
}

/** Replaces `\n` and `\t` by the characters, and removes other backslashes. */
function readable(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 't' ? '\t' : letter,
  );
}
