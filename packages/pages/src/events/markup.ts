/** What stands on the page before its script runs. */
export const eventsMain = `
      <h1>Events</h1>
`;
