export function types(): Promise<string>;
export const target: URL;
