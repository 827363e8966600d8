import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take, takeWithTag } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useMe, useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useWho } from '../../app/who';
import { type Key, useT, useWord } from '../../i18n';
import { Age, Button, Card, Facts, MenuButton, Sentence, Sheet, StatusChip, Time } from '../../ui';
import { ActionSheet } from '../acting/ActionSheet';
import { type Action, isAction } from '../acting/actions';
import { Notes } from '../acting/Notes';

/** One exception: what was said, whose it is, what can be done. */
export function ExceptionSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['exception', id],
    queryFn: () => takeWithTag(api.GET('/api/v1/exceptions/{id}', { params: { path: { id } } })),
  });
  return (
    <Sheet onClose={onClose} title={t('exceptions.one')}>
      <Loaded query={query} lines={8}>
        {({ data, etag }) => <One item={data} etag={etag} />}
      </Loaded>
    </Sheet>
  );
}

/** The dictionary that misses a row, where that is what stopped it; the hub says it in words only. */
function dictionaryOf({ cause, message }: Schemas['ExceptionItem']): string | null {
  return cause === 'rule_missing' ? (/the dictionary `([a-z][a-z0-9_]*)` has no row/.exec(message)?.[1] ?? null) : null;
}

function One({ item, etag }: { item: Schemas['ExceptionItem']; etag: string }) {
  const t = useT();
  const word = useWord();
  const who = useWho();
  const me = useMe();
  const client = useQueryClient();
  const refused = useRefusal()('settle_exceptions', { flow: item.flow, connection: item.connection });
  const [acting, setActing] = useState<Action | null>(null);
  const again = () =>
    client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'exception' || name === 'exceptions' });
  const assign = useMutation({
    mutationFn: (assignee: string | null) =>
      take(
        api.PUT('/api/v1/exceptions/{id}/assignee', {
          params: { path: { id: item.id }, header: { 'If-Match': etag } },
          body: { assignee },
        }),
      ),
    onSettled: again,
  });
  const actions = item.actions.filter(isAction);
  const first = actions[0];
  const dictionary = dictionaryOf(item);
  return (
    <>
      <div className="row">
        <StatusChip room="exception" state={item.state} />
        <strong>{word('cause', item.cause)}</strong>
        <HelpCode code={item.code} />
      </div>
      <p className="wrap">
        <Sentence text={item.message} />
      </p>
      <Facts
        rows={[
          [
            t('exceptions.document'),
            item.document ? (
              <Link to="/docs/$doc" params={{ doc: item.document }} className="mono">
                {item.document_key ?? t('exceptions.to_document')}
              </Link>
            ) : null,
          ],
          [
            t('kind.dictionary'),
            dictionary && (
              <Link key="rows" to="/definitions/$kind/$id" params={{ kind: 'dictionary', id: dictionary }}>
                {t('exceptions.add_row', { id: dictionary })}
              </Link>
            ),
          ],
          [t('filters.system'), item.connection],
          [t('exceptions.operation'), item.operation],
          [t('filters.flow'), item.flow],
          [t('cause.step'), item.step],
          [
            t('exceptions.opened'),
            <span key="opened">
              <Time at={item.opened_at} exact seconds /> · <Age since={item.opened_at} />
            </span>,
          ],
          [t('exceptions.owner'), item.owner && who(item.owner)],
          [t('exceptions.assignee'), item.assignee ?? t('exceptions.nobody')],
          [t('exceptions.resolution'), item.resolution ? `${item.resolution} · ${item.resolved_by ?? ''}` : null],
        ]}
      />
      {assign.isError && <ProblemView error={assign.error} compact />}
      {item.state === 'open' && (
        <div className="row">
          {first && (
            <Button kind="primary" refused={refused} onPress={() => setActing(first)}>
              {t(`action.${first}` as Key)}
            </Button>
          )}
          {actions.length > 1 && (
            <MenuButton
              entries={actions
                .slice(1)
                .map((action) => ({ id: action, name: t(`action.${action}` as Key), onAction: () => setActing(action) }))}
            >
              {t('cause.more_actions')}
            </MenuButton>
          )}
          {item.assignee === me.data?.name ? (
            <Button refused={refused} onPress={() => assign.mutate(null)}>
              {t('exceptions.give_back')}
            </Button>
          ) : (
            <Button refused={refused} onPress={() => assign.mutate(me.data?.name ?? null)}>
              {t('exceptions.take')}
            </Button>
          )}
        </div>
      )}
      <Card title={t('notes.title')}>
        <Notes exception={item.id} write />
      </Card>
      {acting && (
        <ActionSheet
          target={{ exception: item.id, document: item.document, name: item.code }}
          action={acting}
          onClose={() => setActing(null)}
        />
      )}
    </>
  );
}
