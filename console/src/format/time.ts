/** Times and durations, in the reader's zone and language. */

export type Language = 'zh-CN' | 'en';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function parts(at: Date, seconds: boolean, zone?: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: seconds ? '2-digit' : undefined,
    hourCycle: 'h23',
    timeZone: zone,
  });
  return Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
}

/** `11-19 14:02` this year, else with the year. */
export function shortTime(iso: string, now: Date, options: { seconds?: boolean; zone?: string } = {}): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const shown = parts(at, options.seconds ?? false, options.zone);
  const clock = `${shown.hour}:${shown.minute}${shown.second ? `:${shown.second}` : ''}`;
  const day = `${shown.month}-${shown.day}`;
  return shown.year === parts(now, false, options.zone).year ? `${day} ${clock}` : `${shown.year}-${day} ${clock}`;
}

/** The whole time with its zone, for titles. */
export function fullTime(iso: string, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}

/** `3 minutes ago` under a day, else null: then the time itself says more. */
export function relative(iso: string, now: Date, language: Language): string | null {
  const millis = new Date(iso).getTime() - now.getTime();
  if (Number.isNaN(millis) || Math.abs(millis) >= DAY) return null;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const size = Math.abs(millis);
  if (size < MINUTE) return format.format(Math.trunc(millis / 1000), 'second');
  if (size < HOUR) return format.format(Math.trunc(millis / MINUTE), 'minute');
  return format.format(Math.trunc(millis / HOUR), 'hour');
}

/** The two largest units that say something: `1天4时`, `1d 4h`, `350 ms`. */
export function duration(millis: number, language: Language): string {
  const zh = language === 'zh-CN';
  if (millis < 1000) return zh ? `${Math.max(0, Math.round(millis))}毫秒` : `${Math.max(0, Math.round(millis))} ms`;
  if (millis < MINUTE) return zh ? `${decimal(millis / 1000)}秒` : `${decimal(millis / 1000)} s`;
  const units: [number, string, string][] = [
    [DAY, '天', 'd'],
    [HOUR, '时', 'h'],
    [MINUTE, '分', 'min'],
    [1000, '秒', 's'],
  ];
  const first = units.findIndex(([size]) => millis >= size);
  const shown: string[] = [];
  let rest = millis;
  for (const [size, chinese, english] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) shown.push(zh ? `${count}${chinese}` : `${count} ${english}`);
  }
  return shown.join(zh ? '' : ' ');
}

function decimal(value: number): string {
  return value < 10 ? (Math.floor(value * 10) / 10).toString() : Math.floor(value).toString();
}

/** From one time to another. */
export function between(from: string, to: string | Date, language: Language): string {
  const end = typeof to === 'string' ? new Date(to) : to;
  return duration(Math.max(0, end.getTime() - new Date(from).getTime()), language);
}

/** A size in bytes. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
