/** The text of a new connection. A text that is there already is never made anew: it is edited where it stands. */
import { isMap, isScalar, isSeq, parse, parseDocument } from 'yaml';
import type { Described, Setting } from './connector';

export interface Filled {
  id: string;
  environment: string;
  /** By name; of a secret its place, such as `env/ERP_SECRET`. */
  settings: Record<string, string>;
  egress: string[];
}

export const BLANK: Filled = { id: '', environment: '', settings: {}, egress: [] };

/** As a person would write it; what holds anyway is left out. */
export function written(connector: Described, { id, environment, settings, egress }: Filled): string {
  const given = connector.settings.filter((setting) => isGiven(setting, settings[setting.name] ?? ''));
  return [
    'format: 1',
    `connection: ${id}`,
    `connector: ${connector.id}`,
    ...(environment ? [`environment: ${environment}`] : []),
    ...(given.length > 0 ? ['settings:'] : []),
    ...given.map((setting) => `  ${setting.name}: ${inYaml(setting, (settings[setting.name] ?? '').trim())}`),
    ...(egress.length > 0 ? [`egress: {allow: [${egress.map((each) => scalar(each, true)).join(', ')}]}`] : []),
    '',
  ].join('\n');
}

/** What a draft holds; null when it holds more than is asked here, and is better edited as text. */
export function read(connector: Described, text: string): Filled | null {
  const root = parseDocument(text).contents;
  if (!isMap(root)) return null;
  const value = (key: string) => (isScalar(root.get(key, true)) ? String(root.get(key)) : '');
  const settings = root.get('settings', true);
  const allow = root.getIn(['egress', 'allow'], true);
  const filled: Filled = {
    id: value('connection'),
    environment: value('environment'),
    settings: isMap(settings)
      ? Object.fromEntries(
          settings.items.map(({ key, value: of }) => [
            isScalar(key) ? String(key.value) : '',
            isMap(of) ? String(of.get('secret') ?? '') : isScalar(of) ? String(of.value) : '',
          ]),
        )
      : {},
    egress: isSeq(allow) ? allow.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : [],
  };
  return written(connector, filled) === text ? filled : null;
}

function isGiven(setting: Setting, value: string): boolean {
  return value.trim() !== '' && value.trim() !== setting.standard;
}

function inYaml({ type }: Setting, value: string): string {
  if (type === 'secret') return `{secret: ${scalar(value, true)}}`;
  if (type === 'int' || type === 'bool' || type === 'decimal') return value;
  return scalar(value, false);
}

/** Plain where YAML reads the same text back, else in quotes. */
function scalar(value: string, inside: boolean): string {
  const plain = !/^[\s>|@`!&*%?#'"[\]{},-]|[\n\t]|: |:$| #|\s$/.test(value) && !(inside && /[,[\]{}]/.test(value));
  try {
    if (plain && parse(value) === value) return value;
  } catch {
    // Then in quotes.
  }
  return JSON.stringify(value);
}

const ID = /^[a-z][a-z0-9_]*$/;

export const isId = (text: string) => ID.test(text);

/** What is wrong with a value, as the key of its sentence; the hub has the last word. */
export function faultOf(setting: Setting, value: string): 'needed' | 'not_url' | 'not_place' | 'not_number' | 'not_bool' | null {
  const text = value.trim();
  if (text === '') return setting.optional || setting.standard !== null ? null : 'needed';
  switch (setting.type) {
    case 'secret':
      return isPlace(text) ? null : 'not_place';
    case 'url':
      return /^[a-z][a-z0-9+.-]*:\/\/\S+$/.test(text) ? null : 'not_url';
    case 'int':
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(text) && (setting.type === 'decimal' || !text.includes('.')) ? null : 'not_number';
    case 'bool':
      return text === 'true' || text === 'false' ? null : 'not_bool';
    default:
      return null;
  }
}

/** Where a secret is kept. A secret itself hardly ever looks like this, so that one that is pasted is noticed. */
function isPlace(text: string): boolean {
  return /^env\/[A-Z][A-Z0-9_]*$/.test(text) || /^file\/[\w./-]+$/.test(text);
}

/** A place for a secret of a connection, to begin with. */
export function placeFor(connection: string, setting: string): string {
  const name = `${connection}_${setting}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  return `env/WAYBILL_${name}`;
}

/** Where the connection has to call by its settings: hosts, with the port where it is not the usual one; addresses as networks. */
export function egressFor(connector: Described, settings: Record<string, string>, fixed: string[]): string[] {
  const found = connector.settings.flatMap(({ name, type }) => (type === 'url' ? entryOf(settings[name] ?? '') : []));
  return [...new Set([...fixed, ...found])];
}

function entryOf(address: string): string[] {
  // The browser's own reader takes hosts only from the schemes that it knows.
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]]+\]|[^/?#:]+)(?::(\d+))?/.exec(address.trim());
  const [, scheme = '', host = '', port] = match ?? [];
  if (host === '' || scheme === 'file') return [];
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return [`${host}/32`];
  if (host.startsWith('[')) return [`${host.slice(1, -1)}/128`];
  if (host === 'localhost') return ['127.0.0.1/32'];
  return [scheme === 'https' || scheme === 'http' ? host : port ? `${host}:${port}` : host];
}

/** Entries of the manual's example that the connector's own text calls: they are the vendor's, whoever connects. */
export function fixedEgress(connector: string, example: string[]): string[] {
  return example.filter((entry) => connector.includes(entry.split(':')[0] ?? entry));
}
