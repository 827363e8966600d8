import type { ReactNode } from 'react';
import { Button, Sheet } from '../ui';
import { ProblemView } from './states';

/** Asks in the middle of the page before one thing is done; where the hub says no, that stands in it. */
export function AskSheet({
  title,
  act,
  kind = 'primary',
  ask,
  refused,
  onClose,
  children,
}: {
  title: string;
  /** The word of the button that does it. */
  act: string;
  kind?: 'primary' | 'danger';
  /** The mutation behind it. */
  ask: { mutate: () => void; isPending: boolean; isError: boolean; error: unknown };
  refused?: string | null;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Sheet
      middle
      onClose={onClose}
      title={title}
      footer={
        <Button kind={kind} refused={refused} disabled={ask.isPending} onPress={() => ask.mutate()}>
          {act}
        </Button>
      }
    >
      {children}
      {ask.isError && <ProblemView error={ask.error} compact />}
    </Sheet>
  );
}
