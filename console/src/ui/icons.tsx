/** Line icons of 16 px; always beside words or with a label of their button. */
const PATHS = {
  alert: 'M8 1.8 15 14H1zM8 6v4M8 11.6v.6',
  ban: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM3.5 3.5l9 9',
  bolt: 'M9 1 3 9h4l-1 6 6-8H8z',
  check: 'm3 8.5 3.2 3.2L13 4.5',
  chevron: 'm4 6 4 4 4-4',
  clock: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM8 4.5V8l2.5 2',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  cross: 'm3.5 3.5 9 9m0-9-9 9',
  document: 'M4 1.5h5l3.5 3.5v9.5h-8.500zM9 1.500V5h3.500M6 8.500h4.500M6 11h4.5',
  dot: 'M8 5.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  download: 'M8 2v8m-3-3 3 3 3-3M2.5 13.500h11',
  flow: 'M5.5 1.500h5v3.500h-5zM1.5 11h5v3.500h-5zM9.5 11h5v3.500h-5zM8 5v3M4 11V8h8v3',
  gear: 'M2 4.5h7M12 4.5h2M10.5 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM2 11.5h2M7 11.5h7M5.5 10a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z',
  hourglass: 'M4 1.500h8M4 14.500h8M5 1.500c0 4 6 4.5 6 13M11 1.500c0 4-6 4.5-6 13',
  link: 'M6.5 9.5 9.5 6.500M7 4.500l1.5-1.500a3 3 0 0 1 4.5 4.500L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.500L4.5 7',
  menu: 'M2 4h12M2 8h12M2 12h12',
  minus: 'M3 8h10',
  moon: 'M13 9.500A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.500z',
  pause: 'M5 3v10M11 3v10',
  person: 'M8 2a2.8 2.8 0 1 0 0 5.600A2.8 2.8 0 0 0 8 2zM2.5 14.500c0-3 2.5-5 5.5-5s5.5 2 5.5 5',
  plug: 'M5.5 1.500v4M10.5 1.500v4M3.5 5.500h9v2a4.5 4.5 0 0 1-9 0zM8 12v2.5',
  pulse: 'M1 8h3.500l2-5 3 10 2-5H15',
  question: 'M8 1.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM6 6.200a2 2 0 1 1 2.8 1.900c-.6.3-.8.7-.8 1.200M8 11.200v.4',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 2v3h-3',
  search: 'M7 2.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.500l4 4',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  tasks: 'M2 4l1.2 1.200L5.5 3M2 10l1.2 1.200L5.5 9M8 4.500h6M8 10.500h6',
  text: 'M4.5 2.500h7M4.5 6h7M4.5 9.500h7M4.5 13h4',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
