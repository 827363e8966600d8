/** Fields that may be meant by a target: by their name, and the reason is told. */
import type { SourceField } from './source';

export interface Suggestion {
  path: string;
  reason: 'same' | 'like' | 'means';
}

/** Words that name the same thing in documents of trade. */
const MEANS: string[][] = [
  ['number', 'no', 'billno', 'code', '单号', '编号', '单据编号'],
  ['amount', 'total', 'total_gross', 'gross', '金额', '含税金额', '总额'],
  ['currency', 'cur', '币种', '币别'],
  ['supplier', 'vendor', '供应商'],
  ['description', 'name', 'item', '品名', '名称', '摘要'],
  ['quantity', 'qty', '数量'],
  ['price', 'unit_price', '单价'],
  ['date', 'day', '日期'],
  ['requester', 'originator', 'applicant', '申请人', '发起人'],
  ['department', 'dept', '部门'],
  ['reason', 'note', 'memo', '事由', '备注'],
];

export function suggest(target: string, fields: readonly SourceField[], most = 4): Suggestion[] {
  const wanted = plain(target);
  if (wanted === '') return [];
  const meant = MEANS.filter((words) => words.includes(wanted));
  const found = fields.flatMap((field): (Suggestion & { rank: number })[] => {
    const name = plain(field.name);
    if (name === wanted) return [{ path: field.path, reason: 'same', rank: 0 }];
    if (meant.some((words) => words.includes(name))) return [{ path: field.path, reason: 'means', rank: 1 }];
    if (name.length > 3 && wanted.length > 3 && (name.includes(wanted) || wanted.includes(name)))
      return [{ path: field.path, reason: 'like', rank: 2 }];
    return [];
  });
  return found
    .sort((a, b) => a.rank - b.rank || a.path.length - b.path.length)
    .slice(0, most)
    .map(({ path, reason }) => ({ path, reason }));
}

/** The last name of a place, in small letters: `form['金额']` is 金额. */
function plain(name: string): string {
  const last = /\[['"]([^'"]+)['"]\]$/.exec(name)?.[1] ?? name.split('.').at(-1) ?? name;
  return last.toLowerCase().replace(/[\s*[\]]/g, '');
}
