import { useMemo } from 'react';
import { useT } from '../../i18n';
import { Button, Chip, Sheet, Table } from '../../ui';
import { useEditing } from '../definitions/editing';
import { type Fate, laid, type Pasted } from './paste';

const TONES = { new: 'ok', changed: 'warn', same: 'plain', left: 'bad' } as const satisfies Record<Fate, string>;

/** Rows that were pasted, with what each comes to, before they are put into the text. */
export function PasteSheet({ rows, onClose }: { rows: Pasted[]; onClose: () => void }) {
  const t = useT();
  const { text, setText, refused } = useEditing();
  const { text: longer, fates } = useMemo(() => laid(text, rows), [text, rows]);
  const count = fates.filter((fate) => fate === 'new' || fate === 'changed').length;
  return (
    <Sheet
      onClose={onClose}
      title={t('map.pasted', { count: rows.length })}
      footer={
        <Button
          kind="primary"
          refused={refused ?? (count === 0 ? t('map.nothing_pasted') : null)}
          onPress={() => {
            setText(longer);
            onClose();
          }}
        >
          {t('map.take_rows', { count })}
        </Button>
      }
    >
      <Table
        caption={t('map.pasted', { count: rows.length })}
        heads={[t('mapping.target'), t('mapping.from'), t('documents.state')]}
      >
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name than their place
          <tr key={index}>
            <th scope="row">
              <code>{row.to || '–'}</code>
            </th>
            <td className="mono wrap">{row.value}</td>
            <td>
              <Chip tone={TONES[fates[index] ?? 'left']}>{t(`map.fate.${fates[index] ?? 'left'}`)}</Chip>
            </td>
          </tr>
        ))}
      </Table>
    </Sheet>
  );
}
