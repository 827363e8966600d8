import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take, takeWithTag } from '../../api/client';
import { problemOf } from '../../api/problem';
import { AskSheet } from '../../app/AskSheet';
import { useMe } from '../../app/me';
import { useSentence } from '../../app/states';
import { useT } from '../../i18n';
import { Checkbox, MenuButton, TextField, toast } from '../../ui';

export function useViews(page: string, enabled = true) {
  return useQuery({
    queryKey: ['views', page],
    queryFn: () => take(api.GET('/api/v1/views', { params: { query: { page } } })),
    enabled,
  });
}

/** Filters under a name, one's own or everybody's. */
export function SavedViews({
  page,
  query,
  onChoose,
}: {
  page: string;
  query: Record<string, string | undefined>;
  onChoose: (query: Record<string, string>, view: string) => void;
}) {
  const t = useT();
  const me = useMe();
  const client = useQueryClient();
  const sentence = useSentence();
  const [saving, setSaving] = useState(false);
  const views = useViews(page);
  const items = views.data?.items ?? [];
  const remove = async (id: string) => {
    try {
      const path = { id };
      const { etag } = await takeWithTag(api.GET('/api/v1/views/{id}', { params: { path } }));
      await take(api.DELETE('/api/v1/views/{id}', { params: { path, header: { 'If-Match': etag } } }));
    } catch (error) {
      toast({ tone: 'bad', text: sentence(problemOf(error)) });
    }
    await client.invalidateQueries({ queryKey: ['views', page] });
  };
  return (
    <>
      <MenuButton
        entries={[
          ...items.map((view) => ({
            id: view.id,
            name: view.name,
            detail: view.shared ? t('views.shared', { owner: view.owner }) : t('views.mine'),
            onAction: () => onChoose(view.query as Record<string, string>, view.id),
          })),
          { id: 'save', name: t('views.save'), onAction: () => setSaving(true) },
          ...items
            .filter((view) => view.owner === me.data?.name)
            .map((view) => ({
              id: `x${view.id}`,
              name: t('views.remove', { name: view.name }),
              onAction: () => void remove(view.id),
            })),
        ]}
      >
        {t('views.title')}
      </MenuButton>
      {saving && (
        <Save
          page={page}
          query={query}
          onClose={() => setSaving(false)}
          onSaved={() => {
            setSaving(false);
            void client.invalidateQueries({ queryKey: ['views', page] });
            toast({ tone: 'ok', text: t('views.saved') });
          }}
        />
      )}
    </>
  );
}

function Save({
  page,
  query,
  onClose,
  onSaved,
}: {
  page: string;
  query: Record<string, string | undefined>;
  onClose: () => void;
  onSaved: () => void;
}) {
  const t = useT();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/views', { body: { name: name.trim(), page, query: query as Record<string, never>, shared } })),
    onSuccess: onSaved,
  });
  const stop = name.trim() === '' ? t('act.needed') : null;
  return (
    <AskSheet title={t('views.save')} act={t('save')} ask={save} refused={stop} onClose={onClose}>
      <TextField label={t('views.name')} value={name} onChange={setName} autoFocus onEnter={() => stop === null && save.mutate()} />
      <Checkbox checked={shared} onChange={setShared}>
        {t('views.share')}
      </Checkbox>
    </AskSheet>
  );
}
