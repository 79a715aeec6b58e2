/** Applies the system's colour scheme to Swagger UI, which has a dark mode but does not follow the system. */
export function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    document.documentElement.classList.toggle('dark-mode', dark.matches);
  };
  dark.addEventListener('change', follow);
  follow();
}
