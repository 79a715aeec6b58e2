/** Swagger UI has a dark mode, but does not look what is asked for. */
export function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    document.documentElement.classList.toggle('dark-mode', dark.matches);
  };
  dark.addEventListener('change', follow);
  follow();
}
