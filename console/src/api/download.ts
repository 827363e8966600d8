import { request } from './client';
import { ApiError, read } from './problem';

/** Fetches a file with the token and hands it to the browser; a refusal is the problem it is, not a file with an error in it. */
export async function download(path: string, name: string): Promise<void> {
  const response = await request(new Request(path));
  if (!response.ok) throw new ApiError(read(await response.text(), response));
  handOver(await response.blob(), name);
}

/** Hands the browser a file that was made here. */
export function handOver(content: Blob, name: string) {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun when the click returns; the address may go afterwards.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
