/** What stands on the page before its script runs. */
export const runesMain = `
      <h1>Runes</h1>
`;
