import type { LayoutSystem } from './types.ts';

/**
 * Opens the operation that a link of the page names (`#/invoices/invoice`). Swagger UI itself reads the address only when the
 * page loads.
 */
export function followLinks({ layoutActions }: LayoutSystem): void {
  const open = (): void => {
    if (location.hash.startsWith('#/')) {
      layoutActions.parseDeepLinkHash(decodeURIComponent(location.hash));
    }
  };
  addEventListener('hashchange', open);
  // A second click on a link does not change the address.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('.command-list a') : null;
    if (link?.getAttribute('href') === location.hash) open();
  });
}
