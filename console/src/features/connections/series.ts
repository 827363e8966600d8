/** Points of a series as a row of minutes; the hub leaves out what is zero. */

interface Point {
  at: string;
  connection?: string;
  value: number;
}

const MINUTES = 60;

/** The last hour of one connection, minute by minute, oldest first. */
export function spread(points: Point[], connection: string, now: Date): number[] {
  const minute = Math.floor(now.getTime() / 60_000);
  const values = new Array<number>(MINUTES).fill(0);
  for (const point of points) {
    if (point.connection !== connection) continue;
    const place = MINUTES - 1 - (minute - Math.floor(new Date(point.at).getTime() / 60_000));
    if (place >= 0 && place < MINUTES) values[place] = (values[place] ?? 0) + point.value;
  }
  return values;
}
