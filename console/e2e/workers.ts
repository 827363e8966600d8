/** Files of journeys at once. Most of a journey is waiting, so that two share two cores well; a third would only make each slower. */
export const WORKERS = 2;
