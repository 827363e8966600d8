import { useEffect, useRef, useState } from 'react';

/** A cell of a table that is written in: what is typed counts when the cell is left, or by Enter; Escape takes it back. */
export function Cell({
  label,
  value,
  readOnly,
  needed,
  placeholder,
  focus,
  onPut,
}: {
  label: string;
  value: string;
  readOnly: boolean;
  needed?: boolean;
  placeholder?: string;
  focus?: boolean;
  /** False where it cannot be taken; the cell then shows what was there before. */
  onPut: (value: string) => boolean;
}) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  const put = () => {
    if (typed !== value && !onPut(typed)) setTyped(value);
  };
  return (
    <input
      ref={input}
      className="input"
      aria-label={label}
      aria-invalid={needed && typed.trim() === '' ? true : undefined}
      value={typed}
      readOnly={readOnly}
      placeholder={placeholder}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setTyped(event.target.value)}
      onBlur={put}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) put();
        if (event.key === 'Escape') setTyped(value);
      }}
    />
  );
}
