//! Working time against an oracle that shares nothing with the product but the text of a calendar: it walks minute by minute and
//! looks at the clock on the wall.

mod china;
mod counting;
mod plain;
