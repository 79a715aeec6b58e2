import { mend } from './mend.ts';

/** Swagger UI has a dark mode, but does not look what is asked for. */
function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    document.documentElement.classList.toggle('dark-mode', dark.matches);
  };
  dark.addEventListener('change', follow);
  follow();
}

followColours();
// Swagger UI catches clicks on links within the page, and moves the view but not the focus.
document.querySelector('.skip')?.classList.add('noZensmooth');
const place = document.querySelector('#swagger-ui');
if (place !== null) {
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      mend(place);
    });
  }).observe(place, { childList: true, subtree: true });
}
