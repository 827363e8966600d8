import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ProblemView } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Copy } from '../../ui';

type AuditProof = Schemas['AuditProof'];

/** Follows the chain of hashes from its beginning, as many requests as it takes, and says what came of it. */
export function Proof() {
  const t = useT();
  const [reached, setReached] = useState(0);
  const prove = useMutation({
    mutationFn: async (): Promise<AuditProof> => {
      setReached(0);
      let query: { after?: number; hash?: string } = {};
      for (;;) {
        const proof = await take(api.GET('/api/v1/audit/proof', { params: { query } }));
        setReached(proof.number);
        if (!proof.more) return proof;
        query = { after: proof.number, hash: proof.hash };
      }
    },
  });
  return (
    <div className="stack tight">
      <div className="row">
        <Button icon="check" disabled={prove.isPending} onPress={() => prove.mutate()}>
          {prove.isPending ? t('audit.proving', { count: reached }) : t('audit.prove')}
        </Button>
        {!prove.data && <span className="dim small">{t('audit.prove_what')}</span>}
      </div>
      {prove.isError && <ProblemView error={prove.error} compact />}
      {prove.data && !prove.isPending && <Proved proof={prove.data} />}
    </div>
  );
}

function Proved({ proof }: { proof: AuditProof }) {
  const t = useT();
  if (proof.broken) {
    return (
      <Banner tone="bad" live>
        <strong>{t(`audit.broken.${proof.broken}` as Key, { number: proof.at ?? 0 })}</strong>
        <span>{t('audit.broken_what')}</span>
      </Banner>
    );
  }
  const head = `${proof.number}:${proof.hash}`;
  return (
    <Banner tone="ok" live>
      <strong>{t('audit.holds', { count: proof.number })}</strong>
      {proof.number > 0 && (
        <>
          <Copy text={head} label={t('audit.copy_head')}>
            <code className="wrap">{head}</code>
          </Copy>
          <span className="small">{t('audit.keep_head')}</span>
        </>
      )}
    </Banner>
  );
}
