/** What lies above the page: sheets, menus, tooltips. Closing gives the focus back. */
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Dialog,
  Heading,
  Menu,
  MenuItem,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import { useT } from '../i18n';
import { Icon, type IconName } from './icons';

/** Stands above the page until it is closed; the page draws it only while it is wanted. */
export function Sheet({
  onClose,
  title,
  children,
  footer,
  middle,
}: {
  onClose: () => void;
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  /** In the middle of the page instead of at its right edge. */
  middle?: boolean;
}) {
  const t = useT();
  return (
    <ModalOverlay className={`veil${middle ? ' middle' : ''}`} isOpen onOpenChange={(next) => !next && onClose()} isDismissable>
      <Modal className="sheet">
        <Dialog>
          <header>
            <Heading slot="title">{title}</Heading>
            <AriaButton className="button quiet" aria-label={t('close')} onPress={onClose}>
              <Icon name="cross" />
            </AriaButton>
          </header>
          <div className="body">{children}</div>
          {footer && <footer>{footer}</footer>}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface MenuEntry {
  id: string;
  name: string;
  detail?: string;
  disabled?: boolean;
  onAction: () => void;
}

export function MenuButton({
  children,
  label,
  icon,
  entries,
  kind = 'plain',
}: {
  children?: ReactNode;
  label?: string;
  icon?: IconName;
  entries: MenuEntry[];
  kind?: 'plain' | 'quiet' | 'primary';
}) {
  return (
    <MenuTrigger>
      <AriaButton className={`button ${kind}`} aria-label={label}>
        {icon && <Icon name={icon} />}
        {children}
        {children && <Icon name="chevron" size={12} />}
      </AriaButton>
      <Popover className="popover">
        <Menu className="options">
          {entries.map((entry) => (
            <MenuItem
              key={entry.id}
              id={entry.id}
              textValue={entry.name}
              className="option"
              isDisabled={entry.disabled}
              onAction={entry.onAction}
            >
              <span>{entry.name}</span>
              {entry.detail && <span className="detail">{entry.detail}</span>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Words that say more about a control; the control must be one that takes the focus. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <TooltipTrigger delay={300}>
      {children}
      <Tooltip className="tooltip" offset={4}>
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
