/** A flow played step by step: each answer in the order it was given, as what the hub is asked with and as the script of a test. */

/** What the hub says that it waits for. */
export interface Wait {
  kind: 'call' | 'event' | 'subflow' | 'linked' | 'people' | 'time';
  step: string;
  call?: string;
  event?: string;
  id?: string;
  flow?: string;
  document?: string;
  statuses?: string[];
  holders?: string[];
  act?: string;
  answer_example?: unknown;
  output_example?: unknown;
}

export interface Given {
  wait: Wait;
  answer: unknown;
}

type Room = 'calls' | 'events' | 'subflows' | 'linked' | 'people';
export type Answers = Partial<Record<Room, Record<string, unknown>>>;

/** Where its answer stands among all; null for time, which passes by itself. */
function placeOf(wait: Wait): [Room, string] | null {
  if (wait.kind === 'call' && wait.call) return ['calls', wait.call];
  if (wait.kind === 'event' && wait.event) return ['events', wait.event];
  if (wait.kind === 'subflow' && wait.flow) return ['subflows', wait.flow];
  if (wait.kind === 'linked' && wait.document) return ['linked', wait.document];
  if (wait.kind === 'people') return ['people', wait.step];
  return null;
}

/** An answer to begin with; undefined where none can be given. */
export function startOf(wait: Wait): unknown {
  switch (placeOf(wait)?.[0]) {
    case 'calls':
      return wait.answer_example ?? {};
    case 'events':
    case 'subflows':
      return { outcome: 'approved', output: wait.output_example ?? {} };
    case 'linked':
      return wait.statuses?.[0] ?? '';
    case 'people':
      return wait.act ?? 'approve';
    case undefined:
      return undefined;
  }
}

/** All answers as a simulation takes them: what was given by the way first, then what was given step by step, each once. */
export function answersOf(first: Answers, given: readonly Given[]): Answers {
  const all: Answers = structuredClone(first);
  for (const { wait, answer } of given) {
    const place = placeOf(wait);
    if (!place) continue;
    const [room, name] = place;
    const names = all[room] ?? {};
    all[room] = names;
    const known = names[name];
    names[name] = Array.isArray(known) ? [...known, answer] : [answer];
  }
  return all;
}

/** One line of a test's script. */
export function lineOf({ wait, answer }: Given): string | null {
  const members = (value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value as object) : [];
  const line = (entries: [string, unknown][]) =>
    `{${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}`;
  switch (placeOf(wait)?.[0]) {
    case 'calls':
      return line([
        ['call', wait.call],
        ['answer', answer],
      ]);
    case 'events':
      return line([['event', wait.event], ...(wait.id ? [['id', wait.id] as [string, unknown]] : []), ...members(answer)]);
    case 'subflows':
      return line([['subflow', wait.flow], ...members(answer)]);
    case 'linked':
      return line([
        ['linked', wait.document],
        ['status', answer],
      ]);
    case 'people': {
      const act: [string, unknown][] = typeof answer === 'string' ? [['act', answer]] : members(answer);
      const has = (key: string) => act.some(([known]) => known === key);
      return line([
        ...act,
        ...(has('by') || !wait.holders?.[0] ? [] : [['by', wait.holders[0]] as [string, unknown]]),
        ...(has('step') ? [] : [['step', wait.step] as [string, unknown]]),
      ]);
    }
    case undefined:
      return null;
  }
}

export interface Played {
  path: string[];
  outcome?: string | null;
  status: string;
}

/** The text of a test that plays the same and expects the same. */
export function testOf(
  { name, flow, document, at }: { name: string; flow: string; document: string; at: string },
  given: readonly Given[],
  { path, outcome, status }: Played,
): string {
  const calls = new Map<string, number>();
  for (const { wait } of given) if (wait.kind === 'call' && wait.call) calls.set(wait.call, (calls.get(wait.call) ?? 0) + 1);
  const script = given.flatMap((one) => lineOf(one) ?? []);
  const expect = [
    `path: ${JSON.stringify(path)}`,
    ...(outcome ? [`outcome: ${outcome}`] : []),
    `status: ${JSON.stringify(status)}`,
    ...(calls.size > 0 ? [`calls: {${[...calls].map(([call, count]) => `${call}: ${count}`).join(', ')}}`] : []),
  ];
  return [
    'format: 1',
    `test: ${JSON.stringify(name)}`,
    `flow: ${flow}`,
    `given: {document: ${document}, at: ${JSON.stringify(at)}}`,
    ...(script.length > 0 ? ['script:', ...script.map((line) => `  - ${line}`)] : []),
    'expect:',
    ...expect.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
