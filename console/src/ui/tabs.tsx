import { type ReactNode, useEffect, useRef } from 'react';
import { Tab as AriaTab, Tabs as AriaTabs, TabList, TabPanel } from 'react-aria-components';

export interface TabEntry {
  id: string;
  name: string;
  content: ReactNode;
}

/** On a narrow page tabs are scrolled sideways: the one that is shown comes into sight. */
export function useChosenInSight<Element extends HTMLElement>(chosen: string) {
  const list = useRef<Element>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choice decides which tab is marked
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected="true"], [aria-current="page"]');
    const row = list.current;
    if (!tab || !row) return;
    // By hand: `scrollIntoView` would move the page as well.
    if (tab.offsetLeft < row.scrollLeft) row.scrollLeft = tab.offsetLeft;
    const over = tab.offsetLeft + tab.offsetWidth - row.scrollLeft - row.clientWidth;
    if (over > 0) row.scrollLeft += over;
  }, [chosen]);
  return list;
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
  const list = useChosenInSight<HTMLDivElement>(chosen);
  return (
    <AriaTabs selectedKey={chosen} onSelectionChange={(key) => onChoose(String(key))} keyboardActivation="manual">
      <TabList className="tablist" aria-label={label} ref={list}>
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
