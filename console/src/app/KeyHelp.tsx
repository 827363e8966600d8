import { useT } from '../i18n';
import { Facts, Sheet } from '../ui';
import { AREAS } from './Shell';

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const t = useT();
  const key = (text: string) => <kbd>{text}</kbd>;
  return (
    <Sheet onClose={onClose} title={t('keys.title')} middle>
      <Facts
        rows={[
          [t('shell.search'), key('Ctrl K · /')],
          ...AREAS.filter((area) => area.key).map((area): [string, React.ReactNode] => [t(area.name), key(`g ${area.key}`)]),
          [t('keys.move'), key('j · k · ↑ · ↓')],
          [t('keys.open'), key('Enter')],
          [t('keys.pick'), key('x')],
          [t('keys.close'), key('Esc')],
        ]}
      />
      <p className="dim small">{t('keys.off')}</p>
    </Sheet>
  );
}
