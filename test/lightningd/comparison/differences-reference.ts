import { EXPECTED_DIFFERENCES, type ExpectedDifference } from './expected-differences.ts';

const WIDTH = 120;

/** The list of the reference page about the differences that the comparison expects, in Markdown. */
export function expectedDifferences(): string {
  return EXPECTED_DIFFERENCES.map(itemOf).join('\n');
}

function itemOf({ methods, reason }: ExpectedDifference): string {
  const names = methods.map((method) => `\`${method}\``).join(', ');
  return wrapped(`- ${names === '' ? '' : `${names}: `}${reason}`);
}

/** Breaks the lines, as in the rest of the page. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ` `;
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
