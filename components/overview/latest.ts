/** How many builds the overview shows. */
export const LATEST_BUILDS = 5;
