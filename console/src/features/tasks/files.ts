/** Files of decisions: sent to the hub before the act that names them, and what a decision says of those it has. */

import { ApiError, own, read } from '../../api/problem';
import { session } from '../../app/session';

/** What a verb names. */
export interface Attached {
  name: string;
  ref: string;
}

/** A file that the hub has taken. */
export interface Uploaded extends Attached {
  size: number;
  sha256: string;
  content_type: string;
}

/** Files with one act. */
export const FILES_MAX = 20;

/** Sends a file; `progress` is told the share that has left, which `fetch` cannot tell. The same file again is the same file. */
export function upload(place: { on: string; task: string; instance: string }, file: File, progress: (share: number) => void) {
  const of = place.on === 'instance' ? `instances/${place.instance}` : `tasks/${place.task}`;
  const request = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.open('POST', `/api/v1/${of}/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    const token = session.token();
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => progress(event.lengthComputable && event.total > 0 ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 201) return resolve(JSON.parse(request.responseText) as Uploaded);
      if (request.status === 401 && token === session.token()) session.over();
      reject(
        new ApiError(read(request.responseText, new Response(null, { status: request.status, statusText: request.statusText }))),
      );
    };
    request.onerror = () => reject(new ApiError(own('no_answer', '')));
    request.ontimeout = request.onerror;
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

/** A file of a decision, as far as it says what it is. */
export interface Shown {
  name: string;
  ref: string;
  /** Its id, when it lies here; else only the reference is known. */
  id?: string;
  size?: number;
  /** It can be shown in small. */
  image: boolean;
}

/** The files of a decision; what is no file is left out. */
export function attachedTo(given: unknown): Shown[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((each): Shown[] => {
    if (each === null || typeof each !== 'object') return [];
    const { name, ref, size, content_type: kind } = each as Record<string, unknown>;
    if (typeof ref !== 'string') return [];
    const id = /^file:([0-9a-f-]{36})$/.exec(ref)?.[1];
    return [
      {
        name: typeof name === 'string' && name ? name : ref,
        ref,
        image: id !== undefined && typeof kind === 'string' && kind.startsWith('image/'),
        ...(id ? { id } : {}),
        ...(typeof size === 'number' ? { size } : {}),
      },
    ];
  });
}

/** Where a file lies: for whoever has to do with its instance, or, of an instance, for whoever sees what documents hold. */
export function addressOf(id: string, instance?: string): string {
  return instance ? `/api/v1/instances/${instance}/files/${id}` : `/api/v1/files/${id}`;
}

/** Where a reference leads that is an address for browsers; others are words. */
export function linkOf(ref: string): string | undefined {
  return /^https?:\/\//i.test(ref) ? ref : undefined;
}
