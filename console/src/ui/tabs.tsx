import type { ReactNode } from 'react';
import { Tab as AriaTab, Tabs as AriaTabs, TabList, TabPanel } from 'react-aria-components';

export interface TabEntry {
  id: string;
  name: string;
  content: ReactNode;
}

/** Tabs whose choice is the address's, so that it can be sent to somebody. */
export function Tabs({
  label,
  entries,
  chosen,
  onChoose,
}: {
  label: string;
  entries: TabEntry[];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  return (
    <AriaTabs selectedKey={chosen} onSelectionChange={(key) => onChoose(String(key))} keyboardActivation="manual">
      <TabList className="tablist" aria-label={label}>
        {entries.map((entry) => (
          <AriaTab key={entry.id} id={entry.id} className="tab">
            {entry.name}
          </AriaTab>
        ))}
      </TabList>
      {entries.map((entry) => (
        <TabPanel key={entry.id} id={entry.id} className="tabpanel">
          {entry.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
