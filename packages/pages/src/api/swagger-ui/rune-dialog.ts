import { concernsOf } from '../../runes/explaining/concerns.ts';
import { type Pasted, readPasted } from '../../runes/explaining/pasted.ts';
import { introductionOf, wordsOf } from '../../runes/explaining/shown.ts';
import type { ImmutableMap, Parts } from './types.ts';

interface Auth {
  readonly value?: string;
}

interface ApiKeyProps {
  readonly name: string;
  readonly authorized: ImmutableMap | undefined;
  onChange(auth: Auth): void;
}

/** Explains in words what the rune in the dialog allows, or why the text is not a rune. */
export const explainRune =
  (ApiKeyAuth: unknown, { React }: Parts) =>
  (props: ApiKeyProps): unknown => {
    const [typed, setTyped] = React.useState('');
    const authorized = props.authorized?.getIn([props.name, 'value']);
    const onChange = (auth: Auth): void => {
      setTyped(auth.value ?? '');
      props.onChange(auth);
    };
    return React.createElement(
      'div',
      null,
      React.createElement(ApiKeyAuth, { ...props, onChange }),
      React.createElement(
        'div',
        { className: 'rune-explained', role: 'status' },
        explanation(React, readPasted(typeof authorized === 'string' ? authorized : typed)),
      ),
    );
  };

function explanation({ createElement: make }: Parts['React'], pasted: Pasted): unknown {
  switch (pasted.kind) {
    case 'nothing':
      return null;
    case 'problem':
      return make('p', { className: 'problem' }, pasted.words);
    case 'rune': {
      const now = BigInt(Math.floor(Date.now() / 1_000));
      const { rune } = pasted;
      const restrictions = rune.restrictions.map((each, index) =>
        make('li', { key: index }, wordsOf(each, rune, now).words),
      );
      const concerns = concernsOf(rune, now).map(({ message }, index) =>
        make('p', { key: index, className: 'concern' }, `Note: ${message}.`),
      );
      return make(
        'div',
        null,
        make('p', null, introductionOf(rune)),
        restrictions.length === 0 ? null : make('ul', null, ...restrictions),
        ...concerns,
      );
    }
  }
}

type Authorization = Readonly<Record<string, Auth | undefined>>;

/** Accepts only runes, in all forms in which they are handed on: base64, a result of createrune, or a pairing link. */
export const acceptOnlyRunes =
  (original: (given: Authorization) => unknown) =>
  (given: Authorization): unknown => {
    const runes = Object.entries(given).flatMap(([name, auth]) => {
      const text = (auth?.value ?? '').trim();
      const pasted = readPasted(text);
      if (pasted.kind !== 'rune') return [];
      const value = /^[\w-]+=*$/.test(text) ? text : pasted.rune.toBase64();
      return [[name, { ...auth, value }]];
    });
    return runes.length === 0 ? undefined : original(Object.fromEntries(runes) as Authorization);
  };
