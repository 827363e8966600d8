import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { grouped } from '../../format/count';
import { useLanguage, useT, useWord } from '../../i18n';
import { Age, Banner, Button, Card, Chip, Empty, Facts, Sentence } from '../../ui';
import { BulkSheet } from '../acting/BulkSheet';
import { type ExceptionFilter, ofGroup } from './filter';

type Group = Schemas['ExceptionGroup'];

/** What stopped, by same cause: one partner that was down for an hour is one line. */
export function Groups({
  filter,
  onOpen,
  onClear,
}: {
  filter: ExceptionFilter;
  onOpen: (group: string) => void;
  onClear: () => void;
}) {
  const t = useT();
  const { state: _open, ...narrowed } = filter;
  const query = useQuery({
    queryKey: ['exceptions', 'groups', filter],
    queryFn: () => take(api.GET('/api/v1/exceptions/groups', { params: { query: filter as Record<string, string> } })),
  });
  return (
    <div className="stack">
      {Object.values(narrowed).some((value) => value !== undefined) && (
        <Banner
          action={
            <Button size="small" onPress={onClear}>
              {t('filters.clear')}
            </Button>
          }
        >
          {t('exceptions.groups_filtered')}
        </Banner>
      )}
      <Loaded query={query} lines={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('exceptions.none')} why={t('exceptions.none_why')} />
          ) : (
            <ol className="stack">
              {items.map((group) => (
                <li key={group.group}>
                  <OneGroup group={group} filter={filter} onOpen={() => onOpen(group.group)} />
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </div>
  );
}

function OneGroup({ group, filter, onOpen }: { group: Group; filter: ExceptionFilter; onOpen: () => void }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const refused = useRefusal()('run_batches');
  const [acting, setActing] = useState<'retry' | 'assign' | null>(null);
  return (
    <Card
      title={
        <span className="row">
          <Chip tone="bad" icon="alert">
            {word('cause', group.cause)}
          </Chip>
          <span>{t('exceptions.count', { count: group.count })}</span>
          <HelpCode code={group.code} />
        </span>
      }
      action={
        <span className="row">
          <Button kind="primary" size="small" refused={refused} onPress={() => setActing('retry')}>
            {t('exceptions.act_group')}
          </Button>
          <Button size="small" onPress={onOpen}>
            {t('exceptions.open_group')}
          </Button>
        </span>
      }
    >
      <p className="wrap">
        <Sentence text={group.sample.message} />
      </p>
      <Facts
        rows={[
          [t('exceptions.where'), [group.connection, group.operation, group.flow, group.step].filter(Boolean).join(' · ')],
          [t('exceptions.oldest'), <Age key="oldest" since={group.oldest_at} />],
          [t('exceptions.newest'), <Age key="newest" since={group.newest_at} />],
          [t('exceptions.unassigned'), grouped(group.unassigned, language)],
        ]}
      />
      {acting && (
        <BulkSheet
          resource="exceptions"
          choice={{ filter: ofGroup(filter, group.group) }}
          shown={group.count}
          preset={acting}
          onClose={() => setActing(null)}
        />
      )}
    </Card>
  );
}
