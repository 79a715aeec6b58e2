import { visible } from '@clnrest/pages/visible';
import { escapeHtml } from './html.ts';
import type { ListedOperation, OperationGroup } from './openapi/operation-groups.ts';

/** The parts of a list of commands that differ between pages. */
export interface CommandListOptions {
  /** The relative URL of the API page, to which the links lead; empty on that page itself. */
  readonly api: string;
  /** The parameters of each command, by name, if the list shows them. */
  readonly parameters?: ReadonlyMap<string, string>;
}

/**
 * Returns a list of commands in groups as HTML: links to the operations with their summaries, and a field that filters them.
 * A script shows the field, which has no use without one.
 */
export function commandList(
  groups: readonly OperationGroup[],
  options: CommandListOptions,
): string {
  const sections = groups.map(
    ({ title, operations }) => `<section>
<h2>${escapeHtml(title)}</h2>
<ul>
${operations.map((operation) => itemOf(operation, options)).join('\n')}
</ul>
</section>`,
  );
  return `<div class="command-list">
<div class="command-filter" hidden>
<div><label for="command-filter">Filter commands</label><span id="command-count" role="status"></span></div>
<input id="command-filter" type="search" autocomplete="off" spellcheck="false">
</div>
${sections.join('\n')}
</div>`;
}

function itemOf(
  { name, summary, fragment }: ListedOperation,
  { api, parameters }: CommandListOptions,
): string {
  const words = parameters?.get(name) ?? '';
  const usage = words === '' ? '' : ` <code class="usage">${text(words)}</code>`;
  return `<li><a href="${escapeHtml(api + fragment)}"><code>${text(name)}</code></a>${usage} <span>${text(summary)}</span></li>`;
}

function text(words: string): string {
  return escapeHtml(visible(words));
}
