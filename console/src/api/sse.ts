/** Server-sent events from bytes. The browser's own reader cannot send a token, hence this one. */

export interface StreamEvent {
  event: string;
  id: string | null;
  data: string;
}

/** Takes pieces of text as they come and gives whole events; a piece may end anywhere, between `\r` and `\n` too. */
export class EventReader {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private id: string | null = null;

  push(piece: string): StreamEvent[] {
    this.rest += piece;
    const found: StreamEvent[] = [];
    for (;;) {
      const end = this.rest.search(/\r\n|\n|\r/);
      // A lone `\r` at the very end may be half of a `\r\n`.
      if (end < 0 || (this.rest[end] === '\r' && end === this.rest.length - 1)) return found;
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + (this.rest.startsWith('\r\n', end) ? 2 : 1));
      const event = this.line(line);
      if (event) found.push(event);
    }
  }

  private line(line: string): StreamEvent | null {
    if (line === '') return this.finish();
    if (line.startsWith(':')) return null;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    return null;
  }

  private finish(): StreamEvent | null {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    if (data.length === 0) return null;
    return { event: event || 'message', id: this.id, data: data.join('\n') };
  }
}
