import type { LightningdOption } from './lightningd-options.ts';
import { WITHOUT_EFFECT } from './own-options.ts';

/** The table of the reference page about options without effect, in Markdown. */
export function optionsWithoutEffect(): string {
  return [
    '| option | value | default |',
    '| --- | --- | --- |',
    ...WITHOUT_EFFECT.map(
      (option) => `| \`--${option.name}\` | ${valueOf(option)} | ${defaultOf(option)} |`,
    ),
  ].join('\n');
}

function valueOf({ kind, multi, plugin }: LightningdOption): string {
  const type = kind === 'string' ? 'text' : kind === 'msat' ? 'millisatoshi' : kind;
  const traits = [
    type,
    ...(multi === true ? ['can be repeated'] : []),
    ...(plugin === undefined ? [] : [`of the plugin \`${plugin}\``]),
  ];
  return traits.join(', ');
}

function defaultOf({ kind, fallback }: LightningdOption): string {
  if (kind === 'flag') return 'not set';
  return fallback === undefined || fallback === '' ? '' : `\`${fallback}\``;
}
