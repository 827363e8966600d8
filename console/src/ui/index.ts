export { Cell } from './Cell';
export { Button, Checkbox, type Choice, FileButton, Select, TextArea, TextField } from './controls';
export { Copy } from './copy';
export { type Column, DataGrid, type Picking } from './DataGrid';
export { Icon, type IconName } from './icons';
export { Hint, MenuButton, type MenuEntry, Sheet } from './layers';
export {
  Age,
  Banner,
  Card,
  Chip,
  Empty,
  Facts,
  Json,
  Sentence,
  Skeleton,
  Sparkline,
  StatusChip,
  Time,
  useNow,
} from './parts';
export { lookOf, type Tone } from './status';
export { type Head, Table } from './Table';
export { type TabEntry, Tabs, useChosenInSight } from './tabs';
export { Toasts, toast } from './toasts';
