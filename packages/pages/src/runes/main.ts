import { runeInFragment } from '../fragment.ts';
import { addressOfPage } from './handing-out/address.ts';
import { modelMaker } from './model.ts';
import { loadCommands } from './node/load.ts';
import { initialState, learnCommands, paste } from './state.ts';
import { startStore } from './store.ts';
import { draftView } from './view/draft-view.ts';
import { handOutView } from './view/hand-out-view.ts';
import { narrowingView } from './view/narrowing-view.ts';
import { pasteView } from './view/paste-view.ts';
import { questionView } from './view/question-view.ts';
import { runeView } from './view/rune-view.ts';
import { suggestionsView } from './view/suggestions-view.ts';
import { verdictView } from './view/verdict-view.ts';

const now = (): bigint => BigInt(Math.floor(Date.now() / 1000));
const makeModel = modelMaker(addressOfPage(location.href));

const dispatch = startStore(initialState(now()), now, (state) => {
  const model = makeModel(state);
  for (const show of views) show(model);
});
const views = [
  pasteView(dispatch),
  runeView(dispatch),
  suggestionsView(dispatch),
  draftView(dispatch),
  narrowingView(dispatch),
  questionView(dispatch),
  verdictView(),
  handOutView(dispatch),
];

/** Takes the rune that another page handed over, and takes it out of the address, where it would be kept. */
function takeFragment(): void {
  const rune = runeInFragment(location.hash);
  if (rune === undefined) return;
  history.replaceState(null, '', location.pathname + location.search);
  dispatch(paste(rune));
}

dispatch((state) => state);
takeFragment();
addEventListener('hashchange', takeFragment);
void loadCommands().then((commands) => dispatch(learnCommands(commands)));
