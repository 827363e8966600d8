import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useMe, useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Chip, Empty, Table, Time, toast } from '../../ui';
import { NewTokenSheet } from './NewTokenSheet';

export type Token = Schemas['TokenItem'];
/** One's own, or everybody's: those of services are made among the latter. */
export type Whose = 'own' | 'all';

/** What programs sign in with: one's own tokens, and for who may say so, everybody's. */
export function TokensSection() {
  const t = useT();
  const me = useMe();
  const refused = useRefusal()('manage_users');
  const bySession = me.data?.via === 'session';
  return (
    <div className="stack">
      <p className="dim">{t('tokens.what')}</p>
      <TokensCard whose="own" title={t('tokens.own')} refused={bySession ? null : t('tokens.session_first')} />
      {refused === null ? (
        <TokensCard whose="all" title={t('tokens.all')} refused={null} />
      ) : (
        <p className="dim small">{t('tokens.others_hidden')}</p>
      )}
    </div>
  );
}

function TokensCard({ whose, title, refused }: { whose: Whose; title: string; refused: string | null }) {
  const t = useT();
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  const query = useQuery({
    queryKey: ['tokens', whose],
    queryFn: () => take(whose === 'own' ? api.GET('/api/v1/me/tokens') : api.GET('/api/v1/tokens')),
  });
  return (
    <Card
      title={title}
      action={
        <Button kind="primary" refused={refused} onPress={() => setMaking(true)}>
          {t(whose === 'own' ? 'tokens.make_own' : 'tokens.make_service')}
        </Button>
      }
    >
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('tokens.none')} why={t('tokens.none_why')} />
          ) : (
            <TokenTable label={title} items={items} whose={whose} onEnd={setEnding} />
          )
        }
      </Loaded>
      {making && <NewTokenSheet whose={whose} onClose={() => setMaking(false)} />}
      {ending && <EndToken token={ending} whose={whose} onClose={() => setEnding(null)} />}
    </Card>
  );
}

function TokenTable({
  label,
  items,
  whose,
  onEnd,
}: {
  label: string;
  items: Token[];
  whose: Whose;
  onEnd: (token: Token) => void;
}) {
  const t = useT();
  const word = useWord();
  return (
    <Table
      caption={label}
      heads={[
        t('tokens.name'),
        t('tokens.may'),
        ...(whose === 'all' ? [t('tokens.whose')] : []),
        t('tokens.used'),
        t('tokens.until'),
        { name: t('tokens.end'), hidden: true },
      ]}
    >
      {items.map((token) => (
        <tr key={token.id}>
          <th scope="row">
            <span className="mono">{token.name}</span>
            <div className="dim small">
              {t('tokens.made_by', { name: token.created_by })} <Time at={token.created_at} />
            </div>
          </th>
          <td>
            <span className="row tight">
              {token.permissions.map((right) => (
                <Chip key={right}>{word('permission', right)}</Chip>
              ))}
            </span>
          </td>
          {whose === 'all' && <td>{token.user ? t('tokens.of_person', { name: token.created_by }) : t('tokens.of_service')}</td>}
          <td>{token.used_at ? <Time at={token.used_at} /> : <span className="dim">{t('people.never')}</span>}</td>
          <td>
            <Until at={token.expires_at} />
          </td>
          <td className="number">
            <Button size="small" onPress={() => onEnd(token)}>
              {t('tokens.end')}
            </Button>
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Days before its end from which a token is worth a warning: a new one has to be brought to its program in time. */
const WARN_DAYS = 14;

function Until({ at }: { at: string }) {
  const t = useT();
  const left = new Date(at).getTime() - Date.now();
  if (left <= 0) return <Chip>{t('tokens.over')}</Chip>;
  return (
    <span className="row tight">
      <Time at={at} exact />
      {left < WARN_DAYS * 86_400_000 && (
        <Chip tone="warn" icon="clock">
          {t('tokens.soon', { days: Math.ceil(left / 86_400_000) })}
        </Chip>
      )}
    </span>
  );
}

function EndToken({ token, whose, onClose }: { token: Token; whose: Whose; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => {
      const path = { params: { path: { id: token.id } } };
      return take(whose === 'own' ? api.DELETE('/api/v1/me/tokens/{id}', path) : api.DELETE('/api/v1/tokens/{id}', path));
    },
    onSuccess: async () => {
      toast({ tone: 'ok', text: t('tokens.ended', { name: token.name }) });
      onClose();
      await client.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  return (
    <AskSheet title={t('tokens.end_of', { name: token.name })} act={t('tokens.end')} kind="danger" ask={end} onClose={onClose}>
      <Banner tone="warn">
        <span>
          {t('tokens.end_what')}{' '}
          {token.used_at && (
            <>
              {t('tokens.used')}: <Time at={token.used_at} exact />
            </>
          )}
        </span>
      </Banner>
    </AskSheet>
  );
}
