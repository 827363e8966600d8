import { useState } from 'react';
import { download } from '../../api/download';
import { problemOf } from '../../api/problem';
import { useSentence } from '../../app/states';
import { useT } from '../../i18n';
import { Button, toast } from '../../ui';

/** A table that the hub makes, as a file; a refusal is said. */
export function DownloadButton({ path, name }: { path: string; name: string }) {
  const t = useT();
  const sentence = useSentence();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await download(path, name);
    } catch (error) {
      toast({ tone: 'bad', text: sentence(problemOf(error)) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon="download" disabled={busy} onPress={() => void run()}>
      {busy ? t('export.busy') : t('export.csv')}
    </Button>
  );
}
