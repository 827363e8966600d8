import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { useT } from '../../i18n';
import { Card, Time } from '../../ui';
import { FileList } from '../tasks/FileList';
import { attachedTo } from '../tasks/files';
import type { Detail } from './use';

/** Instances that are asked, the newest first; a document with more of them is one that goes round and round. */
const INSTANCES_MAX = 20;

/** What people attached in the document's instances, by whom and when; nothing where nobody did. */
export function FilesCard({ detail }: { detail: Detail }) {
  const t = useT();
  const refusal = useRefusal();
  const onlooking = !refusal('see_payloads');
  const ids = detail.instances.slice(0, INSTANCES_MAX).map((instance) => instance.id);
  const query = useQuery({
    queryKey: ['document', detail.id, 'attached', ids],
    enabled: ids.length > 0,
    queryFn: () => Promise.all(ids.map((id) => take(api.GET('/api/v1/instances/{id}/people', { params: { path: { id } } })))),
  });
  const attached = (query.data ?? []).flatMap((people: Schemas['InstancePeople']) =>
    people.decisions
      .filter((decision) => attachedTo(decision.attachments).length > 0)
      .map((decision) => ({ decision, instance: people.instance, who: people.names[decision.person] ?? decision.person })),
  );
  if (attached.length === 0) return null;
  return (
    <Card title={t('data.files')}>
      <ol className="stack">
        {attached.map(({ decision, instance, who }) => (
          <li key={`${instance} ${decision.number}`} className="stack tight">
            <FileList attachments={decision.attachments} onlooking={onlooking ? instance : undefined} />
            <span className="dim small">
              {who} · <Time at={decision.at} exact />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
