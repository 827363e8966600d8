export { Button, Checkbox, type Choice, Select, TextArea, TextField } from './controls';
export { type Column, DataGrid, type Picking } from './DataGrid';
export { Icon, type IconName } from './icons';
export { Hint, MenuButton, type MenuEntry, Sheet } from './layers';
export {
  Age,
  Banner,
  Card,
  Chip,
  Copy,
  Empty,
  Facts,
  Json,
  Sentence,
  Skeleton,
  Sparkline,
  StatusChip,
  type TabEntry,
  Tabs,
  Time,
  useNow,
} from './parts';
export { lookOf, type Tone } from './status';
export { Toasts, toast } from './toasts';
