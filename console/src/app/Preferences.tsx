import { useLanguage, useT } from '../i18n';
import { Button, MenuButton } from '../ui';
import { setLook, useLook } from './look';

/** Language, colours, row height and keys: one's own, kept in this browser. */
export function Preferences() {
  const t = useT();
  const { language, choose } = useLanguage();
  const look = useLook();
  const other = language === 'en' ? '中文' : 'English';
  const mark = (on: boolean, name: string) => (on ? `✓ ${name}` : name);
  return (
    <span className="row">
      <Button kind="quiet" label={t('language.switch', { to: other })} onPress={() => choose(language === 'en' ? 'zh-CN' : 'en')}>
        {other}
      </Button>
      <MenuButton
        kind="quiet"
        label={t('look.title')}
        icon="gear"
        entries={[
          ...(['system', 'light', 'dark'] as const).map((theme) => ({
            id: theme,
            name: mark(look.theme === theme, t(`look.${theme}`)),
            onAction: () => setLook({ theme }),
          })),
          ...(['compact', 'comfortable'] as const).map((density) => ({
            id: density,
            name: mark(look.density === density, t(`look.${density}`)),
            onAction: () => setLook({ density }),
          })),
          { id: 'keys', name: mark(look.keys, t('look.keys')), onAction: () => setLook({ keys: !look.keys }) },
        ]}
      />
    </span>
  );
}
