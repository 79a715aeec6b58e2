/** A parameter in a usage line. */
export interface Parameter {
  /** `undefined` if the line has alternatives without a name, such as `a|b`. */
  readonly name: string | undefined;
  readonly isRequired: boolean;
  /** The listed values, such as `start` and `stop` of `subcommand=start|stop`. */
  readonly choices: readonly string[];
}

/** A parsed usage line. */
export interface Usage {
  /** The parameters in their order, up to the first word with a syntax error. */
  readonly parameters: readonly Parameter[];
  /** Whether the list has all parameters of the command, each with its name. */
  readonly isComplete: boolean;
}

/** A parameter's name. Core Lightning has one with a slash: `target/subcommand`. */
const NAME = /^[a-z_](?:[A-Za-z0-9_./-]{0,126}[A-Za-z0-9_])?$/;
const CHOICE = /^[A-Za-z0-9_.-]+$/;
/** A bracket or a word. */
const PIECES = /[[\]]|[^\s[\]]+/g;

/**
 * Parses the part of a `help` line after the command's name: `amount_msat label description [expiry] …`. lightningd
 * generates the lines of its own commands. Lines of plugins can contain any text, so parsing stops at the first
 * syntax error.
 */
export function readUsage(line: string): Usage {
  const parameters: Parameter[] = [];
  const names = new Set<string>();
  let isComplete = true;
  let depth = 0;
  let before = { piece: '', end: -1 };
  for (const { 0: piece, index } of line.matchAll(PIECES)) {
    const touches = before.end === index && isWord(piece) !== isWord(before.piece);
    const wasOpened = before.piece === '[';
    if (touches && isWord(piece) && !wasOpened) return { parameters, isComplete: false };
    if (touches && piece === '[') return { parameters, isComplete: false };
    if (piece === '[') depth++;
    else if (piece === ']') depth--;
    else {
      const parameter = readWord(piece, depth === 0);
      if (parameter === undefined) return { parameters, isComplete: false };
      if (parameter.name !== undefined) {
        if (names.has(parameter.name)) return { parameters, isComplete: false };
        names.add(parameter.name);
      }
      parameters.push(parameter);
      // A choice can have further parameters, which the line does not list.
      isComplete &&= parameter.name !== undefined && parameter.choices.length === 0;
    }
    if (depth < 0) return { parameters, isComplete: false };
    before = { piece, end: index + piece.length };
  }
  return { parameters, isComplete: isComplete && depth === 0 };
}

function isWord(piece: string): boolean {
  return piece !== '[' && piece !== ']';
}

/** Parses `name`, `<name>`, `name=value`, `name=a|b` or `a|b`. Returns `undefined` for other words. */
function readWord(word: string, isRequired: boolean): Parameter | undefined {
  const bare = word.replace(/^<(.*)>$/, '$1');
  if (NAME.test(bare)) return { name: bare, isRequired, choices: [] };
  const [left = '', right] = split(bare, '=');
  const choices = (right ?? left).split('|');
  if (!choices.every((choice) => CHOICE.test(choice))) return undefined;
  if (right === undefined) {
    return choices.length > 1 ? { name: undefined, isRequired, choices } : undefined;
  }
  return NAME.test(left) ? { name: left, isRequired, choices } : undefined;
}

function split(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
