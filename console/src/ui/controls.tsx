/** Buttons, fields and choices over the component library; the rest of the console knows only these. */
import { type ReactNode, useId } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  Select as AriaSelect,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  FieldError,
  FileTrigger,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import { Icon, type IconName } from './icons';

export interface ButtonProps {
  children?: ReactNode;
  icon?: IconName;
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  size?: 'small';
  /** What a button without words does. */
  label?: string;
  /** Why it cannot be pressed; it stays reachable, so that the reason can be read. */
  refused?: string | null;
  disabled?: boolean;
  expanded?: boolean;
  onPress?: () => void;
  slot?: string;
  type?: 'button' | 'submit';
  autoFocus?: boolean;
}

export function Button({
  children,
  icon,
  kind = 'plain',
  size,
  label,
  refused,
  disabled,
  expanded,
  onPress,
  slot,
  type = 'button',
  autoFocus,
}: ButtonProps) {
  const why = useId();
  const button = (
    <AriaButton
      className={['button', kind, size ?? ''].join(' ')}
      aria-label={label}
      aria-disabled={refused ? true : undefined}
      aria-describedby={refused ? why : undefined}
      aria-expanded={expanded}
      isDisabled={disabled}
      onPress={refused ? undefined : onPress}
      slot={slot}
      type={refused ? 'button' : type}
      autoFocus={autoFocus}
    >
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
  const said = refused ?? (children ? null : label);
  if (!said) return button;
  return (
    <>
      <TooltipTrigger delay={300}>
        {button}
        <Tooltip className="tooltip" offset={4}>
          {said}
        </Tooltip>
      </TooltipTrigger>
      {refused && (
        <span id={why} className="hidden-text">
          {refused}
        </span>
      )}
    </>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  fault?: string | null;
  required?: boolean;
  placeholder?: string;
  hideLabel?: boolean;
  autoFocus?: boolean;
}

/** What fields of text have in common: the label above, hint and fault below. */
function Described({
  label,
  value,
  onChange,
  hint,
  fault,
  required,
  hideLabel,
  children,
  ...more
}: Omit<FieldProps, 'placeholder' | 'autoFocus'> & {
  type?: string;
  autoComplete?: string;
  onFocus?: () => void;
  children: ReactNode;
}) {
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      isRequired={required}
      isInvalid={!!fault}
      aria-label={hideLabel ? label : undefined}
      {...more}
    >
      {!hideLabel && <Label className="label">{label}</Label>}
      {children}
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="fault">{fault}</FieldError>
    </AriaTextField>
  );
}

export function TextField({
  placeholder,
  autoFocus,
  type = 'text',
  onEnter,
  onPaste,
  autoComplete = 'off',
  ...field
}: FieldProps & {
  type?: 'text' | 'password' | 'search' | 'date' | 'number';
  onEnter?: () => void;
  onPaste?: (text: string) => boolean;
  onFocus?: () => void;
  autoComplete?: string;
}) {
  return (
    <Described {...field} type={type} autoComplete={autoComplete}>
      <Input
        className="input"
        placeholder={placeholder}
        autoFocus={autoFocus}
        spellCheck={false}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && onEnter) {
            event.preventDefault();
            onEnter();
          }
        }}
        onPaste={(event) => {
          if (onPaste?.(event.clipboardData.getData('text'))) event.preventDefault();
        }}
      />
    </Described>
  );
}

export function TextArea({ placeholder, autoFocus, rows = 3, ...field }: FieldProps & { rows?: number }) {
  return (
    <Described {...field}>
      <AriaTextArea className="input" rows={rows} placeholder={placeholder} autoFocus={autoFocus} spellCheck={false} />
    </Described>
  );
}

export function Checkbox({
  children,
  label,
  checked,
  some,
  onChange,
  disabled,
}: {
  children?: ReactNode;
  label?: string;
  checked: boolean;
  some?: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <AriaCheckbox
      className="checkbox"
      aria-label={label}
      isSelected={checked}
      isIndeterminate={some}
      onChange={onChange}
      isDisabled={disabled}
    >
      <span className="box">{some ? <Icon name="minus" size={12} /> : checked && <Icon name="check" size={12} />}</span>
      {children}
    </AriaCheckbox>
  );
}

export interface Choice {
  id: string;
  name: string;
  detail?: string;
}

/** One of a few. The empty id is a choice like others: usually "any". */
export function Select({
  label,
  value,
  choices,
  onChange,
  hideLabel,
  placeholder,
}: {
  label: string;
  value: string;
  choices: Choice[];
  onChange: (value: string) => void;
  hideLabel?: boolean;
  placeholder?: string;
}) {
  const known = choices.some((choice) => choice.id === value) ? choices : [...choices, { id: value, name: value }];
  return (
    <AriaSelect
      className="field"
      aria-label={hideLabel ? label : undefined}
      selectedKey={`=${value}`}
      onSelectionChange={(key) => onChange(String(key).slice(1))}
      placeholder={placeholder}
    >
      {!hideLabel && <Label className="label">{label}</Label>}
      <AriaButton className="button select">
        <SelectValue className="chosen">{({ selectedText, defaultChildren }) => selectedText || defaultChildren}</SelectValue>
        <Icon name="chevron" size={12} />
      </AriaButton>
      <Popover className="popover">
        <ListBox className="options">
          {known.map((choice) => (
            <ListBoxItem key={choice.id} id={`=${choice.id}`} textValue={choice.name} className="option">
              <span>{choice.name}</span>
              {choice.detail && <span className="detail">{choice.detail}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** A button that asks for a file of these kinds. */
export function FileButton({ children, accept, onFile }: { children: ReactNode; accept: string[]; onFile: (file: File) => void }) {
  return (
    <FileTrigger acceptedFileTypes={accept} onSelect={(files) => files?.[0] && onFile(files[0])}>
      <AriaButton className="button plain">{children}</AriaButton>
    </FileTrigger>
  );
}
