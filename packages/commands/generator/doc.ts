const WIDTH = 100;

/** Returns a doc comment; nothing for no text. The formatter indents it. */
export function docComment(paragraphs: readonly string[]): string {
  const lines = paragraphs
    .filter((text) => text !== '')
    .map((text) => wrap(text.trim()).join('\n'))
    .join('\n\n')
    .split('\n');
  const [only = ''] = lines;
  if (lines.length === 1 && only === '') return '';
  if (lines.length === 1) return `/** ${only} */\n`;
  return `/**\n${lines.map((line) => ` *${line === '' ? '' : ` ${line}`}`).join('\n')}\n */\n`;
}

function wrap(text: string): string[] {
  const lines = [''];
  for (const word of text.replaceAll('*/', '*\\/').split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length < WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Returns what versions say about an item, as sentences. */
export function versionNotes(item: {
  readonly added?: string;
  readonly deprecated?: readonly string[];
}): string[] {
  const { added, deprecated } = item;
  const notes: string[] = [];
  if (added !== undefined && !added.startsWith('pre-')) notes.push(`Added in ${added}.`);
  const [since, removed] = deprecated ?? [];
  if (since !== undefined) {
    notes.push(
      `@deprecated since ${since}${removed === undefined ? '' : `; removal is due in ${removed}`}.`,
    );
  }
  return notes;
}
