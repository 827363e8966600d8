import { useLanguage, useT, useWord } from '../../i18n';
import { Button, Card, Chip, Empty, TextField } from '../../ui';
import { titleOf } from '../definitions/titles';
import { type Ability, type Described, strength } from './connector';
import type { Choice } from './use';

const TONES = { real_system: 'ok', vendor_sdk: 'ok', independent_client: 'info', dossier: 'warn', memory: 'warn' } as const;
const ABILITIES: Ability[] = ['creates', 'changes', 'finds', 'reads'];

/** Every connector with what it can and what it was held against; the best proven first. */
export function Gallery({
  choices,
  q,
  onSearch,
  onChoose,
}: {
  choices: Choice[];
  q: string;
  onSearch: (q: string) => void;
  onChoose: (connector: string) => void;
}) {
  const t = useT();
  const { language } = useLanguage();
  const wanted = q.trim().toLowerCase();
  const shown = choices
    .filter(({ described }) =>
      `${described.id} ${Object.values(described.title).join(' ')} ${described.kind}`.toLowerCase().includes(wanted),
    )
    .sort((a, b) => strength(a.described) - strength(b.described) || a.described.id.localeCompare(b.described.id));
  return (
    <div className="stack">
      <p className="dim">{t('connect.what')}</p>
      <div className="filters">
        <div className="field search">
          <TextField label={t('connect.search')} value={q} onChange={onSearch} type="search" />
        </div>
      </div>
      {shown.length === 0 && <Empty title={t('connect.none')} why={t('connect.none_why')} />}
      <ul className="gallery">
        {shown.map(({ described, live }) => (
          <li key={described.id}>
            <Card
              title={
                <span className="stack none">
                  <span>{titleOf(described, language)}</span>
                  <code className="dim small">{described.id}</code>
                </span>
              }
              action={
                <Button size="small" label={t('connect.choose_this', { id: described.id })} onPress={() => onChoose(described.id)}>
                  {t('connect.choose')}
                </Button>
              }
            >
              <div className="row tight">
                <ProofChip described={described} />
                <Chip>{described.kind}</Chip>
                {live && <Chip icon="check">{t('connect.in_project')}</Chip>}
              </div>
              {described.proof.with && (
                <p className="dim small wrap" lang="en">
                  {described.proof.with}
                </p>
              )}
              <Abilities described={described} />
            </Card>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function ProofChip({ described }: { described: Described }) {
  const word = useWord();
  const by = described.proof.by as keyof typeof TONES;
  return (
    <Chip tone={TONES[by] ?? 'plain'} icon={strength(described) < 3 ? 'check' : 'question'}>
      {word('proof', by)}
    </Chip>
  );
}

function Abilities({ described }: { described: Described }) {
  const t = useT();
  const word = useWord();
  return (
    <dl className="facts">
      {ABILITIES.map((ability) => {
        const names = described.operations.filter((operation) => operation.ability === ability).map(({ id }) => id);
        return (
          names.length > 0 && (
            <div key={ability} style={{ display: 'contents' }}>
              <dt>{t(`connect.ability.${ability}`)}</dt>
              <dd className="mono small wrap">{names.join(', ')}</dd>
            </div>
          )
        );
      })}
      {described.events.length > 0 && (
        <div style={{ display: 'contents' }}>
          <dt>{t('connect.hears')}</dt>
          <dd className="wrap">
            {described.events.map((event) => (
              <div key={event.id}>
                <span className="mono small">{event.id}</span>{' '}
                <span className="dim small">{event.heardBy.map((way) => word('heard_by', way)).join(', ')}</span>
              </div>
            ))}
          </dd>
        </div>
      )}
    </dl>
  );
}
