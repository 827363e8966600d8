/** Money and quantities are decimal texts from end to end; nothing here makes a number of them. */

const DECIMAL = /^([+-]?)0*(\d+)(?:\.(\d+))?$/;

/** Groups the digits; every digit is kept as it came. What is no decimal comes back as it is. */
export function amount(text: string): string {
  const match = DECIMAL.exec(text.trim());
  if (!match) return text;
  const [, sign = '', whole = '', fraction] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign === '-' ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** An amount with its currency's code. */
export function money(text: string, currency?: string | null): string {
  return currency ? `${amount(text)} ${currency}` : amount(text);
}
